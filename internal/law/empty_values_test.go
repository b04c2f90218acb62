package law

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pig/internal/params"
)

// A parameter without a value that validate takes means something to every role. Where it is nothing by default, nothing changes;
// lists and mappings are empty, and where that cannot be, pig says in which line.
func TestPlansTakeParametersWithoutValues(t *testing.T) {
	needed := []string{"pg_rto_plan", "pg_default_roles", "pg_default_hba_rules", "pgbackrest_repo"}
	nothing, many := []string{}, []string{}
	for _, p := range params.Load().Params {
		switch {
		case p.Unused != "" || p.Levels == "A" || p.Generated == params.PerEnvironment || strings.Contains(everything, " "+p.Name+":") || slices.Contains(needed, p.Name):
		case p.Identity:
		case p.Default == nil || p.Default == "":
			nothing = append(nothing, p.Name)
		case p.Type.List, p.Type.Map, p.Type.Kind == "dict":
			many = append(many, p.Name)
		}
	}
	without := func(names ...string) string { return everything + "    " + strings.Join(names, ":\n    ") + ":\n" }
	bubble(t, func(t *testing.T) {
		l := newLab(t, everything, "10.10.10.10")
		l.repositories(t)
		l.must("apply", "--yes")
		l.write(without(nothing...))
		if left := changes(l.plan()); len(left) > 0 {
			t.Errorf("%s without values: %s", strings.Join(nothing, ", "), strings.Join(left, "\n"))
		}
		l.write(without(many...))
		l.must("plan")
		line := strings.Count(everything, "\n") + 1
		for _, name := range needed {
			l.write(without(name))
			out, code := l.pig("plan")
			if place := fmt.Sprintf("%s:%d:", l.file, line); code != 1 || !strings.Contains(out, place) {
				t.Errorf("%s without a value: exit status %d, and %s is not in\n%s", name, code, place, out)
			}
		}
	})
}

// everything is a node that has a member of each module.
const everything = `
all:
  children:
    infra: { hosts: { 10.10.10.10: { infra_seq: 1 } } }
    etcd: { hosts: { 10.10.10.10: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }
    minio: { hosts: { 10.10.10.10: { minio_seq: 1 } }, vars: { minio_cluster: minio } }
    pg-meta: { hosts: { 10.10.10.10: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-meta } }
    redis-ms: { hosts: { 10.10.10.10: { redis_node: 1, redis_instances: { 6379: {} } } }, vars: { redis_cluster: redis-ms } }
  vars:
    admin_ip: 10.10.10.10
    pg_version: 17
    pg_conf: tiny.yml
    node_repo_modules: local
    node_tune: none
`
