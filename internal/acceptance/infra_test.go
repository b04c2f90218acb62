//go:build linux

package acceptance

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"pig/internal/sandbox"
)

// TestWatchedAndShown makes an environment and asks its infra node, as a browser and as Grafana would.
func TestWatchedAndShown(t *testing.T) {
	thorough(t)
	conf := sandbox.Config{Prepared: true, Source: []string{"minio", "victoria-logs"}}
	for i, a := range addresses {
		n := sandbox.Node{Name: a, Addr: netip.MustParseAddr(a), Repo: i == 0}
		if i == 2 {
			n.Disks = []string{"/data1", "/data2"}
		}
		conf.Nodes = append(conf.Nodes, n)
	}
	l := labOf(t, conf, watchedText)
	out := l.must(0, "apply", "--yes")
	if strings.Contains(out, "not as planned") {
		t.Errorf("an apply differs from its plan:\n%s", tail(out))
	}
	l.must(0, "plan", "--detailed-exitcode")
	before := l.watchers()
	l.must(0, "apply", "--yes")
	if after := l.watchers(); after != before {
		t.Errorf("a second apply restarted something:\n%s\n%s", before, after)
	}
	l.work()
	l.sub(t, "everything is scraped", func(*testing.T) { l.everythingIsScraped() })
	l.sub(t, "portal", func(*testing.T) { l.portalAnswers() })
	l.sub(t, "home page", func(*testing.T) { l.homePage() })
	l.sub(t, "names", func(*testing.T) { l.namesResolve() })
	l.sub(t, "queries have data", func(*testing.T) { l.queriesHaveData(200, here) })
	l.sub(t, "secrets are in no command line", func(*testing.T) { l.noSecretsShow() })
	l.sub(t, "edits", func(*testing.T) { l.editsReload() })
	l.sub(t, "a killed node is told of", func(*testing.T) { l.killedNodeIsToldOf() })
	l.sub(t, "what is removed is forgotten", func(*testing.T) { l.removedIsForgotten() })
	l.sub(t, "monitoring goes and comes back", func(*testing.T) { l.goesAndComesBack() })
	l.sub(t, "clusters do without the infra node", func(*testing.T) { l.worksWithoutInfra() })
}

const watchedText = `
all:
  children:
    infra: { hosts: { 10.10.10.10: { infra_seq: 1, nodename: infra-1 } } }
    etcd: { hosts: { 10.10.10.11: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }
    pg-test:
      hosts:
        10.10.10.11: { pg_seq: 1, pg_role: primary }
        10.10.10.12: { pg_seq: 2, pg_role: replica }
      vars:
        pg_cluster: pg-test
        patroni_ssl_enabled: true
        pg_users: [ { name: test, password: Canary.Test.8861, pgbouncer: true, roles: [ dbrole_admin ] } ]
        pg_databases: [ { name: test } ]
        pg_hba_rules: []
    minio: { hosts: { 10.10.10.12: { minio_seq: 1 } }, vars: { minio_cluster: minio, minio_data: '/data{1...2}' } }
    pg-solo:
      hosts: { 10.10.10.13: { pg_seq: 1, pg_role: primary } }
      vars: { pg_cluster: pg-solo, pg_dns_suffix: .db, pg_databases: [ { name: solo } ] }
  vars:
    admin_ip: 10.10.10.10
    pg_version: 17
    pg_conf: tiny.yml
    pg_shared_buffer_ratio: 0.1
    node_repo_modules: local
    node_tune: none
    pg_safeguard: false
    infra_portal:
      home: { domain: i.pigsty, domains: [ portal.example ] }
      app: { domain: app.pigsty, endpoint: "10.10.10.13:8008", scheme: https }
      docs: { domain: docs.pigsty, path: /www/pigsty, index: true, auth: true }
    nginx_users: { reader: Canary.Reader.1203 }
    pg_exporters: { 20001: { pg_cluster: pg-rds, pg_seq: 7, pg_host: 10.10.10.13, pg_databases: [ { name: solo } ] } }
    vmetrics_scrape_interval: 5s
    vmetrics_scrape_timeout: 4s
    pg_admin_password: Canary.Admin.7714
    pg_replication_password: Canary.Repl.2290
    pg_monitor_password: Canary.Monitor.5532/x
    patroni_password: Canary.Patroni.3317
    haproxy_admin_password: Canary.Haproxy.9092
    etcd_root_password: Canary.Etcd.4148
    minio_secret_key: Canary.Minio.6650
`

const infraNode = "10.10.10.10"

// watchers are the identities of what watches: a unit that restarts gets another one.
func (l *lab) watchers() string {
	var all strings.Builder
	for _, addr := range addresses {
		all.WriteString(l.node(addr, "sh", "-c", "for u in nginx dnsmasq victoria-metrics vmalert vlogs logship prometheus-alertmanager prometheus-blackbox-exporter prometheus-nginx-exporter "+
			"prometheus-node-exporter prometheus-postgres-exporter prometheus-pgbouncer-exporter patroni etcd; do echo $u $(systemctl show -p InvocationID --value $u); done"))
	}
	return all.String()
}

// work gives the databases something to tell of.
func (l *lab) work() {
	l.t.Helper()
	for _, q := range []string{"CREATE TABLE IF NOT EXISTS t (id int PRIMARY KEY, v text)", "INSERT INTO t SELECT i, i::text FROM generate_series(1, 1000) i ON CONFLICT DO NOTHING", "DELETE FROM t WHERE id % 2 = 0"} {
		if _, err := l.sql("10.10.10.11", 5433, q); err != nil {
			l.t.Fatal(err)
		}
	}
}

func (l *lab) everythingIsScraped() {
	l.t.Helper()
	c := l.client()
	l.eventually(2*time.Minute, "all targets are up", func() error {
		_, body, err := l.get(c, "https://"+infraNode+":8428/api/v1/targets", "", "")
		if err != nil {
			return err
		}
		var answer struct {
			Data struct {
				ActiveTargets []struct {
					Health, LastError string
					Labels            map[string]string
				}
			}
		}
		if err := json.Unmarshal([]byte(body), &answer); err != nil {
			return err
		}
		jobs := map[string]int{}
		for _, target := range answer.Data.ActiveTargets {
			if target.Health != "up" {
				return fmt.Errorf("%v: %s", target.Labels, target.LastError)
			}
			jobs[target.Labels["job"]]++
		}
		// Four nodes with an exporter and a load balancer each; three instances with exporter and pool, one with a plain Patroni.
		want := map[string]int{"node": 8, "ping": 4, "infra": 6, "http": 2, "etcd": 1, "minio": 1, "pgsql": 9, "pgrds": 1}
		if fmt.Sprint(jobs) != fmt.Sprint(want) {
			return fmt.Errorf("targets %v, want %v", jobs, want)
		}
		return nil
	})
	l.eventually(time.Minute, "all probes succeed", func() error {
		bad, err := l.ask(c, `probe_success != 1 or up != 1`)
		if err == nil && len(bad) > 0 {
			err = fmt.Errorf("%v", bad)
		}
		if err != nil {
			return err
		}
		good, err := l.ask(c, `probe_success`)
		if err == nil && len(good) != 6 {
			err = fmt.Errorf("%d probes, want 6", len(good))
		}
		return err
	})
}

func (l *lab) noSecretsShow() {
	l.t.Helper()
	for _, addr := range addresses {
		if found := leaked(l.node(addr, "sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '")); len(found) > 0 {
			l.t.Errorf("%s: passwords of %v in a command line", addr, found)
		}
		for path, mode := range map[string]string{"/etc/default/prometheus-postgres-exporter": "600", "/etc/default/prometheus-pgbouncer-exporter": "600", "/etc/default/pg_exporter_pg-rds-7": "600"} {
			if (addr == infraNode) != strings.Contains(path, "rds") {
				continue
			}
			if got := strings.TrimSpace(l.node(addr, "stat", "-c", "%a", path)); got != mode {
				l.t.Errorf("%s: mode of %s is %s, want %s", addr, path, got, mode)
			}
		}
	}
}

// unwatched tells what there is of instances elsewhere.
const unwatched = "ls -d /etc/default/pg_exporter* /etc/systemd/system/pg_exporter* /etc/pg_exporter/* /infra/targets/pgrds/* 2>/dev/null; pgrep -x prometheus-post"

// editsReload changes what is scraped and shown, and looks for restarts.
func (l *lab) editsReload() {
	l.t.Helper()
	before := l.watchers()
	edit := []string{"docs: { domain: docs.pigsty", "manual: { domain: docs.pigsty", "vmetrics_scrape_interval: 5s", "vmetrics_scrape_interval: 6s", "vmetrics_scrape_timeout: 4s", "vmetrics_scrape_timeout: 5s",
		"pg_exporters: { 20001: { pg_cluster: pg-rds, pg_seq: 7, pg_host: 10.10.10.13, pg_databases: [ { name: solo } ] } }", "pg_exporters: {}"}
	l.write(edit...)
	out := l.must(0, "apply", "infra:monitor", "--yes")
	if strings.Contains(out, "not as planned") {
		l.t.Errorf("an edit is not as planned:\n%s", tail(out))
	}
	l.must(0, "plan", "--detailed-exitcode")
	after := l.watchers()
	// vmalert takes the interval on its command line; nothing else may restart.
	for i, line := range strings.Split(before, "\n") {
		if now := strings.Split(after, "\n")[i]; now != line && !strings.HasPrefix(line, "vmalert ") {
			l.t.Errorf("restarted: %s", line)
		}
	}
	if _, code := l.try(infraNode, "test", "-e", "/etc/nginx/conf.d/docs.conf"); code == 0 {
		l.t.Error("a site that is no longer declared is still there")
	}
	if out, _ := l.try(infraNode, "sh", "-c", unwatched); out != "" {
		l.t.Errorf("of an instance elsewhere that is no longer watched stays %s", out)
	}
	l.write()
	l.must(0, "apply", "infra:monitor", "--yes")
}

func (l *lab) killedNodeIsToldOf() {
	l.t.Helper()
	c := l.client()
	if err := l.box.Kill(l.ctx, "10.10.10.13"); err != nil {
		l.t.Fatal(err)
	}
	l.eventually(3*time.Minute, "an alert about the killed node", func() error {
		_, body, err := l.get(c, "https://i.pigsty/alertmgr/api/v2/alerts", reader, password)
		if err != nil {
			return err
		}
		var alerts []struct {
			Labels      map[string]string
			Annotations map[string]string
		}
		if err := json.Unmarshal([]byte(body), &alerts); err != nil {
			return err
		}
		var names []string
		for _, a := range alerts {
			if a.Labels["alertname"] == "NodeDown" && a.Labels["ins"] == "pg-solo-1" && strings.Contains(a.Annotations["summary"], "10.10.10.13") {
				return nil
			}
			names = append(names, a.Labels["alertname"])
		}
		return fmt.Errorf("there are only %v", names)
	})
	if err := l.box.Start(l.ctx, "10.10.10.13"); err != nil {
		l.t.Fatal(err)
	}
	l.eventually(2*time.Minute, "pg-solo works again", func() error {
		up, err := l.ask(c, `up{ip="10.10.10.13"} == 1`)
		if err == nil && len(up) < 5 {
			err = fmt.Errorf("%d targets are up", len(up))
		}
		return err
	})
}

func (l *lab) removedIsForgotten() {
	l.t.Helper()
	l.must(0, "pgsql-rm", "pg-solo", "--confirm", "pg-solo")
	if out, code := l.try(infraNode, "ls", "/infra/targets/pgsql/pg-solo-1.yml", "/etc/hosts.d/pg-solo-1", "/etc/hosts.d/pg-solo"); code == 0 || strings.Contains(strings.ReplaceAll(out, "cannot access", ""), "\n/") {
		l.t.Errorf("something is left: %s", out)
	}
	c := l.client()
	l.eventually(time.Minute, "the store forgets its targets", func() error {
		_, body, err := l.get(c, "https://"+infraNode+":8428/api/v1/targets?state=active", "", "")
		if err == nil && strings.Contains(body, "10.10.10.13:9630") {
			err = fmt.Errorf("it is still scraped")
		}
		return err
	})
}

// goesAndComesBack takes monitoring away, without what other nodes need of the infra node, and makes it again.
func (l *lab) goesAndComesBack() {
	l.t.Helper()
	c := l.client()
	l.must(7, "infra-rm")
	l.must(0, "infra-rm", "--confirm", "infra")
	if code, _, err := l.get(c, "https://"+infraNode+":8428/api/v1/query?query=up", "", ""); err == nil {
		l.t.Errorf("the metrics store still answers: %d", code)
	}
	if out, _ := l.try(infraNode, "sh", "-c", unwatched); out != "" {
		l.t.Errorf("of an instance elsewhere stays %s", out)
	}
	if code, body, err := l.get(c, "http://"+infraNode+"/pigsty/", "", ""); err != nil || code != 200 || !strings.Contains(body, "Packages.gz") {
		l.t.Errorf("the package repository: %d %v", code, err)
	}
	l.must(0, "infra-rm", "--confirm", "infra")
	out := l.must(0, "apply", "infra:monitor", "--yes")
	if strings.Contains(out, "not as planned") {
		l.t.Errorf("making it again differs from the plan:\n%s", tail(out))
	}
	if code, _, err := l.get(c, "https://i.pigsty/", reader, password); err != nil || code != 200 {
		l.t.Errorf("the portal: %d %v", code, err)
	}
}

// worksWithoutInfra edits a cluster while the infra node is down.
func (l *lab) worksWithoutInfra() {
	l.t.Helper()
	if err := l.box.Kill(l.ctx, infraNode); err != nil {
		l.t.Fatal(err)
	}
	l.write("pg_hba_rules: []", "pg_hba_rules: [ { user: test, db: test, addr: 10.10.10.99/32, auth: pwd } ]")
	code, out := l.run("apply", "pg-test", "--yes")
	if code != 4 || !strings.Contains(out, "pg_monitor : Register scrape targets of the PostgreSQL instance") {
		l.t.Errorf("exit status %d, want 4 and a word on what was left out\n%s", code, tail(out))
	}
	for _, addr := range []string{"10.10.10.11", "10.10.10.12"} {
		l.eventually(30*time.Second, addr+" gets the rule", func() error {
			if rules := l.node(addr, "cat", "/pg/data/pg_hba.conf"); !strings.Contains(rules, "10.10.10.99/32") {
				return fmt.Errorf("it has %s", tail(rules))
			}
			return nil
		})
	}
}
