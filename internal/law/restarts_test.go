package law

import (
	"strings"
	"testing"

	"pig/internal/imitation"
)

// restartsWorld has what restarts for a change that something else than its own configuration made, or on another node.
const restartsWorld = `
all:
  children:
    infra: { hosts: { 10.10.10.10: { infra_seq: 1 } } }
    etcd: { hosts: { 10.10.10.10: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }
    proxy: { hosts: { 10.10.10.12: {} }, vars: { node_cluster: proxy } }
    pg-own: { hosts: { 10.10.10.11: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-own, pg_vip_enabled: true, pg_vip_address: 10.10.10.98/24, vip_enabled: true, vip_address: 10.10.10.99, vip_vrid: 99, vip_role: master } }
    pg-far: { hosts: { 10.10.10.13: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-far, pg_service_provider: proxy, pg_default_service_dest: pgbouncer } }
  vars:
    admin_ip: 10.10.10.10
    node_repo_modules: local
    node_tune: none
    pg_version: 17
    pg_safeguard: false
    vector_log_endpoint: [ "http://10.9.9.9:9428" ]
    pg_exporters: { 20001: { pg_cluster: pg-rds, pg_seq: 7, pg_host: 10.10.10.13, pg_databases: [ { name: solo } ] } }
`

// lapses are runs that end between what they change and the restart that this calls for.
var lapses = []struct {
	name, was, is string
	fault         string // the deed after which the agent dies
	args          []string
}{
	{name: "an address that a node gives up", was: "vip_enabled: true, vip_address", is: "vip_enabled: false, vip_address", fault: "write /etc/keepalived/conf.d/node.conf"},
	{name: "an address that a cluster gives up", was: "pg_vip_enabled: true", is: "pg_vip_enabled: false", fault: "write /etc/keepalived/conf.d/pgsql-pg-own.conf"},
	{name: "services elsewhere", was: "dest: pgbouncer", is: "dest: postgres", fault: "write /etc/haproxy/conf.d/pg-far-replica.cfg"},
	{name: "exporters elsewhere", was: "node_tune: none", is: "node_tune: none, pg_exporter_options: --log.level=debug", fault: "write /etc/default/pg_exporter_pg-rds-7"},
	{name: "pages of the portal", was: "node_tune: none", is: "node_tune: none, haproxy_exporter_port: 9109", fault: "write /infra/pages/10.10.10.12.conf"},
	{name: "logs", was: "node_tune: none", is: "node_tune: none, patroni_log_dir: /pg/log/other", fault: "write /etc/logship/sources/patroni.conf"},
	{name: "services of a cluster that goes", fault: "write /etc/haproxy/conf.d/pg-own-replica.cfg", args: []string{"pgsql-rm", "pg-own", "--confirm", "pg-own"}},
	{name: "the address of a cluster that goes", fault: "write /etc/keepalived/conf.d/pgsql-pg-own.conf", args: []string{"pgsql-rm", "pg-own", "--confirm", "pg-own"}},
	{name: "services elsewhere of a cluster that goes", fault: "write /etc/haproxy/conf.d/pg-far-replica.cfg", args: []string{"pgsql-rm", "pg-far", "--confirm", "pg-far"}},
	{name: "logs of a cluster that goes", fault: "write /etc/logship/sources/postgres.conf", args: []string{"pgsql-rm", "pg-own", "--confirm", "pg-own"}},
	{name: "sites of a portal that goes", fault: "write /etc/nginx/conf.d/home.conf", args: []string{"infra-rm", "--confirm", "infra"}},
}

// Whatever a role changes, what reads it has read it once the run has been repeated.
func TestNoRestartOfARoleIsLost(t *testing.T) {
	whole := settled(t, restartsWorld, "10.10.10.10", "10.10.10.11", "10.10.10.12", "10.10.10.13")
	for _, l := range lapses {
		t.Run(l.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				lab := whole.edited(t, restartsWorld, "# edited")
				is := strings.Replace(restartsWorld, l.was, strings.ReplaceAll(l.is, "none, ", "none\n    "), 1)
				lab.write(is)
				args := l.args
				if args == nil {
					args = []string{"apply", "--yes"}
				}
				what, out := lab.struck(&imitation.Faults{Kind: imitation.KilledAfter, At: 1, What: l.fault}, args...)
				if what == "" {
					t.Fatalf("%q never happened\n%s", l.fault, out)
				}
				if len(lab.stale()) == 0 {
					t.Errorf("%q is nothing that anybody has to read again", l.fault)
				}
				again := lab.must(args...)
				for _, s := range append(append(lab.stale(), lab.left()...), lab.world.Unknown()...) {
					t.Errorf("%s\n%s", s, again)
				}
			})
		})
	}
}
