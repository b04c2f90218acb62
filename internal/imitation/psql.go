package imitation

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"pig/internal/products/pgsql/guc"
	pgsql "pig/internal/products/pgsql/model"
)

// serverOf finds the PostgreSQL of a machine that listens on a port, nil if there is none.
func (m *Machine) serverOf(port string) *patroniMember {
	for _, d := range m.Daemons() {
		if p, ok := d.State.(*patroniMember); ok && p.state != startFailed && strings.HasSuffix(p.listen, ":"+port) {
			return p
		}
	}
	return nil
}

// runuser runs a command as another account, which makes no difference to those that it is for.
func runuser(c *Invocation) int {
	c.Argv = c.Argv[slices.Index(c.Argv, "--")+1:]
	if c.Argv[0] == "pgbackrest" {
		return pgbackrest(c)
	}
	return psql(c)
}

// rulesOf are the rules that Patroni has written for the PostgreSQL of a machine, and which of them that does not take.
func rulesOf(m *Machine) map[string]any {
	wrong := []any{}
	var text strings.Builder
	if d := m.Daemon("patroni"); d != nil {
		rules, _ := at(parsed(d.Read[patroniConf]), "postgresql", "pg_hba").([]any)
		for i, r := range rules {
			line := fmt.Sprint(r)
			if slices.Contains(strings.Fields(line), Untaken) {
				wrong = append(wrong, map[string]any{"file": "/pg/data/pg_hba.conf", "line": i + 1, "error": "invalid user name \"" + Untaken + "\""})
			}
			text.WriteString(line + "\n")
		}
	}
	return map[string]any{"rules": text.String(), "wrong": wrong}
}

// refusal is why the server of a member takes no session of its superuser, "" if it does: a rule that lets nobody in, or a library that each
// session loads and that no package has brought.
func (m *patroniMember) refusal() string {
	rules, _ := at(parsed(m.machine.Daemon("patroni").Read[patroniConf]), "postgresql", "pg_hba").([]any)
	for _, r := range rules {
		f := strings.Fields(fmt.Sprint(r))
		if len(f) < 4 || f[0] != "local" || f[1] != "all" && f[1] != "postgres" || f[2] != "all" && f[2] != "postgres" {
			continue
		}
		if f[3] == "reject" {
			return `pg_hba.conf rejects connection for host "[local]", user "postgres", database "postgres", no encryption`
		}
		break
	}
	m.cluster.mu.Lock()
	libs := fmt.Sprint(m.cluster.settings()["session_preload_libraries"])
	m.cluster.mu.Unlock()
	for _, lib := range pgsql.Libraries(libs) {
		if lib != "<nil>" && m.machine.Content("/usr/lib/postgresql/"+m.machine.universe.Postgres+"/lib/"+lib+".so") == "" {
			return fmt.Sprintf("could not access file %q: No such file or directory", lib)
		}
	}
	return ""
}

func psql(c *Invocation) int {
	option := func(name string) string {
		if i := slices.Index(c.Argv, name); i >= 0 && i+1 < len(c.Argv) {
			return c.Argv[i+1]
		}
		return ""
	}
	m := c.Machine.serverOf(option("-p"))
	if m == nil || m.state != "running" {
		c.Fail("psql: error: connection to server on socket \"%s/.s.PGSQL.%s\" failed: No such file or directory", option("-h"), option("-p"))
		return 2
	}
	if why := m.refusal(); why != "" {
		c.Fail("psql: error: connection to server on socket \"%s/.s.PGSQL.%s\" failed: FATAL:  %s", option("-h"), option("-p"), why)
		return 2
	}
	m.cluster.mu.Lock()
	server := pgsql.LiveServer{Version: number(c.Machine.universe.Postgres)*10000 + 6, Recovery: !m.leads(), Today: time.Now().Format(time.DateOnly), Self: "postgres", Encryption: textAt(m.cluster.config, "postgresql", "parameters", "password_encryption"), Iterations: 4096}
	contexts := guc.Contexts(number(c.Machine.universe.Postgres))
	for k := range m.cluster.settings() {
		if _, known := contexts[strings.ToLower(k)]; !known { // an extension's
			contexts[strings.ToLower(k)] = "sighup"
		}
	}
	i := strings.LastIndexByte(m.listen, ':')
	listen := strings.NewReplacer("[", "", "]", "").Replace(m.listen[:i]) + " " + m.listen[i+1:]
	m.cluster.mu.Unlock()
	if server.Encryption == "" {
		server.Encryption = "scram-sha-256"
	}
	script := string(c.Stdin)
	switch {
	case strings.HasPrefix(script, "SELECT CASE WHEN pg_is_in_recovery() THEN 'replica'"):
		c.Say("%s\n", map[bool]string{true: "replica", false: "primary"}[server.Recovery])
	case strings.HasPrefix(script, "SELECT to_jsonb(current_setting('listen_addresses')"):
		c.Say("%s\n", strconv.Quote(listen))
	case strings.HasPrefix(script, "SELECT jsonb_object_agg(lower(name), context) FROM pg_settings"):
		c.Say("%s\n", toJSON(contexts))
	case strings.HasPrefix(script, "SELECT jsonb_build_object('version', current_setting('server_version_num')::int, 'hba_file'"):
		c.Say("%s\n", m.stateOf(script, server.Version))
	case strings.HasPrefix(script, "SELECT jsonb_build_object('rules', pg_read_file("):
		c.Say("%s\n", toJSON(rulesOf(c.Machine)))
	default:
		return m.cluster.sql(c, option("-d"), script, server)
	}
	return 0
}

// sql answers questions, or makes changes where that may be done.
func (c *patroniCluster) sql(i *Invocation, db, script string, server pgsql.LiveServer) int {
	if rows, ok := c.data.answer(script, server); ok {
		i.Say("%s\n", strings.Join(rows, "\n"))
		return 0
	}
	if server.Recovery {
		i.Fail("psql:<stdin>:1: ERROR:  cannot execute this in a read-only transaction")
		return 3
	}
	if err := c.data.run(db, script); err != nil {
		if strings.HasPrefix(err.Error(), "the imitation") {
			err = i.Machine.world.unheardOf("this SQL: %v", err)
		}
		fmt.Fprintf(&i.Stderr, "psql:<stdin>:1: %v\n", err)
		return 3
	}
	return 0
}
