package law

import (
	"strings"
	"testing"

	"pig/internal/imitation"
)

const withoutPage = `
all:
  children:
    infra: { hosts: { 10.10.10.10: { infra_seq: 1 } } }
    etcd: { hosts: { 10.10.10.10: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }
    pg-meta:
      hosts: { 10.10.10.10: { pg_seq: 1, pg_role: primary } }
      vars:
        pg_cluster: pg-meta
        pg_databases: [ { name: meta } ]
        pg_users: [ { name: dbuser_inventory, password: "{{ grafana_view_password }}" } ]
        pg_hba_rules: [ { user: dbuser_inventory, db: meta, addr: infra, auth: ssl, title: Grafana reads the inventory } ]
  vars:
    admin_ip: 10.10.10.10
    pg_version: 17
    pg_conf: tiny.yml
    node_repo_modules: local
    node_tune: none
    grafana_view_password: Seen$HOME"1
`

const withPage = withoutPage + "    grafana_cmdb_url: postgres://dbuser_inventory@${admin_ip}:5432/meta\n"

// Grafana shows the inventory where grafana_cmdb_url names its database: with a source of data, a dashboard and a link. Without it all three go.
func TestGrafanaShowsTheInventory(t *testing.T) {
	bubble(t, func(t *testing.T) {
		l := newLab(t, withPage)
		l.world.AddOf("10.10.10.10", imitation.DebianWithGrafana())
		l.repositories(t)
		if out, _ := l.pig("plan", "--diff"); strings.Contains(out, "Seen$") {
			t.Errorf("the plan shows the password:\n%s", out)
		}
		holds(t, l)
		m := l.world.Machine("10.10.10.10")
		const source, board, home = "/etc/grafana/provisioning/datasources/pigsty.yml", "/infra/dashboards/pig-inventory.json", "/www/index.html"
		for _, line := range []string{`url: "10.10.10.10:5432"`, `user: "dbuser_inventory"`, `database: "meta"`, `sslmode: "verify-full"`, `password: "Seen$$HOME\"1"`} {
			if text := m.Content(source); !strings.Contains(text, line) {
				t.Errorf("the source has no line %s:\n%s", line, text)
			}
		}
		if !strings.Contains(m.Content(board), `"uid": "pig-inventory"`) || !strings.Contains(m.Content(home), `"/ui/d/pig-inventory"`) {
			t.Error("no dashboard of the inventory, or no link to it")
		}
		l.write(withoutPage)
		l.switches([]string{"10.10.10.10 grafana-server.service"}, true)
		if m.Content(board) != "" || strings.Contains(m.Content(home), "pig-inventory") || strings.Contains(m.Content(source), "Seen") {
			t.Error("without grafana_cmdb_url the page is still there")
		}
	})
}

// Where there is no Grafana the run says that the page is not there.
func TestNoGrafanaNoInventory(t *testing.T) {
	bubble(t, func(t *testing.T) {
		l := newLab(t, withPage, "10.10.10.10")
		l.repositories(t)
		holds(t, l)
		if out := l.must("apply", "--yes"); !strings.Contains(out, "10.10.10.10 has no Grafana to show the inventory: no repository has the package grafana") {
			t.Error(out)
		}
	})
}
