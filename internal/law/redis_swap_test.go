package law

import (
	"strings"
	"testing"
)

// Two instances of one node change their roles, whichever is written first.
func TestInstancesOfANodeSwapTheirRoles(t *testing.T) {
	const before = "redis_instances: { 6379: {}, 6380: { replica_of: '10.10.10.10 6379' } }"
	text := `
all:
  children:
    infra: { hosts: { 10.10.10.10: { infra_seq: 1 } } }
    redis-ms: { hosts: { 10.10.10.10: { redis_node: 1, ` + before + ` } }, vars: { redis_cluster: redis-ms, redis_password: Some.Password.7 } }
  vars: { admin_ip: 10.10.10.10, node_repo_modules: local, node_tune: none }
`
	whole := settled(t, text, "10.10.10.10")
	for _, after := range []string{"{ 6379: { replica_of: '10.10.10.10 6380' }, 6380: {} }", "{ 6380: {}, 6379: { replica_of: '10.10.10.10 6380' } }"} {
		bubble(t, func(t *testing.T) {
			l := whole.copy(t)
			l.write(strings.Replace(text, before, "redis_instances: "+after, 1))
			if out := l.must("apply", "--yes"); strings.Contains(out, "not as planned") || !strings.Contains(out, "lead redis instance redis-ms-1-6380") {
				t.Error(out)
			}
			heals(t, l)
		})
	}
}
