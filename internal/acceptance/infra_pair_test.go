//go:build linux

package acceptance

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"pig/internal/sandbox"
)

// TestTwoInfraNodes makes an environment that is watched twice, with a portal that speaks TLS only.
func TestTwoInfraNodes(t *testing.T) {
	thorough(t)
	conf := sandbox.Config{Prepared: true, Source: []string{"victoria-logs"}, ExtraAddrs: []netip.Addr{netip.MustParseAddr("10.10.10.2")}}
	for _, a := range addresses[:3] {
		conf.Nodes = append(conf.Nodes, sandbox.Node{Name: a, Addr: netip.MustParseAddr(a), Repo: a != pairedNode})
	}
	l := labOf(t, conf, pairText)
	out := l.must(0, "apply", "--yes")
	if strings.Contains(out, "not as planned") {
		t.Errorf("an apply differs from its plan:\n%s", tail(out))
	}
	l.must(0, "plan", "--detailed-exitcode")
	l.sub(t, "both know everything", func(*testing.T) { l.bothKnow() })
	l.sub(t, "TLS is enforced", func(*testing.T) { l.tlsIsEnforced() })
	l.sub(t, "logs go to both", func(*testing.T) { l.logsGoToBoth() })
	l.sub(t, "what is removed is forgotten by both", func(*testing.T) { l.bothForget() })
}

const pairedNode = "10.10.10.12"

var infraPair = []string{"10.10.10.10", "10.10.10.11"}

const pairText = `
all:
  children:
    infra: { hosts: { 10.10.10.10: { infra_seq: 1 }, 10.10.10.11: { infra_seq: 2 } } }
    etcd: { hosts: { 10.10.10.10: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }
    pg-test: { hosts: { 10.10.10.12: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-test } }
  vars:
    admin_ip: 10.10.10.10
    pg_version: 17
    pg_conf: tiny.yml
    pg_shared_buffer_ratio: 0.1
    node_repo_modules: local
    node_tune: none
    nginx_sslmode: enforce
    pg_safeguard: false
    vmetrics_scrape_interval: 5s
    vmetrics_scrape_timeout: 4s
    infra_portal:
      home: { domain: i.pigsty }
      docs: { domain: docs.pigsty, path: /www/pigsty, index: true }
`

func (l *lab) bothKnow() {
	l.t.Helper()
	c := l.client()
	for _, infra := range infraPair {
		l.eventually(2*time.Minute, infra+" has all targets up", func() error {
			_, body, err := l.get(c, "https://"+infra+":8428/api/v1/query?"+url.Values{"query": {"count by (job) (up == 1)"}}.Encode(), "", "")
			if err != nil {
				return err
			}
			var answer struct{ Data struct{ Result []sample } }
			if err := json.Unmarshal([]byte(body), &answer); err != nil {
				return fmt.Errorf("%s: %w", body, err)
			}
			jobs := map[string]string{}
			for _, s := range answer.Data.Result {
				jobs[s.Metric["job"]] = fmt.Sprint(s.Value[1])
			}
			want := map[string]string{"node": "6", "ping": "3", "infra": "12", "etcd": "1", "pgsql": "3", "http": "4"}
			if fmt.Sprint(jobs) != fmt.Sprint(want) {
				return fmt.Errorf("targets %v, want %v", jobs, want)
			}
			return nil
		})
		for _, name := range []string{"pg-test-1", "pg-test"} {
			if got := strings.Fields(l.node(pairedNode, "getent", "ahostsv4", name)); len(got) == 0 || got[0] != pairedNode {
				l.t.Errorf("%s is %v", name, got)
			}
			if out, code := l.try(infra, "cat", "/etc/hosts.d/"+name); code != 0 || !strings.Contains(out, pairedNode) {
				l.t.Errorf("%s does not know %s: %s", infra, name, out)
			}
		}
	}
}

func (l *lab) tlsIsEnforced() {
	l.t.Helper()
	c := l.client()
	for _, infra := range infraPair {
		for _, page := range []struct {
			url  string
			code int
			text string
		}{
			{"http://" + infra + "/", 301, ""},
			{"http://" + infra + "/board.html", 301, ""},
			{"http://" + infra + "/vmetrics/api/v1/query?query=up", 301, ""},
			{"http://" + infra + "/pigsty/", 200, "Packages.gz"},
			{"http://" + infra + "/ca.crt", 200, "BEGIN CERTIFICATE"},
			{"https://" + infra + "/", 401, ""},
			{"https://" + infra + "/vlogs/select/logsql/query?query=*&limit=1", 401, ""},
			{"https://" + infra + ":9428/select/logsql/query?query=*&limit=1", 200, "_msg"},
		} {
			code, body, err := l.get(c, page.url, "", "")
			if err != nil || code != page.code || !strings.Contains(body, page.text) {
				l.t.Errorf("%s: status %d, want %d with %q: %v\n%.300s", page.url, code, page.code, page.text, err, body)
			}
		}
	}
	for _, page := range []struct {
		url  string
		code int
	}{{"http://docs.pigsty/", 301}, {"https://docs.pigsty/", 200}} {
		if code, _, err := l.get(c, page.url, "", ""); err != nil || code != page.code {
			l.t.Errorf("%s: status %d, want %d: %v", page.url, code, page.code, err)
		}
	}
	l.node(pairedNode, "apt-get", "update")
}

// logsGoToBoth has one of the stores stopped: the other gets its lines at once, and the one that was down gets them later.
func (l *lab) logsGoToBoth() {
	l.t.Helper()
	c := l.client()
	arrived := func(infra, text string) {
		l.t.Helper()
		l.eventually(40*time.Second, infra+" has "+text, func() error {
			_, body, err := l.get(c, "https://"+infra+":9428/select/logsql/query?"+url.Values{"query": {`"` + text + `"`}}.Encode(), "", "")
			if err == nil && strings.Count(body, text) != 1 {
				err = fmt.Errorf("it has %q", body)
			}
			return err
		})
	}
	l.node(infraPair[0], "systemctl", "stop", "vlogs")
	l.node(pairedNode, "logger", "while one is down 3391")
	arrived(infraPair[1], "while one is down 3391")
	l.node(infraPair[0], "systemctl", "start", "vlogs")
	arrived(infraPair[0], "while one is down 3391")
}

func (l *lab) bothForget() {
	l.t.Helper()
	l.must(0, "pgsql-rm", "pg-test", "--confirm", "pg-test")
	for _, infra := range infraPair {
		if out, code := l.try(infra, "ls", "/infra/targets/pgsql/pg-test-1.yml", "/etc/hosts.d/pg-test-1", "/etc/hosts.d/pg-test"); code != 2 || strings.Contains(out, "\n/") {
			l.t.Errorf("%s still knows it: %s", infra, out)
		}
	}
}
