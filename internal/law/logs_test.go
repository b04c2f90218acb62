package law

import (
	"testing"

	"pig/internal/imitation"
)

// logged is an environment whose nodes ship the logs of every product.
const logged = `
all:
  children:
    infra: { hosts: { 10.10.10.10: { infra_seq: 1 } } }
    etcd: { hosts: { 10.10.10.10: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }
    minio: { hosts: { 10.10.10.10: { minio_seq: 1 } }, vars: { minio_cluster: minio, minio_data: /data1 } }
    pg-test: { hosts: { 10.10.10.11: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-test } }
    redis-ms: { hosts: { 10.10.10.11: { redis_node: 1, redis_instances: { 6379: {} } } }, vars: { redis_cluster: redis-ms, redis_password: a1b2c3d4 } }
  vars: { admin_ip: 10.10.10.10, pg_version: 17, pg_conf: tiny.yml, node_repo_modules: local, node_tune: none, vector_enabled: true }
`

// newLogged is a lab of logged, in whose repository there is a log store.
func newLogged(t *testing.T) *lab {
	t.Helper()
	l := newLab(t, logged)
	for _, addr := range []string{"10.10.10.10", "10.10.10.11"} {
		l.world.AddOf(addr, imitation.DebianWithLogs())
	}
	l.repositories(t)
	return l
}

// Every shipper knows the sources that units after its own have added.
func TestShippersReadTheirSources(t *testing.T) {
	bubble(t, func(t *testing.T) {
		l := newLogged(t)
		holds(t, l)
		for _, m := range l.world.Machines() {
			if len(m.Below("/etc/logship/sources")) == 0 {
				t.Errorf("%s ships nothing", m.Addr())
			}
		}
	})
}
