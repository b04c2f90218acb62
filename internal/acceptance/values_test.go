//go:build linux

package acceptance

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pig/internal/sandbox"
)

// Values that would leave the format that they are written in, if somebody pasted them there.
const (
	nastyPassword = `p"q'r\s$t` + "`" + `u#v;w x%y{z}`
	nastyHAProxy  = `ha#p r'o"xy\$1`
	nastyUser     = `o.brien@the-1` // as odd as the form of users allows
	nastyDB       = `o'Brien "the, #1"`
	nastyRule     = `all all 0.0.0.0/0 trust #`
)

const valuesInventory = `
all:
  children:
    infra: { hosts: { 10.10.10.10: { infra_seq: 1 } } }
    etcd: { hosts: { 10.10.10.10: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd, etcd_root_password: 'NASTY' } }
    pg-meta:
      hosts: { 10.10.10.10: { pg_seq: 1, pg_role: primary } }
      vars:
        pg_cluster: pg-meta
        pg_users:
          - { name: plain, password: 'NASTY', pgbouncer: true, roles: [ dbrole_admin ], comment: 'NASTY' }
          - { name: 'USER', password: 'NASTY', pgbouncer: true, roles: [ dbrole_admin ], parameters: { search_path: 'public, "NASTY"' } }
          - { name: nobody_knows, pgbouncer: true }
        pg_databases: [ { name: app }, { name: 'DB', owner: 'USER', comment: 'NASTY', pgbouncer: false } ]
        pg_hba_rules: [ { user: 'RULE', db: all, addr: world, auth: pwd, title: 'NASTY' } ]
    redis-ms: { hosts: { 10.10.10.10: { redis_node: 1, redis_instances: { 6379: { } } } }, vars: { redis_cluster: redis-ms, redis_max_memory: 64MB, redis_password: 'NASTY' } }
  vars:
    admin_ip: 10.10.10.10
    nginx_users: { 'o''Brien "the, #1"': 'NASTY' }
    infra_portal: { home: { domain: i.pigsty, realm: 'a "b" c\d;{}#' } }
    pg_version: 17
    node_repo_modules: local
    node_tune: none
    haproxy_admin_password: 'HAPROXY'
    pg_admin_password: 'NASTY'
    pg_monitor_password: 'NASTY'
    pg_replication_password: 'NASTY'
    patroni_password: 'NASTY'
    grafana_admin_password: 'NASTY'
`

// TestValues applies values that are full of quotes, blanks, dollars and comments, and asks the programs what they read.
func TestValues(t *testing.T) {
	thorough(t)
	const node = "10.10.10.10"
	quoted := func(s string) string { return strings.ReplaceAll(s, "'", "''") }
	text := strings.NewReplacer("'NASTY'", "'"+quoted(nastyPassword)+"'", `"NASTY"`, `"`+strings.ReplaceAll(quoted(nastyPassword), `"`, `""`)+`"`, "'USER'", "'"+quoted(nastyUser)+"'", "'DB'", "'"+quoted(nastyDB)+"'",
		"'RULE'", "'"+nastyRule+"'", "'HAPROXY'", "'"+quoted(nastyHAProxy)+"'").Replace(valuesInventory)
	l := labOf(t, sandbox.Config{Prepared: true}, text, node)
	l.settled()

	conninfo := func(s string) string { return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'" }
	for _, c := range []struct {
		what, how, password string
		in                  bool
	}{
		{"the server", "port=5432 dbname=app user=plain", nastyPassword, true},
		{"the pool", "port=6432 dbname=app user=plain", nastyPassword, true},
		{"the pool with a part of the password", "port=6432 dbname=app user=plain", nastyPassword[:2], false},
		{"the pool with the password in quotes", "port=6432 dbname=app user=plain", `"` + nastyPassword + `"`, false},
		{"a name full of quotes, in the server", "port=5432 dbname=app user=" + conninfo(nastyUser), nastyPassword, true},
		{"a name full of quotes, in the pool", "port=6432 dbname=app user=" + conninfo(nastyUser), nastyPassword, true},
		{"a database full of quotes", "port=5432 dbname=" + conninfo(nastyDB) + " user=" + conninfo(nastyUser), nastyPassword, true},
		{"a user without a password, in the pool", "port=6432 dbname=app user=nobody_knows", "", false},
		{"whom a rule would have let in by its name", "port=5432 dbname=app user=postgres", "", false},
		{"the admin", "port=5432 dbname=postgres user=dbuser_dba sslmode=require", nastyPassword, true},
	} {
		if _, err := l.login(node, "host="+node+" "+c.how, c.password, "select 1"); (err == nil) != c.in {
			t.Errorf("%s: gets in: %v, want %v: %v", c.what, err == nil, c.in, err)
		}
	}
	if got := l.as(node, "postgres", "select count(*) from pg_hba_file_rules where auth_method = 'trust' or error is not null"); got != "0" {
		t.Errorf("%s rules are wrong or let everybody in", got)
	}
	if got := l.as(node, "postgres", "select distinct user_name[1] from pg_hba_file_rules where user_name[1] like '%trust%'"); got != nastyRule {
		t.Errorf("the rule is for %q", got)
	}
	for query, want := range map[string]string{
		"select shobj_description(oid, 'pg_authid') from pg_authid where rolname = 'plain'":        nastyPassword,
		"select shobj_description(oid, 'pg_database') from pg_database where datname like 'o''B%'": nastyPassword,
		"select pg_get_userbyid(datdba) from pg_database where datname like 'o''B%'":               nastyUser,
	} {
		if got := l.as(node, "postgres", query); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	l.eventually(20*time.Second, "HAProxy's page", func() error {
		_, err := l.page(node, "admin:"+nastyHAProxy)
		return err
	})
	if out := l.node(node, "curl", "-sik", "https://"+node+"/"); !strings.Contains(out, `Basic realm="a "b" c\d;{}#"`) {
		t.Errorf("the realm of the portal:\n%s", out)
	}
	for login, want := range map[string]string{nastyDB + ":" + nastyPassword: "200", nastyDB + ":" + nastyPassword[:2]: "401", "admin:" + nastyPassword: "401"} {
		if got := l.node(node, "curl", "-sk", "-o", "/dev/null", "-w", "%{http_code}", "-u", login, "https://"+node+"/"); got != want {
			t.Errorf("the portal answers %q with %s, want %s", login, got, want)
		}
	}
	if _, err := l.redisAsk(node+":6379", nastyPassword, "PING"); err != nil {
		t.Errorf("Redis: %v", err)
	}
	for _, wrong := range []string{"admin:ha", "admin:" + nastyHAProxy + "x", "admin:"} {
		if _, err := l.page(node, wrong); err == nil {
			t.Errorf("HAProxy's page lets %q in", wrong)
		}
	}
}

// page asks HAProxy of a node for its page, with a login.
func (l *lab) page(host, login string) (string, error) {
	l.t.Helper()
	for _, scheme := range []string{"https", "http"} {
		out, code := l.try(host, "curl", "-s", "-f", "-L", "-m", "5", "--cacert", "/etc/pki/ca.crt", "-u", login, scheme+"://"+host+":9101/")
		if code == 0 && strings.Contains(out, "pg-meta-primary") {
			return out, nil
		}
	}
	return "", fmt.Errorf("no page for this login")
}
