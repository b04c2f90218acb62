package postgresql

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// user keeps a role.
func user() module.Module {
	return module.Module{
		Name: "postgresql_user",
		Spec: module.Spec{Args: withLogin([]module.Arg{
			{Name: "name", Required: true, Aliases: []string{"user"}}, {Name: "state", Default: "present", Choices: []string{"absent", "present"}},
			{Name: "password"}, {Name: "encrypted", Type: module.Bool, Only: true}, {Name: "no_password_changes", Type: module.Bool}, {Name: "expires"}, {Name: "conn_limit", Type: module.Int},
			{Name: "role_attr_flags", Default: ""}, {Name: "fail_on_user", Type: module.Bool, Default: true, Aliases: []string{"fail_on_role"}}, {Name: "comment"},
			{Name: "configuration", Type: module.Dict}, {Name: "reset_unspecified_configuration", Type: module.Bool}, {Name: "quote_configuration_values", Type: module.Bool, Default: true},
		}, "db")},
		Run: runUser,
	}
}

// roleRow is what a server knows of a role.
type roleRow struct {
	Super, Inherit, CreateRole, CreateDB, Login, Replication, BypassRLS bool

	Limit                      int
	Password, Expires, Comment string
	Config                     []string
}

// roleFlags are the words of role_attr_flags, and what each is about; NO before one is its opposite.
var roleFlags = []string{"SUPERUSER", "INHERIT", "CREATEROLE", "CREATEDB", "LOGIN", "REPLICATION", "BYPASSRLS"}

func (r roleRow) flags() map[string]bool {
	return map[string]bool{"SUPERUSER": r.Super, "INHERIT": r.Inherit, "CREATEROLE": r.CreateRole, "CREATEDB": r.CreateDB, "LOGIN": r.Login, "REPLICATION": r.Replication, "BYPASSRLS": r.BypassRLS}
}

func runUser(ctx context.Context, c *module.Call) (*value.Dict, error) {
	s, err := newSession(c, "postgres")
	if err != nil {
		return nil, err
	}
	flags, err := flagsOf(c.Args.String("role_attr_flags"))
	if err != nil {
		return nil, err
	}
	name := c.Args.String("name")
	row, there, err := s.role(ctx, name)
	if err != nil {
		return nil, err
	}
	id := node.Change{Kind: "role", ID: name}
	switch present := c.Args.String("state") == "present"; {
	case !present && there:
		id.Action, id.Makes = "delete", makes("role", name, false)
		if err = s.change(ctx, id, "DROP ROLE "+ident(name), ""); err != nil && !c.Args.Bool("fail_on_user") {
			c.Facts.Warn("%s", err)
			err = nil
		}
	case present && !there:
		id.Action, id.Makes = "create", makes("role", name, true)
		// as CREATE USER: who has no LOGIN is told so
		words := append([]string{"CREATE USER " + ident(name)}, flags...)
		sql, shown := s.options(words, roleRow{Limit: -1}, true)
		err = s.change(ctx, id, sql, shown)
		id.Makes = nil
		if err == nil {
			err = s.roleRest(ctx, id, roleRow{})
		}
	case present:
		err = s.alterRole(ctx, id, row, flags)
	}
	return s.done("user", name), err
}

// flagsOf reads SUPERUSER,NOLOGIN.
func flagsOf(text string) (words []string, err error) {
	for word := range strings.SplitSeq(text, ",") {
		word = strings.ToUpper(strings.TrimSpace(word))
		if word == "" {
			continue
		}
		if !slices.Contains(roleFlags, strings.TrimPrefix(word, "NO")) {
			return nil, fmt.Errorf("Invalid role_attr_flags specified: %s", word) //nolint:staticcheck // Ansible's words
		}
		words = append(words, word)
	}
	return words, nil
}

func (s *session) role(ctx context.Context, name string) (row roleRow, there bool, err error) {
	if state, ok := s.System.Foreseen(factOf("role", name)); ok && state == "absent" {
		return row, false, nil
	} else if ok { // as it was asked for, whatever this call asks: the plan has it once
		return row, true, fmt.Errorf("attributes of role %s: %w", name, node.ErrUnknown)
	}
	// Whoever is no superuser sees no password.
	var rows []roleRow
	sql := `SELECT json_build_array(json_build_object('Super', r.rolsuper, 'Inherit', r.rolinherit, 'CreateRole', r.rolcreaterole, 'CreateDB', r.rolcreatedb, 'Login', r.rolcanlogin, 'Replication', r.rolreplication,
 'BypassRLS', r.rolbypassrls, 'Limit', r.rolconnlimit, 'Password', coalesce(%s, ''), 'Expires', coalesce(r.rolvaliduntil::text, ''), 'Comment', coalesce(shobj_description(r.oid, 'pg_authid'), ''),
 'Config', coalesce((SELECT json_agg(x) FROM pg_db_role_setting d, unnest(d.setconfig) x WHERE d.setrole = r.oid AND d.setdatabase = 0), '[]'))) FROM %s r WHERE r.rolname = ` + literal(name)
	err = s.ask(ctx, fmt.Sprintf(sql, "r.rolpassword", "pg_authid"), &rows)
	if err != nil && strings.Contains(err.Error(), "permission denied") {
		err = s.ask(ctx, fmt.Sprintf(sql, "NULL", "pg_roles"), &rows)
	}
	if err != nil || len(rows) == 0 {
		return row, false, err
	}
	return rows[0], true, nil
}

// options adds what a role is to have besides flags, as far as it differs; shown has no password in it.
func (s *session) options(words []string, row roleRow, all bool) (sql, shown string) {
	a := s.Args
	if a.Has("conn_limit") && (all || a.Int("conn_limit") != row.Limit) {
		words = append(words, fmt.Sprintf("CONNECTION LIMIT %d", a.Int("conn_limit")))
	}
	if e := a.String("expires"); e != "" && (all || !sameTime(e, row.Expires)) {
		words = append(words, "VALID UNTIL "+literal(e))
	}
	told := slices.Clone(words)
	if a.Has("password") && (all || !a.Bool("no_password_changes") && !samePassword(a.String("password"), row.Password, a.String("name"))) {
		set := "PASSWORD NULL"
		if p := a.String("password"); p != "" {
			set = "ENCRYPTED PASSWORD " + literal(p)
		}
		words, told = append(words, set), append(told, "PASSWORD ********")
	}
	return strings.Join(words, " "), strings.Join(told, " ")
}

// sameTime compares two moments, written one way or the other.
func sameTime(wanted, have string) bool {
	if wanted == have || strings.EqualFold(wanted, "infinity") && have == "infinity" {
		return true
	}
	read := func(s string) (time.Time, bool) {
		for _, form := range []string{"2006-01-02 15:04:05-07", "2006-01-02 15:04:05-07:00", time.RFC3339, "2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly, "Jan 2 2006"} {
			if t, err := time.Parse(form, s); err == nil {
				return t, true
			}
		}
		return time.Time{}, false
	}
	x, ok := read(wanted)
	y, ok2 := read(have)
	return ok && ok2 && x.Equal(y)
}

func (s *session) alterRole(ctx context.Context, id node.Change, row roleRow, flags []string) error {
	have := row.flags()
	words := []string{"ALTER USER " + ident(id.ID)}
	for _, f := range flags {
		name, off := strings.CutPrefix(f, "NO")
		if have[name] == off {
			words = append(words, f)
		}
	}
	sql, shown := s.options(words, row, false)
	if sql != words[0] {
		id.Action = "update"
		if err := s.change(ctx, id, sql, shown); err != nil {
			return err
		}
	}
	return s.roleRest(ctx, id, row)
}

// roleRest is what has statements of its own: the comment, and settings.
func (s *session) roleRest(ctx context.Context, id node.Change, row roleRow) error {
	id.Action = "update"
	if wanted := s.Args.String("comment"); s.Args.Has("comment") && wanted != row.Comment {
		if err := s.change(ctx, id, "COMMENT ON ROLE "+ident(id.ID)+" IS "+literal(wanted), ""); err != nil {
			return err
		}
	}
	have := map[string]string{}
	for _, line := range row.Config {
		k, v, _ := strings.Cut(line, "=")
		have[k] = v
	}
	wanted := dictOf(s.Args.Dict("configuration"))
	for _, name := range sorted(wanted) {
		if have[name] == wanted[name] {
			continue
		}
		v := wanted[name]
		if s.Args.Bool("quote_configuration_values") {
			v = literal(v)
		}
		if err := s.change(ctx, id, "ALTER USER "+ident(id.ID)+" SET "+ident(name)+" TO "+v, ""); err != nil {
			return err
		}
	}
	for _, name := range sorted(have) {
		if _, kept := wanted[name]; kept || !s.Args.Bool("reset_unspecified_configuration") {
			continue
		}
		if err := s.change(ctx, id, "ALTER USER "+ident(id.ID)+" RESET "+ident(name), ""); err != nil {
			return err
		}
	}
	return nil
}

func sorted(m map[string]string) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}
