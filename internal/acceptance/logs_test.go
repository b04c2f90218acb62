//go:build linux

package acceptance

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"pig/internal/sandbox"
)

// TestLogs makes an environment of all modules and looks for what they say in the log store.
func TestLogs(t *testing.T) {
	thorough(t)
	l := labOf(t, sandbox.Config{Prepared: true, Source: []string{"minio", "victoria-logs"}}, loggedText, "10.10.10.10+/data1", "10.10.10.11")
	out := l.must(0, "apply", "--yes")
	if strings.Contains(out, "not as planned") {
		t.Errorf("an apply differs from its plan:\n%s", tail(out))
	}
	before := l.shippers()
	l.must(0, "plan", "--detailed-exitcode")
	l.must(0, "apply", "--yes")
	if after := l.shippers(); after != before {
		t.Errorf("a second apply restarted something:\n%s\n%s", before, after)
	}
	l.sub(t, "everything is shipped", func(*testing.T) { l.everythingIsShipped() })
	l.sub(t, "no secret is shipped", func(*testing.T) { l.noSecretIsShipped() })
	l.sub(t, "the portal shows them", func(t *testing.T) { l.portalShowsLogs(t) })
	l.sub(t, "a store that is down loses nothing", func(*testing.T) { l.nothingIsLost() })
	l.sub(t, "the plan is still empty", func(*testing.T) { l.must(0, "plan", "--detailed-exitcode") })
	l.sub(t, "a node that ships nothing", func(*testing.T) { l.shipsOrNot() })
	l.sub(t, "what is removed is shipped no more", func(*testing.T) { l.removedIsNotShipped() })
}

const loggedText = `
all:
  children:
    infra: { hosts: { 10.10.10.10: { infra_seq: 1, nodename: infra-1 } } }
    etcd: { hosts: { 10.10.10.10: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }
    minio: { hosts: { 10.10.10.10: { minio_seq: 1 } }, vars: { minio_cluster: minio, minio_data: /data1 } }
    pg-test:
      hosts: { 10.10.10.11: { pg_seq: 1, pg_role: primary } }
      vars:
        pg_cluster: pg-test
        pg_users: [ { name: test, password: Canary.Test.8861, pgbouncer: true, roles: [ dbrole_admin ] } ]
        pg_databases: [ { name: test } ]
    redis-ms:
      hosts: { 10.10.10.11: { redis_node: 1, redis_instances: { 6379: { }, 6380: { replica_of: '10.10.10.11 6379' } } } }
      vars: { redis_cluster: redis-ms, redis_password: Canary.Redis.4471, redis_max_memory: 64MB }
  vars:
    admin_ip: 10.10.10.10
    pg_version: 17
    pg_conf: tiny.yml
    pg_shared_buffer_ratio: 0.1
    node_repo_modules: local
    node_tune: none
    node_timezone: Asia/Shanghai
    vector_enabled: true
    pg_safeguard: false
    redis_safeguard: false
    pg_admin_password: Canary.Admin.7714
    pg_replication_password: Canary.Repl.2290
    pg_monitor_password: Canary.Monitor.5532/x
    patroni_password: Canary.Patroni.3317
    haproxy_admin_password: Canary.Haproxy.9092
    etcd_root_password: Canary.Etcd.4148
    minio_secret_key: Canary.Minio.6650
`

const loggedNode = "10.10.10.11"

// shippers are the identities of who ships and who keeps logs.
func (l *lab) shippers() string {
	return l.node(infraNode, "systemctl", "show", "-p", "InvocationID", "--value", "logship", "vlogs") + l.node(loggedNode, "systemctl", "show", "-p", "InvocationID", "--value", "logship")
}

// logged are the lines of the log store that a query finds.
func (l *lab) logged(query string) ([]map[string]string, error) {
	code, body, err := l.get(l.client(), "https://"+infraNode+":9428/select/logsql/query?"+url.Values{"query": {query}, "limit": {"50"}}.Encode(), "", "")
	if err != nil || code != 200 {
		return nil, fmt.Errorf("%s: status %d: %s %w", query, code, body, err)
	}
	var lines []map[string]string
	for text := range strings.Lines(body) {
		line := map[string]string{}
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			return nil, fmt.Errorf("%s: %w", text, err)
		}
		lines = append(lines, line)
	}
	return lines, nil
}

func (l *lab) everythingIsShipped() {
	l.t.Helper()
	postgres := func(command string) { l.try(loggedNode, "su", "-", "postgres", "-c", command) }
	begin := time.Now()
	postgres(`psql -d test -c "SELECT 'a
b', no_such_column_7719 FROM pg_class"`)
	postgres(`PGPASSWORD=wrong psql -h 127.0.0.1 -p 6432 -U test -d test -c 'SELECT 1'`)
	postgres(`pgbackrest --stanza=pg-test expire`)
	l.try(loggedNode, "redis-cli", "--no-auth-warning", "-h", loggedNode, "-a", "Canary.Redis.4471", "bgsave")
	l.try(loggedNode, "logger", "-p", "user.err", "-t", "watched", `a line 7719 with "quotes"`)
	l.try(infraNode, "curl", "-s", "-o", "/dev/null", "http://127.0.0.1/pigsty/nowhere-7719")
	l.must(0, "node", "-t", "node_crontab") // which logs in
	for _, want := range []struct {
		query  string
		fields map[string]string
	}{
		{`job:=postgres "no_such_column_7719"`, map[string]string{
			"ins": "pg-test-1", "cls": "pg-test", "ip": loggedNode, "level": "error", "code": "42703", "datname": "test", "usename": "postgres", "app": "psql",
			"_msg": `column "no_such_column_7719" does not exist`, "query": "SELECT 'a\nb', no_such_column_7719 FROM pg_class",
		}},
		{`job:=pgbouncer "password authentication failed"`, map[string]string{"ins": "pg-test-1", "cls": "pg-test", "ip": loggedNode, "level": "error"}},
		{`job:=patroni "the leader with the lock"`, map[string]string{"ins": "pg-test-1", "cls": "pg-test", "ip": loggedNode, "level": "info"}},
		{`job:=pgbackrest "expire command end"`, map[string]string{"ins": "pg-test-1", "cls": "pg-test", "ip": loggedNode, "level": "info"}},
		{`job:=redis "Background saving started"`, map[string]string{"ins": "redis-ms-1-6379", "cls": "redis-ms", "ip": loggedNode, "level": "notice"}},
		{`job:=syslog "a line 7719"`, map[string]string{"ins": "pg-test-1", "cls": "pg-test", "ip": loggedNode, "level": "error", "app": "watched", "_msg": `a line 7719 with "quotes"`}},
		{`job:=syslog unit:=ssh.service "Accepted publickey"`, map[string]string{"ip": loggedNode, "level": "info"}},
		{`job:=nginx "nowhere-7719" 404`, map[string]string{"ins": "nginx-1", "cls": "nginx", "ip": infraNode, "level": "warning"}},
		{`job:=nginx "nowhere-7719" ` + "`No such file`", map[string]string{"ins": "nginx-1", "cls": "nginx", "ip": infraNode, "level": "error"}},
		{`job:=etcd "ready to serve client requests"`, map[string]string{"ins": "etcd-1", "cls": "etcd", "ip": infraNode, "level": "info", "unit": "etcd.service"}},
		{`job:=minio "MinIO Object Storage Server"`, map[string]string{"ins": "minio-1", "cls": "minio", "ip": infraNode, "level": "info", "unit": "minio.service"}},
	} {
		l.eventually(20*time.Second, want.query, func() error {
			lines, err := l.logged(want.query)
			if err == nil && !slices.ContainsFunc(lines, func(line map[string]string) bool { return has(line, want.fields) }) {
				err = fmt.Errorf("nothing has %v: %v", want.fields, lines)
			}
			return err
		})
	}
	l.t.Logf("all there after %s", time.Since(begin).Round(time.Second))
	// A time zone that is read wrongly is hours off. What is said at the start was said within this test.
	for _, job := range []string{"postgres", "pgbouncer", "patroni", "pgbackrest", "redis", "nginx", "syslog", "etcd", "minio"} {
		lines, err := l.logged(`_time:10m job:=` + job)
		if err != nil || len(lines) == 0 {
			l.t.Errorf("%s has nothing of the last minutes: %v", job, err)
		}
	}
}

// has tells whether a line has these fields.
func has(line, fields map[string]string) bool {
	for k, v := range fields {
		if line[k] != v {
			return false
		}
	}
	return true
}

func (l *lab) noSecretIsShipped() {
	l.t.Helper()
	for name, secret := range canaries {
		lines, err := l.logged(fmt.Sprintf("*:%q", secret))
		if err != nil || len(lines) > 0 {
			l.t.Errorf("%s: %v %v", name, lines, err)
		}
	}
	// The same way finds what is there.
	if lines, err := l.logged(`*:"no_such_column_7719"`); err != nil || len(lines) == 0 {
		l.t.Errorf("a search of all fields finds nothing: %v", err)
	}
	for _, addr := range l.hosts {
		if found := leaked(l.node(addr, "sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '")); len(found) > 0 {
			l.t.Errorf("%s: passwords of %v in a command line", addr, found)
		}
	}
	// The shipper's own words stay on the node.
	if lines, err := l.logged(`app:=rsyslogd`); err != nil || len(lines) > 0 {
		l.t.Errorf("the shipper ships what it says itself: %v %v", lines, err)
	}
}

func (l *lab) portalShowsLogs(t *testing.T) {
	code, body, err := l.get(l.client(), "https://i.pigsty/vlogs/select/logsql/query?query=no_such_column_7719", "admin", l.password("grafana_admin_password"))
	if err != nil || code != 200 || !strings.Contains(body, "pg-test-1") {
		t.Errorf("status %d: %v\n%s", code, err, body)
	}
	for _, page := range []struct{ url, want string }{
		{"/board.html?job=postgres&level=error#logs", `<code>column "no_such_column_7719" does not exist</code>`},
		{"/board.html#pgsql-instance", `<code>column "no_such_column_7719" does not exist</code>`},
		{"/board.html?text=nowhere-7719#logs", "nginx-1"},
	} {
		l.eventually(time.Minute, page.url, func() error {
			dom, err := l.browser("--dump-dom", "https://admin:"+l.password("grafana_admin_password")+"@"+infraNode+page.url)
			if err == nil && !strings.Contains(dom, page.want) {
				err = fmt.Errorf("it has no %s", page.want)
			}
			return err
		})
	}
}

// nothingIsLost has the store stopped while much is said, and the shipper restarted in the meantime.
func (l *lab) nothingIsLost() {
	l.t.Helper()
	const many = 6000
	l.node(infraNode, "systemctl", "stop", "vlogs")
	say := func(from int) {
		l.node(loggedNode, "su", "-", "postgres", "-c", fmt.Sprintf(`psql -qd test -c "DO \$\$ BEGIN FOR i IN %d..%d LOOP RAISE LOG 'kept %% 7719', i; END LOOP; END \$\$"`, from, from+many/2-1))
		l.node(loggedNode, "sh", "-c", fmt.Sprintf("seq -f 'kept %%.0f 7719' %d %d | logger -t kept", from, from+499))
	}
	say(1)
	time.Sleep(3 * time.Second) // it is sending
	l.node(loggedNode, "systemctl", "restart", "logship")
	say(1 + many/2)
	l.node(loggedNode, "systemctl", "kill", "-s", "KILL", "logship")
	l.node(infraNode, "systemctl", "start", "vlogs")
	for query, want := range map[string]int{"job:=postgres level:=info": many, "job:=syslog app:=kept": 1000} {
		l.eventually(2*time.Minute, query, func() error {
			lines, err := l.logged(query + ` _msg:~"^kept [0-9]+ 7719$" | stats count_uniq(_msg) n`)
			if err == nil && (len(lines) != 1 || lines[0]["n"] != fmt.Sprint(want)) {
				err = fmt.Errorf("of %d lines there are %v", want, lines)
			}
			return err
		})
	}
}

// shipsOrNot edits whether a node ships its logs.
func (l *lab) shipsOrNot() {
	l.t.Helper()
	l.write("10.10.10.11: { pg_seq: 1,", "10.10.10.11: { vector_enabled: false, pg_seq: 1,")
	out := l.must(0, "apply", "--yes")
	if strings.Contains(out, "not as planned") {
		l.t.Errorf("an edit is not as planned:\n%s", tail(out))
	}
	if out, code := l.try(loggedNode, "ls", "-d", "/etc/logship", "/data/vector", "/etc/systemd/system/logship.service"); code != 2 || strings.Contains(out, "\n/") {
		l.t.Errorf("something is left of the shipper: %s", out)
	}
	l.must(0, "plan", "--detailed-exitcode")
	l.write()
	l.must(0, "apply", "--yes")
	l.must(0, "plan", "--detailed-exitcode")
	l.node(loggedNode, "logger", "again 7719")
	l.eventually(20*time.Second, "it ships again", func() error {
		lines, err := l.logged(`"again 7719"`)
		if err == nil && len(lines) == 0 {
			err = fmt.Errorf("nothing")
		}
		return err
	})
}

func (l *lab) removedIsNotShipped() {
	l.t.Helper()
	sources := func() string {
		return strings.Join(strings.Fields(l.node(loggedNode, "ls", "/etc/logship/sources")), " ")
	}
	if got, want := sources(), "patroni.conf pgbackrest.conf pgbouncer.conf postgres-text.conf postgres.conf redis-ms-1-6379.conf redis-ms-1-6380.conf"; got != want {
		l.t.Errorf("shipped are %s, want %s", got, want)
	}
	l.must(0, "redis-rm", "redis-ms", "--confirm", "redis-ms")
	l.must(0, "pgsql-rm", "pg-test", "--confirm", "pg-test")
	if got := sources(); got != "" {
		l.t.Errorf("shipped are still %s", got)
	}
	l.must(0, "node-rm", loggedNode, "--confirm", loggedNode)
	if out, code := l.try(loggedNode, "systemctl", "is-active", "logship"); code == 0 {
		l.t.Errorf("the shipper of a node that was let go is %s", out)
	}
	if out, code := l.try(loggedNode, "ls", "-d", "/etc/logship", "/data/vector"); code != 2 || strings.Contains(out, "\n/") {
		l.t.Errorf("something is left of the shipper: %s", out)
	}
}
