//go:build linux

package acceptance

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

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
      app: { domain: app.pigsty, endpoint: "10.10.10.13:8008" }
      docs: { domain: docs.pigsty, path: /www/pigsty, index: true, auth: true }
    nginx_users: { reader: Canary.Reader.1203 }
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

// client speaks HTTP from the network of the nodes. Names of the portal are those of the infra node; the CA is trusted.
func (l *lab) client() *http.Client {
	l.t.Helper()
	pool := x509.NewCertPool()
	ca, err := os.ReadFile(filepath.Join(l.dir, "files/pki/ca/ca.crt"))
	if err != nil || !pool.AppendCertsFromPEM(ca) {
		l.t.Fatalf("the CA: %v", err)
	}
	dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
		host, port, err := net.SplitHostPort(addr)
		if err == nil && net.ParseIP(host) == nil {
			addr = net.JoinHostPort(infraNode, port)
		}
		return l.box.DialContext(ctx, network, addr)
	}
	return &http.Client{
		Timeout: 10 * time.Second, Transport: &http.Transport{DialContext: dial, TLSClientConfig: &tls.Config{RootCAs: pool}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func (l *lab) get(c *http.Client, url, user, password string) (int, string, error) {
	req, err := http.NewRequestWithContext(l.ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, "", err
	}
	if user != "" {
		req.SetBasicAuth(user, password)
	}
	res, err := c.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return res.StatusCode, string(body), err
}

// sample is one series of an answer of the metrics store.
type sample struct {
	Metric map[string]string
	Value  [2]any
}

func (l *lab) ask(c *http.Client, expr string) ([]sample, error) {
	code, body, err := l.get(c, "http://"+infraNode+":8428/api/v1/query?"+url.Values{"query": {expr}}.Encode(), "", "")
	if err != nil {
		return nil, err
	}
	var answer struct {
		Error string
		Data  struct{ Result []sample }
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil || code != 200 {
		return nil, fmt.Errorf("%s: status %d: %s", expr, code, body)
	}
	return answer.Data.Result, nil
}

func (l *lab) everythingIsScraped() {
	l.t.Helper()
	c := l.client()
	l.eventually(2*time.Minute, "all targets are up", func() error {
		_, body, err := l.get(c, "http://"+infraNode+":8428/api/v1/targets", "", "")
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
		want := map[string]int{"node": 8, "ping": 4, "infra": 6, "http": 2, "etcd": 1, "minio": 1, "pgsql": 9}
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

func (l *lab) portalAnswers() {
	l.t.Helper()
	c := l.client()
	for _, page := range []struct {
		url, user, password string
		code                int
		text                string
	}{
		{"http://i.pigsty/", "", "", 200, "pg-solo"},
		{"https://i.pigsty/", "", "", 200, "pg-solo"},
		{"https://portal.example/", "", "", 200, "pg-solo"},
		{"https://" + infraNode + "/", "", "", 200, "pg-solo"},
		{"http://i.pigsty/nowhere", "", "", 404, "Back to the portal"},
		{"http://i.pigsty/pigsty/", "", "", 200, "Packages.gz"},
		{"http://i.pigsty/repo", "", "", 301, ""},
		{"http://i.pigsty/ca.crt", "", "", 200, "BEGIN CERTIFICATE"},
		{"https://i.pigsty/vmetrics/api/v1/query?query=up", "", "", 200, `"success"`},
		{"https://i.pigsty/vmalert/vmalert/groups", "", "", 200, "NodeDown"},
		{"https://i.pigsty/alertmgr/api/v2/status", "", "", 200, "versionInfo"},
		{"https://i.pigsty/dashboards/node.json", "", "", 200, "panels"},
		{"https://i.pigsty/haproxy/pg-solo-1/", "", "", 401, ""},
		{"https://i.pigsty/haproxy/pg-solo-1/", "admin", canaries["haproxy"], 200, "pg-solo-primary"},
		{"https://app.pigsty/patroni", "", "", 200, "pg-solo-1"},
		{"https://docs.pigsty/", "", "", 401, ""},
		{"https://docs.pigsty/", "reader", "Canary.Reader.1203", 200, "Packages.gz"},
		{"http://i.pigsty/nginx", "", "", 403, ""},
	} {
		code, body, err := l.get(c, page.url, page.user, page.password)
		if err != nil || code != page.code || !strings.Contains(body, page.text) {
			l.t.Errorf("%s as %q: status %d, want %d with %q: %v\n%.300s", page.url, page.user, code, page.code, page.text, err, body)
		}
	}
	untrusting := l.client()
	untrusting.Transport.(*http.Transport).TLSClientConfig.RootCAs = x509.NewCertPool()
	if _, _, err := l.get(untrusting, "https://i.pigsty/", "", ""); err == nil {
		l.t.Error("the portal's certificate is trusted without the CA")
	}
}

// browser runs chromium in the network of the nodes.
func (l *lab) browser(args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(l.ctx, time.Minute)
	defer cancel()
	argv := append([]string{"--net=" + l.box.ControlNamespace(), "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
		"--disable-sync", "--no-first-run", "--user-data-dir=" + l.t.TempDir(), "--window-size=1280,1250", "--virtual-time-budget=8000"}, args...)
	cmd := exec.CommandContext(ctx, "nsenter", argv...)
	cmd.WaitDelay = 5 * time.Second
	var out bytes.Buffer
	cmd.Stdout = &out
	err := cmd.Run()
	return out.String(), err
}

func (l *lab) homePage() {
	l.t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		l.t.Skip("there is no chromium on this machine: apt install chromium")
	}
	l.eventually(time.Minute, "the home page", func() error {
		page, err := l.browser("--dump-dom", "http://"+infraNode+"/")
		if err != nil {
			return err
		}
		for _, want := range []string{
			`(?s)class="(up leads|leads up)"[^>]*data-pg="pg-test-1"|data-pg="pg-test-1"[^>]*class="(up leads|leads up)"`,
			`data-pg="pg-test-2"[^>]*class="up"|class="up"[^>]*data-pg="pg-test-2"`,
			`data-node="10.10.10.13"[^>]*class="up"|class="up"[^>]*data-node="10.10.10.13"`,
			`data-etcd="etcd-1"`, `href="/haproxy/pg-solo-1/"`, `<code>5433</code>`, `pg-solo.db`,
		} {
			if !regexp.MustCompile(want).MatchString(page) {
				return fmt.Errorf("it has no %s", want)
			}
		}
		return nil
	})
	picture := filepath.Join(l.t.TempDir(), "home.png")
	if _, err := l.browser("--screenshot="+picture, "http://"+infraNode+"/"); err != nil {
		l.t.Error(err)
	}
	if info, err := os.Stat(picture); err != nil || info.Size() < 20_000 {
		l.t.Errorf("a picture of it: %v", err)
	}
}

func (l *lab) namesResolve() {
	l.t.Helper()
	r := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return l.box.DialContext(ctx, network, infraNode+":53")
	}}
	for name, want := range map[string]string{
		"pg-test-2": "10.10.10.12", "pg-test": "10.10.10.11", "pg-solo.db": "10.10.10.13", "infra-1": infraNode, "i.pigsty": infraNode,
	} {
		ctx, cancel := context.WithTimeout(l.ctx, 5*time.Second)
		got, err := r.LookupHost(ctx, name+".")
		cancel()
		if err != nil || !slices.Equal(got, []string{want}) {
			l.t.Errorf("%s is %v, want %s: %v", name, got, want, err)
		}
	}
}

// queriesHaveData asks the metrics store every query of dashboards, and every rule without the comparison at its end. There have to
// be some.
func (l *lab) queriesHaveData(least int, of func(name string) bool) {
	l.t.Helper()
	c := l.client()
	queries := append(l.dashboardQueries(c, of), ruleQueries(l.t, of)...)
	if len(queries) < least {
		l.t.Fatalf("only %d queries were found", len(queries))
	}
	l.eventually(2*time.Minute, "all queries have data", func() error {
		var empty []string
		for _, q := range queries {
			if got, err := l.ask(c, q.expr); err != nil {
				empty = append(empty, fmt.Sprintf("%s: %v", q.where, err))
			} else if len(got) == 0 {
				empty = append(empty, fmt.Sprintf("%s: %s", q.where, q.expr))
			}
		}
		if len(empty) > 0 {
			return fmt.Errorf("%d of %d have none:\n%s", len(empty), len(queries), strings.Join(empty, "\n"))
		}
		return nil
	})
	l.t.Logf("%d queries have data", len(queries))
}

type query struct{ where, expr string }

// here tells whether dashboards and rules are of a module that the environment of TestInfra has.
func here(name string) bool { return name != "redis" }

func (l *lab) dashboardQueries(c *http.Client, of func(name string) bool) []query {
	l.t.Helper()
	files, err := filepath.Glob("../../roles/infra/files/dashboards/*.json")
	if err != nil {
		l.t.Fatal(err)
	}
	var all []query
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		if !of(name) {
			continue
		}
		var page struct {
			Templating struct {
				List []struct{ Name, Definition string }
			}
			Panels []struct {
				Title   string
				Type    string
				Targets []struct{ Expr string }
			}
		}
		text, err := os.ReadFile(file)
		if err == nil {
			err = json.Unmarshal(text, &page)
		}
		if err != nil {
			l.t.Fatal(err)
		}
		with := []string{"$__rate_interval", "1m"}
		for _, v := range page.Templating.List {
			with = append(with, "$"+v.Name, l.valueOf(c, v.Definition))
		}
		for _, p := range page.Panels {
			if p.Type == "logs" {
				continue // another store
			}
			for _, target := range p.Targets {
				all = append(all, query{name + ": " + p.Title, strings.NewReplacer(with...).Replace(target.Expr)})
			}
		}
	}
	return all
}

// valueOf chooses a value of a variable: the cluster with the most to tell, and its leader.
func (l *lab) valueOf(c *http.Client, definition string) string {
	l.t.Helper()
	m := regexp.MustCompile(`^label_values\((.*), (\w+)\)$`).FindStringSubmatch(definition)
	if m == nil {
		l.t.Fatalf("%q is no variable of ours", definition)
	}
	var values []string
	l.eventually(time.Minute, definition, func() error {
		found, err := l.ask(c, fmt.Sprintf("group by (%s) (%s)", m[2], m[1]))
		for _, s := range found {
			values = append(values, s.Metric[m[2]])
		}
		if err == nil && len(values) == 0 {
			err = fmt.Errorf("it has no value")
		}
		return err
	})
	for _, best := range []string{"pg-test", "pg-test-1", "redis-test"} {
		if slices.Contains(values, best) {
			return best
		}
	}
	return values[0]
}

var comparison = regexp.MustCompile(`^(.*) (<|>|<=|>=|==|!=) -?[0-9.]+$`)

func ruleQueries(t *testing.T, of func(name string) bool) []query {
	t.Helper()
	files, err := filepath.Glob("../../roles/infra/files/rules/*.yml")
	if err != nil {
		t.Fatal(err)
	}
	var all []query
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yml")
		if !of(name) {
			continue
		}
		var doc struct {
			Groups []struct {
				Rules []struct{ Alert, Record, Expr string }
			}
		}
		text, err := os.ReadFile(file)
		if err == nil {
			err = yaml.Unmarshal(text, &doc)
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range doc.Groups {
			for _, r := range g.Rules {
				expr := r.Expr
				if r.Alert != "" {
					m := comparison.FindStringSubmatch(expr)
					if m == nil {
						t.Fatalf("%s: the expression of %s does not end with a comparison", file, r.Alert)
					}
					expr = m[1]
				}
				all = append(all, query{name + " rule " + r.Alert + r.Record, expr})
			}
		}
	}
	return all
}

func (l *lab) noSecretsShow() {
	l.t.Helper()
	for _, addr := range addresses {
		if found := leaked(l.node(addr, "sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '")); len(found) > 0 {
			l.t.Errorf("%s: passwords of %v in a command line", addr, found)
		}
		for path, mode := range map[string]string{"/etc/default/prometheus-postgres-exporter": "600", "/etc/default/prometheus-pgbouncer-exporter": "600"} {
			if addr == infraNode {
				continue
			}
			if got := strings.TrimSpace(l.node(addr, "stat", "-c", "%a", path)); got != mode {
				l.t.Errorf("%s: mode of %s is %s, want %s", addr, path, got, mode)
			}
		}
	}
}

// editsReload changes what is scraped and shown, and looks for restarts.
func (l *lab) editsReload() {
	l.t.Helper()
	before := l.watchers()
	edit := []string{"docs: { domain: docs.pigsty", "manual: { domain: docs.pigsty", "vmetrics_scrape_interval: 5s", "vmetrics_scrape_interval: 6s", "vmetrics_scrape_timeout: 4s", "vmetrics_scrape_timeout: 5s"}
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
		_, body, err := l.get(c, "http://i.pigsty/alertmgr/api/v2/alerts", "", "")
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
		_, body, err := l.get(c, "http://"+infraNode+":8428/api/v1/targets?state=active", "", "")
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
	if code, _, err := l.get(c, "http://"+infraNode+":8428/api/v1/query?query=up", "", ""); err == nil {
		l.t.Errorf("the metrics store still answers: %d", code)
	}
	if code, body, err := l.get(c, "http://"+infraNode+"/pigsty/", "", ""); err != nil || code != 200 || !strings.Contains(body, "Packages.gz") {
		l.t.Errorf("the package repository: %d %v", code, err)
	}
	l.must(0, "infra-rm", "--confirm", "infra")
	out := l.must(0, "apply", "infra:monitor", "--yes")
	if strings.Contains(out, "not as planned") {
		l.t.Errorf("making it again differs from the plan:\n%s", tail(out))
	}
	if code, _, err := l.get(c, "https://i.pigsty/", "", ""); err != nil || code != 200 {
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
	begin := time.Now()
	code, out := l.run("apply", "pg-test", "--yes")
	if code != 4 || !strings.Contains(out, "pg_monitor : Register the instance") {
		l.t.Errorf("exit status %d, want 4 and a word on what was left out\n%s", code, tail(out))
	}
	if took := time.Since(begin); took > 90*time.Second {
		l.t.Errorf("it took %s", took)
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
