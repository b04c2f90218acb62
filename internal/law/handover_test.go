package law

import (
	"strings"
	"testing"
)

// twoMembers is a cluster in which a restart ends with a switchover.
const twoMembers = `
all:
  children:
    etcd: { hosts: { 10.10.10.10: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }
    pg-test:
      hosts: { 10.10.10.11: { pg_seq: 1, pg_role: primary }, 10.10.10.12: { pg_seq: 2, pg_role: replica } }
      vars: { pg_cluster: pg-test }
  vars:
    admin_ip: 10.10.10.10
    node_repo_modules: local
    node_tune: none
    pg_version: 17
`

// A plan with a switchover and a new role is what the apply does, though the role is made on the new leader.
func TestAPlannedSwitchoverIsAsPlanned(t *testing.T) {
	whole := settled(t, twoMembers, "10.10.10.10", "10.10.10.11", "10.10.10.12")
	bubble(t, func(t *testing.T) {
		l := whole.edited(t, twoMembers, "pg_parameters: { wal_buffers: 16384kB }\n    pg_users: [ { name: app, password: App.Secret.1 } ]")
		planned := strings.Join(changes(l.plan()), "\n")
		for _, want := range []string{"switchover", "role app"} {
			if !strings.Contains(planned, want) {
				t.Errorf("the plan has no %s:\n%s", want, planned)
			}
		}
		if out := l.must("apply", "--yes"); strings.Contains(out, "not as planned") {
			t.Errorf("%s", out)
		}
		if left := changes(l.plan()); len(left) > 0 {
			t.Errorf("planned again:\n%s", strings.Join(left, "\n"))
		}
	})
}
