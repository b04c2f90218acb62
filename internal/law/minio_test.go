package law

import (
	"strings"
	"testing"

	"pig/internal/imitation"
)

// withMinio is MinIO and etcd on one node.
const withMinio = `
all:
  children:
    etcd: { hosts: { 10.10.10.10: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }
    minio: { hosts: { 10.10.10.10: { minio_seq: 1 } }, vars: { minio_cluster: minio } }
  vars:
    admin_ip: 10.10.10.10
    node_repo_modules: ''
    node_repo_remove: false
    node_tune: none
    minio_secret_key: 'New$Key\1"xyz'
`

// Nodes of MinIO with different settings do not find each other: a restart that an interrupted run left is one of all that need it.
func TestMinioRestartsTogetherAfterAnInterruption(t *testing.T) {
	text, addrs := sample(t, "minio")
	whole := settled(t, text, addrs...)
	bubble(t, func(t *testing.T) {
		l := whole.edited(t, text, `minio_extra_vars: "MINIO_BROWSER=off"`)
		what, out := l.struck(&imitation.Faults{Kind: imitation.Gone, At: 3, What: "write /etc/default/minio"}, "apply", "--yes")
		if what == "" {
			t.Fatal(out)
		}
		for _, m := range l.world.Machines() {
			if !strings.Contains(m.Content("/etc/default/minio"), "MINIO_BROWSER=off") {
				t.Fatalf("%s has not got its settings before the run ended", m.Addr())
			}
		}
		heals(t, l)
	})
}

// Drives that hold data are not exchanged for empty ones, nor the data of a member of etcd: a plan refuses, and nothing is changed.
func TestTheDataOfServersAreNotMoved(t *testing.T) {
	whole := settled(t, withMinio, threeNodes[:1]...)
	refusedUnharmed(t, whole, withMinio, map[string]string{
		"minio_data: /data/elsewhere": "cannot move the data of MinIO from /data/minio to /data/elsewhere: restore minio_data",
		"etcd_data: /data/etcd2":      "cannot move the data of etcd-1 from /data/etcd to /data/etcd2: restore etcd_data",
	})
}

// MinIO decides when it starts whether it speaks TLS.
func TestMinioStartsAnewForAnotherScheme(t *testing.T) {
	whole := settled(t, withMinio, threeNodes[:1]...)
	bubble(t, func(t *testing.T) {
		l := whole.copy(t)
		for _, edit := range []string{"    minio_https: false\n", ""} {
			before := l.world.Machine(threeNodes[0]).Counts("minio").Start
			l.write(withMinio + edit)
			if out := l.must("apply", "--yes"); strings.Contains(out, "not as planned") {
				t.Error(out)
			}
			if n := l.world.Machine(threeNodes[0]).Counts("minio").Start - before; n != 1 {
				t.Errorf("minio_https edited with %q: MinIO is started %d times", edit, n)
			}
			heals(t, l)
		}
	})
}
