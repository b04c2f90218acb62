//go:build linux

package acceptance

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pig/internal/sandbox"
)

// as runs SQL on a node as its superuser.
func (l *lab) as(addr, db, query string) string {
	l.t.Helper()
	return strings.TrimSpace(l.node(addr, "runuser", "-u", "postgres", "--", "psql", "-XAtq", "-d", db, "-c", query))
}

// login tries a connection as a user and gives what it answers to a query.
func (l *lab) login(from, options, password, query string) (string, error) {
	l.t.Helper()
	out, code := l.try(from, "env", "PGPASSWORD="+password, "PGCONNECT_TIMEOUT=4", "psql", "-XAtq", "-d", options, "-c", query)
	if code != 0 {
		return "", fmt.Errorf("%s: %s", options, strings.TrimSpace(out))
	}
	return strings.TrimSpace(out), nil
}

// settled applies the inventory and wants what follows to be nothing.
func (l *lab) settled(args ...string) string {
	l.t.Helper()
	out := l.must(0, append([]string{"apply", "--yes"}, args...)...)
	if strings.Contains(out, "not as planned") {
		l.t.Errorf("%s", tail(out))
	}
	if left := changes(l.plan()); len(left) > 0 {
		l.t.Errorf("afterwards the plan is not empty:\n%s", strings.Join(left, "\n"))
	}
	return out
}

const fieldsInventory = `
all:
  children:
    infra: { hosts: { 10.10.10.10: { infra_seq: 1 } } }
    etcd: { hosts: { 10.10.10.10: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }
    pg-meta:
      hosts: { 10.10.10.10: { pg_seq: 1, pg_role: primary, pg_offline_query: true } }
      vars:
        pg_cluster: pg-meta
        pg_users:
          - name: app
            password: App.Secret.1
            createdb: true
            createrole: true
            inherit: false
            bypassrls: true
            connlimit: 7
            expire_in: 30
            expire_at: '2030-12-31'
            comment: an application
            roles: [ dbrole_readwrite, { name: dbrole_admin, admin: true } ]
            parameters: { work_mem: 9MB, search_path: 'shop, public', log_statement: all }
            pgbouncer: true
            pool_mode: session
            pool_connlimit: 3
          - { name: until, password: Until.2030, login: true, expire_at: '2030-12-31' }
          - { name: group_only, login: false }
          - { name: hashed, password: 'SCRAM-SHA-256$4096:1tv7Hrm0Wb6KRvPQjUToXA==$pfF9mRomJ30YD+yCObDXfwhqmW5/GEqXnRgq6fEdnvU=:BV9/0FBfWtzni69qezBuU//dRcoaRbETyBb9iDL/7ZI=' }
          - { name: foreign_letters, password: 'Pässwörd ﬁ٣', roles: [ dbrole_readonly ] }
          - { name: asked, password: Asked.For.3, roles: [ dbrole_readonly ] }
          - { name: unlimited, password: Un.Limited.4, pgbouncer: true, pool_connlimit: -1, roles: [ dbrole_readonly ] }
        pg_databases:
          - { name: mold, is_template: true, schemas: [ cast ], pgbouncer: false }
          - name: shop
            owner: app
            template: mold
            encoding: UTF8
            locale: C
            lc_collate: C
            lc_ctype: C
            tablespace: pg_default
            connlimit: 20
            revokeconn: true
            comment: the shop
            baseline: shop.sql
            register_datasource: false
            parameters: { statement_timeout: 30s, search_path: 'public, cast' }
            schemas: [ stock, { name: sales, owner: app } ]
            extensions: [ vector, { name: hstore, schema: stock }, { name: isn, state: absent } ]
            pool_auth_user: app
            pool_mode: session
            pool_size: 11
            pool_size_min: 2
            pool_size_reserve: 5
            pool_max_db_conn: 40
          - { name: shut, allowconn: false }
          - { name: temporary }
        pg_services:
          - { name: odd, port: 5440, src_ip: 10.10.10.10, dest: '5432', selector: '[]', check: /health, maxconn: 77, balance: leastconn, options: 'inter 4s rise 2 fall 2 weight 9' }
          - { name: spare, port: 5441, dest: pgbouncer, selector: '[? pg_role == ` + "`replica`" + ` ]', backup: '[? pg_role == ` + "`primary`" + ` ]', check: /primary }
        pg_hba_rules:
          - { user: app, db: shop, addr: 10.9.9.9, auth: sha, title: one host, order: 5 }
          - { user: all, db: all, addr: cluster, auth: ssl-md5, title: members, role: primary }
          - { user: all, db: all, addr: admin, auth: cert, title: the admin, role: replica }
          - { title: raw, role: offline, rules: [ 'host all all 10.8.8.0/24 reject' ] }
        pgb_hba_rules:
          - { user: app, db: shop, addr: 10.9.9.9, auth: sha, title: one host }
  vars:
    admin_ip: 10.10.10.10
    pg_version: 17
    pg_conf: tiny.yml
    pg_shared_buffer_ratio: 0.1
    node_repo_modules: local
    node_tune: none
    haproxy_admin_password: Ha.Proxy.77
`

// TestPgsqlFields looks for the effect of each field of a user, a database, a service and a rule.
func TestPgsqlFields(t *testing.T) {
	thorough(t)
	const n = "10.10.10.10"
	l := labOf(t, sandbox.Config{Prepared: true}, fieldsInventory, n)
	l.file("files/shop.sql", "CREATE TABLE IF NOT EXISTS public.runs(n serial, at timestamptz DEFAULT now());\nINSERT INTO public.runs DEFAULT VALUES;\n")
	l.settled()

	l.sub(t, "a second apply sets no password again and runs no baseline again", func(t *testing.T) {
		if out := l.must(0, "pgsql"); !strings.Contains(out, "changed=0") {
			t.Errorf("%s", tail(out))
		}
		if got := l.as(n, "shop", "select count(*) from runs"); got != "1" {
			t.Errorf("the baseline ran %s times", got)
		}
	})
	l.sub(t, "users", func(t *testing.T) {
		for query, want := range map[string]string{
			`select rolcreatedb, rolcreaterole, rolinherit, rolbypassrls, rolsuper, rolreplication, rolconnlimit, rolvaliduntil::date - current_date from pg_roles where rolname = 'app'`: "t|t|f|t|f|f|7|30",
			`select string_agg(x, ' ' order by x) from pg_db_role_setting s join pg_roles r on r.oid = s.setrole, unnest(setconfig) x where rolname = 'app' and x not like 'pig.%'`:       `log_statement=all search_path=shop, public work_mem=9MB`,
			`select string_agg(g.rolname || ' ' || m.admin_option, ', ' order by g.rolname) from pg_auth_members m join pg_roles g on g.oid = m.roleid where m.member = 'app'::regrole`:   "dbrole_admin true, dbrole_readwrite false",
			`select shobj_description('app'::regrole, 'pg_authid'), shobj_description('until'::regrole, 'pg_authid')`:                                                                     "an application|business user until",
			`select rolvaliduntil::date from pg_roles where rolname = 'until'`:                                                                                                            "2030-12-31",
			`select rolcanlogin from pg_roles where rolname = 'group_only'`:                                                                                                               "f",
			`select rolpassword like '%BV9/0FBfWtzni69qezBuU//dRcoaRbETyBb9iDL/7ZI=' from pg_authid where rolname = 'hashed'`:                                                             "t",
		} {
			if got := l.as(n, "postgres", query); got != want {
				t.Errorf("%s\n%s, want %s", query, got, want)
			}
		}
		if _, err := l.login(n, "host=10.10.10.10 user=foreign_letters dbname=postgres", "Pässwörd ﬁ٣", "select 1"); err != nil {
			t.Error(err)
		}
		if _, err := l.login(n, "host=10.10.10.10 user=foreign_letters dbname=postgres", "Pässwörd fi٣", "select 1"); err != nil {
			t.Errorf("to SCRAM this is the same password: %v", err)
		}
	})
	l.sub(t, "databases", func(t *testing.T) {
		for query, want := range map[string]string{
			`select pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datcollate, datctype, datconnlimit, shobj_description(oid, 'pg_database') from pg_database where datname = 'shop'`: "app|UTF8|C|C|20|the shop",
			`select datistemplate from pg_database where datname = 'mold'`: "t",
			`select datallowconn from pg_database where datname = 'shut'`:  "f",
			`select has_database_privilege('asked', 'shop', 'connect'), has_database_privilege('dbuser_monitor', 'shop', 'connect'), has_database_privilege('app', 'shop', 'connect')`: "f|t|t",
		} {
			if got := l.as(n, "postgres", query); got != want {
				t.Errorf("%s\n%s, want %s", query, got, want)
			}
		}
		for query, want := range map[string]string{
			`select string_agg(nspname || ' ' || pg_get_userbyid(nspowner), ', ' order by nspname) from pg_namespace where nspname in ('cast', 'stock', 'sales')`:                              "cast postgres, sales app, stock postgres",
			`select string_agg(extname || ' ' || nspname, ', ' order by extname) from pg_extension e join pg_namespace n on n.oid = extnamespace where extname in ('vector', 'hstore', 'isn')`: "hstore stock, vector public",
			`show statement_timeout`: "30s",
			`show search_path`:       `public, "cast"`,
		} {
			if got := l.as(n, "shop", query); got != want {
				t.Errorf("%s\n%s, want %s", query, got, want)
			}
		}
	})
	l.sub(t, "the pool", func(t *testing.T) {
		pool := func(what string) string {
			return l.node(n, "runuser", "-u", "postgres", "--", "psql", "-XAtq", "-p", "6432", "-d", "pgbouncer", "-c", "show "+what)
		}
		if dbs := pool("databases"); !strings.Contains(dbs, "shop|/var/run/postgresql|5432|shop||11|2|5|600|session||40|") || strings.Contains(dbs, "\nmold|") {
			t.Errorf("databases:\n%s", dbs)
		}
		if users := pool("users"); !strings.Contains(users, "app|||session|3|") || !strings.Contains(users, "unlimited||||20000|") {
			t.Errorf("users:\n%s", users)
		}
		if _, err := l.login(n, "host=10.10.10.10 port=6432 user=app dbname=shop", "App.Secret.1", "select 1"); err != nil {
			t.Error(err)
		}
		// asked is in no list of the pool's: only a database with a pool_auth_user finds it.
		l.as(n, "postgres", "grant connect on database shop to asked")
		if got, err := l.login(n, "host=10.10.10.10 port=6432 user=asked dbname=shop", "Asked.For.3", "select current_user"); err != nil || got != "asked" {
			t.Errorf("by way of pool_auth_user: %q, %v", got, err)
		}
		if _, err := l.login(n, "host=10.10.10.10 port=6432 user=asked dbname=postgres", "Asked.For.3", "select 1"); err == nil {
			t.Error("a user whom the pool does not know gets in")
		}
		l.as(n, "postgres", "revoke connect on database shop from asked")
	})
	l.sub(t, "a pool that looks everybody up", func(t *testing.T) {
		l.write("node_tune: none", "node_tune: none\n    pgbouncer_auth_query: true")
		l.settled()
		if got, err := l.login(n, "host=10.10.10.10 port=6432 user=asked dbname=postgres", "Asked.For.3", "select current_user"); err != nil || got != "asked" {
			t.Errorf("%q, %v", got, err)
		}
		if list := l.node(n, "cat", "/etc/pgbouncer/userlist.txt"); strings.Contains(list, "App.Secret.1") {
			t.Error("the list of users still has their passwords")
		}
	})
	l.sub(t, "md5, for clients that know nothing else", func(t *testing.T) {
		l.write("node_tune: none", "node_tune: none\n    pg_pwd_enc: md5")
		l.settled()
		l.as(n, "postgres", "drop role until")
		l.settled()
		if got := l.as(n, "postgres", "select left(rolpassword, 3) from pg_authid where rolname = 'until'"); got != "md5" {
			t.Errorf("a new user has %s", got)
		}
		for user, password := range map[string]string{"asked": "Asked.For.3", "app": "App.Secret.1"} {
			if _, err := l.login(n, "host=10.10.10.10 dbname=postgres user="+user, password, "select 1"); err != nil {
				t.Error(err)
			}
		}
		l.write()
		l.settled()
		if got := l.as(n, "postgres", "select left(rolpassword, 3) from pg_authid where rolname = 'until'"); got != "SCR" {
			t.Errorf("afterwards it has %s", got)
		}
	})
	l.sub(t, "a crontab that comes and goes", func(t *testing.T) {
		l.write("node_tune: none", "node_tune: none\n    pg_crontab: [ '00 01 * * * /bin/true' ]")
		l.settled()
		if tab := l.node(n, "crontab", "-u", "postgres", "-l"); !strings.Contains(tab, "00 01 * * * /bin/true") {
			t.Errorf("%s", tab)
		}
		if size := strings.TrimSpace(l.node(n, "stat", "-c", "%s %U", "/pg/dummy")); size != "67108864 postgres" {
			t.Errorf("kept aside: %s", size)
		}
		l.write()
		l.settled()
		if out, code := l.try(n, "crontab", "-u", "postgres", "-l"); code == 0 {
			t.Errorf("still there: %s", out)
		}
	})
	l.sub(t, "services", func(t *testing.T) {
		text := l.node(n, "sh", "-c", "cat /etc/haproxy/conf.d/pg-meta-odd.cfg /etc/haproxy/conf.d/pg-meta-spare.cfg")
		for _, want := range []string{"bind 10.10.10.10:5440", "maxconn 77", "balance leastconn", "uri /health", "default-server inter 4s rise 2 fall 2 weight 9",
			"server pg-meta-1 10.10.10.10:5432 check-ssl ca-file /etc/pki/ca.crt check port 8008", "server pg-meta-1 10.10.10.10:6432 check-ssl ca-file /etc/pki/ca.crt check port 8008 weight 100 backup"} {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in\n%s", want, text)
			}
		}
		l.eventually(20*time.Second, "the service with a port of its own", func() error {
			_, err := l.login(n, "host=10.10.10.10 port=5440 user=app dbname=shop", "App.Secret.1", "select 1")
			return err
		})
		l.eventually(20*time.Second, "the spare service", func() error {
			_, err := l.login(n, "host=10.10.10.10 port=5441 user=app dbname=shop", "App.Secret.1", "select 1")
			return err
		})
		csv := l.node(n, "curl", "-s", "-u", "admin:Ha.Proxy.77", "--cacert", "/etc/pki/ca.crt", "https://10.10.10.10:9101/haproxy/pg-meta-1/;csv")
		if !strings.Contains(csv, "pg-meta-odd,pg-meta-1,") || !strings.Contains(csv, "pg-meta-spare,pg-meta-1,") {
			t.Errorf("stats:\n%s", csv)
		}
	})
	l.sub(t, "rules", func(t *testing.T) {
		hba := strings.Join(strings.Fields(l.node(n, "cat", "/pg/data/pg_hba.conf")), " ")
		for _, want := range []string{"host shop app 10.9.9.9/32 scram-sha-256", "hostssl all all 10.10.10.10/32 md5", "host all all 10.8.8.0/24 reject"} {
			if !strings.Contains(hba, want) {
				t.Errorf("no %q in %s", want, hba)
			}
		}
		if strings.Contains(hba, "10.10.10.10/32 cert") {
			t.Error("a rule for replicas is in force on the primary")
		}
		if first, second := strings.Index(hba, "10.9.9.9"), strings.Index(hba, "local all postgres"); first > second {
			t.Error("order: 5 is not before order: 100")
		}
		if pgb := strings.Join(strings.Fields(l.node(n, "cat", "/etc/pgbouncer/pgb_hba.conf")), " "); !strings.Contains(pgb, "host shop app 10.9.9.9/32 scram-sha-256") {
			t.Errorf("the pool's: %s", pgb)
		}
		if errors := l.as(n, "postgres", "select string_agg(error, ' ') from pg_hba_file_rules"); errors != "" {
			t.Errorf("PostgreSQL says: %s", errors)
		}
	})
	l.sub(t, "an edited baseline runs again, once", func(t *testing.T) {
		l.file("files/shop.sql", "CREATE TABLE IF NOT EXISTS public.runs(n serial, at timestamptz DEFAULT now());\nINSERT INTO public.runs DEFAULT VALUES;\nCREATE TABLE IF NOT EXISTS public.more();\n")
		l.settled()
		if got := l.as(n, "shop", "select count(*) from runs"); got != "2" {
			t.Errorf("the baseline ran %s times", got)
		}
	})
	l.sub(t, "what is missing is told before anything is changed", func(t *testing.T) {
		l.write("- { name: temporary }", "- { name: temporary, extensions: [ citus ] }\n          - { name: never, tablespace: fast }")
		code, out := l.run("plan")
		if code != 2 || !strings.Contains(out, "no repository of this node has postgresql-17-citus") {
			t.Errorf("exit %d\n%s", code, tail(out))
		}
		if out := l.must(2, "pgsql"); !strings.Contains(out, "postgresql-17-citus") || !strings.Contains(out, "changed=0") {
			t.Errorf("%s", tail(out))
		}
		l.write("- { name: temporary }", "- { name: temporary, extensions: [ vectr ] }")
		if code, out := l.run("plan", "-v"); code != 2 || !strings.Contains(out, "did you mean vector") || !strings.Contains(out, "no package on this node provides extension vectr") {
			t.Errorf("exit %d\n%s", code, tail(out))
		}
		l.write("- { name: temporary }", "- { name: temporary }\n          - { name: never, tablespace: fast }")
		if code, out := l.run("plan"); code != 2 || !strings.Contains(out, `tablespace "fast" not found`) {
			t.Errorf("exit %d\n%s", code, tail(out))
		}
		l.write("baseline: shop.sql", "baseline: shp.sql")
		if code, out := l.run("plan"); code != 1 || !strings.Contains(out, "pigsty.yml:") || !strings.Contains(out, "shp.sql") {
			t.Errorf("exit %d\n%s", code, tail(out))
		}
		l.write("extensions: [ vector,", "extensions: [ pg_cron,", "pg_conf: tiny.yml", "pg_conf: tiny.yml\n    pg_libs: auto_explain")
		if code, out := l.run("plan"); code != 1 || !strings.Contains(out, `library "pg_cron" not found in pg_libs`) {
			t.Errorf("exit %d\n%s", code, tail(out))
		}
	})
	l.sub(t, "data goes only by its name", func(t *testing.T) {
		oid := func() string { return l.as(n, "postgres", "select oid from pg_database where datname = 'temporary'") }
		was := oid()
		l.write("- { name: temporary }", "- { name: temporary, state: recreate }")
		l.must(0, "apply", "--yes")
		if oid() != was {
			t.Error("recreated without a word")
		}
		l.must(0, "apply", "--yes", "--confirm", "temporary")
		if now := oid(); now == was || now == "" {
			t.Error("not recreated")
		}
		if left := changes(l.plan()); len(left) > 0 {
			t.Errorf("afterwards: %v", left)
		}
		l.write("- { name: temporary }", "- { name: temporary, state: absent }", "- { name: group_only, login: false }", "- { name: group_only, state: absent }")
		if out := l.must(7, "apply", "--yes"); !strings.Contains(out, "temporary") || !strings.Contains(out, "group_only") {
			t.Errorf("%s", tail(out))
		}
		if out := l.must(0, "pgsql-db", "pg-meta", "temporary"); oid() == "" || !strings.Contains(out, "--confirm temporary") {
			t.Errorf("dropped without a confirmation:\n%s", tail(out))
		}
		l.must(0, "pgsql-db", "pg-meta", "temporary", "--confirm", "temporary")
		l.settled("--confirm", "group_only")
		if oid() != "" || l.as(n, "postgres", "select count(*) from pg_roles where rolname = 'group_only'") != "0" {
			t.Error("not dropped")
		}
		l.write("- { name: temporary }\n", "")
	})
}
