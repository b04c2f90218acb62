package law

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pig/internal/imitation"
)

// checkedWorld has every program whose configuration is checked.
const checkedWorld = `
all:
  children:
    infra: { hosts: { 10.10.10.10: { infra_seq: 1 } } }
    etcd: { hosts: { 10.10.10.10: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }
    pg-test: { hosts: { 10.10.10.11: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-test, pg_version: 17, vip_enabled: true, vip_address: 10.10.10.99, vip_vrid: 99, vip_role: master } }
  vars:
    admin_ip: 10.10.10.10
    node_repo_modules: local
    node_tune: none
    node_firewall_mode: zone
    infra_portal: { home: { domain: i.pigsty }, a: { domain: a.pigsty, path: /www, config: etag off; } }
`

// breaks are edits of the inventory, or lines added to a template, that no program takes; and others in their place that it does.
var breaks = []struct {
	program, edit, mended string
	was                   string // what the edit replaces; "" if it is one more variable
	template              string // gets a line more
	says                  []string
}{
	{
		program: "haproxy", edit: "haproxy_services: [ { name: a, port: 7000, options: [ bogus keyword ] } ]", mended: "haproxy_services: [ { name: a, port: 7000, options: [ option tcplog ] } ]",
		says: []string{
			"parsing [/etc/haproxy/conf.d/a.cfg:7] : unknown keyword 'bogus'", "/etc/haproxy/conf.d/a.cfg:7: bogus keyword", "is written at", "haproxy/tasks/main.yml:",
			`the inventory has "bogus keyword" at`, "pigsty.yml:13:",
		},
	},
	{
		program: "nginx", was: "etag off;", edit: "bogus on;", mended: "etag on;",
		says: []string{"unknown directive in /etc/nginx/conf.d/a.conf:", "site.conf", `the inventory has "bogus on;" at`},
	},
	{program: "vmalert", edit: "vmalert_options: -bogus", mended: "vmalert_options: -loggerLevel=WARN", says: []string{"flag provided but not defined: -bogus"}},
	{program: "victoria-metrics", edit: "vmetrics_options: -bogus", mended: "vmetrics_options: -loggerLevel=WARN", says: []string{"flag provided but not defined: -bogus"}},
	{program: "victoria-metrics", template: "infra/templates/prometheus.yml", says: []string{"/infra/prometheus.yml"}},
	{program: "amtool", template: "infra/templates/alertmanager.yml", says: []string{"/etc/prometheus/alertmanager.yml"}},
	{program: "prometheus-blackbox-exporter", template: "infra/templates/blackbox.yml", says: []string{"/etc/prometheus/blackbox.yml"}},
	{program: "dnsmasq", template: "infra/templates/dnsmasq.conf", says: []string{"/etc/dnsmasq.conf"}},
	{program: "nginx", template: "infra/templates/peers.conf", says: []string{"/etc/nginx/conf.d/00-peers.conf"}},
	{program: "nginx", template: "node_monitor/templates/page.conf", says: []string{"/infra/pages/10.10.10.1"}},
	{program: "keepalived", template: "node/templates/vip.conf", says: []string{"/etc/keepalived/conf.d/node.conf"}},
	{program: "keepalived", template: "keepalived/templates/keepalived.conf", says: []string{"/etc/keepalived/keepalived.conf"}},
	{program: "chronyd", template: "node/templates/chrony.conf", says: []string{"/etc/chrony/chrony.conf"}},
	{program: "visudo", template: "node/templates/sudoers", says: []string{"/etc/sudoers.d/dba"}},
	{program: "nft", template: "node/templates/firewall.nft", says: []string{"/etc/nftables.d/pigsty.nft"}},
	{program: "patroni", template: "pgsql/templates/patroni.yml", says: []string{"/pg/conf/pg-test-1.yml"}},
	{program: "haproxy", template: "pgsql/templates/service.cfg", says: []string{"/etc/haproxy/conf.d/pg-test-"}},
}

// What a program does not take replaces nothing, and leaves alone what runs: a plan tells it, a run fails with it, the next plan tells it
// again, and what mends it is applied.
func TestWhatAProgramDoesNotTakeReplacesNothing(t *testing.T) {
	roles, err := filepath.Abs("../../roles")
	if err != nil {
		t.Fatal(err)
	}
	whole := settled(t, checkedWorld, "10.10.10.10", "10.10.10.11")
	for i, b := range breaks {
		edited := func(to string) string {
			switch {
			case b.template != "":
				return checkedWorld
			case b.was != "":
				return strings.Replace(checkedWorld, b.was, to, 1)
			}
			return checkedWorld + "    " + to + "\n"
		}
		t.Run(fmt.Sprint(i, " ", b.program), func(t *testing.T) {
			t.Chdir(t.TempDir())
			bubble(t, func(t *testing.T) {
				l := whole.edited(t, checkedWorld, "# a template")
				l.write(edited(b.edit))
				last(t, roles, b.template, imitation.Bogus+" line")
				says := append(b.says, b.program+" refuses the new configuration, so nothing was replaced", "bogus")
				before := l.files()
				for _, verb := range [][]string{{"plan"}, {"apply", "--yes"}, {"plan"}} {
					out, code := l.pig(verb...)
					if failsWith(t, out, says); code != 2 && verb[0] == "apply" {
						t.Errorf("apply: exit status %d", code)
					}
				}
				l.unharmed(t, before)
				l.write(edited(b.mended))
				last(t, roles, b.template, "# another line")
				heals(t, l)
			})
		})
	}
}

// unharmed tells whether anything that is bogus was written, and whether what runs was stopped.
func (l *lab) unharmed(t *testing.T, before map[string]string) {
	t.Helper()
	for path, text := range l.files() {
		if strings.Contains(text, imitation.Bogus) {
			t.Errorf("%s was replaced:\n%s\nby\n%s", path, before[path], text)
		}
	}
	if s := l.stale(); len(s) > 0 {
		t.Error(s)
	}
	for _, m := range l.world.Machines() {
		for unit := range m.Daemons() {
			if c := m.Counts(unit); c.Stop > 0 {
				t.Errorf("%s %s was stopped %d times", m.Addr(), unit, c.Stop)
			}
		}
	}
}

// last lets a template end with a line, in a copy of its role in the working directory, which comes before pig's own.
func last(t *testing.T, roles, template, line string) {
	t.Helper()
	role, _, found := strings.Cut(template, "/")
	if !found {
		return
	}
	if err := errors.Join(os.RemoveAll("roles"), os.CopyFS("roles/"+role, os.DirFS(filepath.Join(roles, role)))); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile("roles/"+template, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteString(line + "\n")
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

// files are those below /etc, /infra and /pg/conf on all machines.
func (l *lab) files() map[string]string {
	all := map[string]string{}
	for _, m := range l.world.Machines() {
		for _, dir := range []string{"/etc", "/infra", "/pg/conf"} {
			for _, f := range m.Below(dir) {
				all[m.Addr()+":"+f] = m.Content(f)
			}
		}
	}
	return all
}

func failsWith(t *testing.T, out string, says []string) {
	t.Helper()
	for _, s := range says {
		if !strings.Contains(out, s) {
			t.Errorf("it does not say %q:\n%s", s, out)
			return
		}
	}
}

// A rule whose form is right, but that PostgreSQL does not take: it keeps all the former ones, and pig says so until the rule is mended.
func TestARuleThatPostgreSQLDoesNotTakeIsTold(t *testing.T) {
	const rule = `pg_hba_rules: [ { title: odd, rules: [ local all untaken peer ] } ]`
	whole := settled(t, checkedWorld, "10.10.10.10", "10.10.10.11")
	bubble(t, func(t *testing.T) {
		l := whole.edited(t, checkedWorld, rule)
		says := []string{"PostgreSQL rejected its configuration files and continues with the previous configuration:", "/pg/data/pg_hba.conf:", `invalid user name "untaken": local all untaken peer`}
		for range 2 {
			out, code := l.pig("apply", "--yes")
			if failsWith(t, out, says); code != 2 {
				t.Errorf("apply: exit status %d", code)
			}
			out, _ = l.pig("plan")
			failsWith(t, out, says)
		}
		l.write(checkedWorld + "    " + strings.Replace(rule, imitation.Untaken, "bob", 1) + "\n")
		if out, _ := l.pig("plan"); strings.Contains(out, "does not take") {
			t.Errorf("what the inventory no longer says stands in the way:\n%s", out)
		}
		heals(t, l)
	})
}
