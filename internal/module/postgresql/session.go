// Package postgresql holds the modules of community.postgresql: they speak SQL through psql, on the node that a task runs on.
package postgresql

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// Table lists the modules.
func Table() []module.Module {
	return []module.Module{ping(), query(), database(), user(), extension(), schema(), tablespace(), membership(), setting(), slot(), privs()}
}

// loginArgs are the arguments that say how a server is reached.
func loginArgs(database ...string) []module.Arg {
	return []module.Arg{
		{Name: "login_host", Default: "", Aliases: []string{"host"}}, {Name: "login_port", Type: module.Int, Default: int64(5432), Aliases: []string{"port"}},
		{Name: "login_user", Default: "postgres", Aliases: []string{"login"}}, {Name: "login_password", Default: ""}, {Name: "login_unix_socket", Default: "", Aliases: []string{"unix_socket"}},
		{Name: "login_db", Aliases: database}, {Name: "session_role"}, {Name: "trust_input", Type: module.Bool, Default: true},
		{Name: "ssl_mode", Default: "prefer", Choices: []string{"allow", "disable", "prefer", "require", "verify-ca", "verify-full"}},
		{Name: "ca_cert", Aliases: []string{"ssl_rootcert"}}, {Name: "ssl_cert", Type: module.Path}, {Name: "ssl_key", Type: module.Path}, {Name: "connect_params", Type: module.Dict},
	}
}

// session is a server, as a task reaches it.
type session struct {
	*module.Call
	db       string
	executed []string
}

func newSession(c *module.Call, absent string) (*session, error) {
	s := &session{Call: c, db: c.Args.String("login_db")}
	if s.db == "" {
		s.db = absent
	}
	if c.Args.Bool("trust_input") {
		return s, nil
	}
	for name, v := range c.Args.D.All() {
		if text, ok := v.(string); ok && suspicious(text) && name != "comment" && name != "login_password" {
			return nil, fmt.Errorf("Passed input '%s' is potentially dangerous", text) //nolint:staticcheck // Ansible's words
		}
	}
	return s, nil
}

// suspicious tells a text that may end a name or a value and begin another statement.
func suspicious(text string) bool {
	return strings.Contains(text, ";") || strings.Contains(text, "--") || strings.Contains(text, "/*") || strings.ContainsAny(text, "'\"")
}

// cmd is psql with a script that it reads from its input, so that no process shows it among its arguments.
func (s *session) cmd(db, script string) node.Cmd {
	a := s.Args
	env := map[string]string{"PGAPPNAME": "pig", "PGCONNECT_TIMEOUT": "10", "PGCLIENTENCODING": "UTF8", "PGSSLMODE": a.String("ssl_mode"), "LC_ALL": "C"}
	for name, arg := range map[string]string{"PGPASSWORD": "login_password", "PGSSLROOTCERT": "ca_cert", "PGSSLCERT": "ssl_cert", "PGSSLKEY": "ssl_key"} {
		if v := a.String(arg); v != "" {
			env[name] = v
		}
	}
	host := a.String("login_host")
	if host == "" || host == "localhost" && a.String("login_unix_socket") != "" {
		host = a.String("login_unix_socket")
	}
	argv := []string{"psql", "-X", "-w", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-p", strconv.Itoa(a.Int("login_port")), "-U", a.String("login_user")}
	if host != "" {
		argv = append(argv, "-h", host)
	}
	name := "dbname=" + conninfo(db)
	for k, v := range dictOf(a.Dict("connect_params")) {
		name += " " + k + "=" + conninfo(v)
	}
	if role := a.String("session_role"); role != "" {
		script = "SET ROLE " + ident(role) + ";\n" + script
	}
	return node.Cmd{Argv: append(argv, "-d", name), Env: env, Stdin: []byte("SET standard_conforming_strings = on;\n" + script), Needs: "postgresql.service"}
}

func dictOf(d *value.Dict) map[string]string {
	all := map[string]string{}
	if d != nil {
		for k, v := range d.All() {
			all[value.KeyText(k)] = value.Str(v)
		}
	}
	return all
}

// conninfo is a value of a connection string.
func conninfo(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'"
}

// planned tells whether an earlier task of the plan makes this database: nothing is in it yet.
func (s *session) planned(db string) bool {
	state, ok := s.System.Foreseen(factOf("database", db))
	return ok && state == "there"
}

func factOf(kind, name string) string { return "postgresql " + kind + " " + name }

// ask runs a SELECT that gives one JSON value, or no row at all.
func (s *session) ask(ctx context.Context, sql string, into any) error {
	if s.planned(s.db) {
		return nil
	}
	c := s.cmd(s.db, sql+";\n")
	c.Env["PGOPTIONS"], c.ReadOnly = "-c default_transaction_read_only=on", true
	out, err := s.System.Exec(ctx, c)
	if errors.Is(err, node.ErrNotYet) { // the plan starts the server, which holds nothing yet
		return nil
	}
	if err == nil && out.RC != 0 {
		err = failure(s.db, out)
	}
	if err != nil {
		return err
	}
	text := strings.TrimSpace(string(out.Stdout))
	if text == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return errors.New("invalid answer of psql: want JSON")
	}
	return nil
}

func failure(db string, out node.Output) error {
	said := strings.TrimSpace(string(out.Stderr))
	if i := strings.Index(said, "ERROR:"); i >= 0 {
		said = strings.TrimSpace(said[i+len("ERROR:"):])
	}
	if strings.Contains(said, "connection to server") || strings.Contains(said, "could not connect") {
		return fmt.Errorf("unable to connect to database %s: %s", db, said)
	}
	return fmt.Errorf("database %s: %s", db, said)
}

// there tells whether a thing exists, by the plan or by a condition on a catalog.
func (s *session) there(ctx context.Context, kind, name, sql string) (bool, error) {
	if state, ok := s.System.Foreseen(factOf(kind, name)); ok {
		return state == "there", nil
	}
	found := false
	err := s.ask(ctx, "SELECT to_json(EXISTS ("+sql+"))", &found)
	return found, err
}

// change runs a statement. Shown is what is told of it, where it has a secret in it.
func (s *session) change(ctx context.Context, c node.Change, sql, shown string) error {
	if shown == "" {
		shown = sql
	}
	s.executed = append(s.executed, shown)
	c.Shared = true
	cmd := s.cmd(s.db, sql+";\n")
	cmd.Change = &c
	out, err := s.System.Exec(ctx, cmd)
	if err == nil && out.RC != 0 {
		err = failure(s.db, out)
	}
	return err
}

// done is a result with the statements that were run.
func (s *session) done(kv ...value.Value) *value.Dict {
	d := value.DictOf(kv...)
	d.Set("queries", value.Strings(append([]string{}, s.executed...)))
	return d
}

// ident is a name as SQL writes it.
func ident(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// literal is a text as SQL writes it.
func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// makes are the facts that follow from a change.
func makes(kind, name string, there bool) map[string]string {
	return map[string]string{factOf(kind, name): map[bool]string{true: "there", false: "absent"}[there]}
}

func withLogin(more []module.Arg, database ...string) []module.Arg {
	return slices.Concat(loginArgs(database...), more)
}
