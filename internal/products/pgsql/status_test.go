package pgsql

import (
	"strings"
	"testing"

	"pig/internal/health"
	"pig/internal/inventory"
	"pig/internal/product"
	"pig/internal/products/etcd"
	"pig/internal/products/node"
	"pig/internal/value"
)

const declared = `
all:
  children:
    etcd: { hosts: { 10.0.0.1: { etcd_seq: 1 }, 10.0.0.2: { etcd_seq: 2 }, 10.0.0.3: { etcd_seq: 3 } }, vars: { etcd_cluster: etcd } }
    pg-test:
      hosts:
        10.0.0.1: { pg_seq: 1, pg_role: primary }
        10.0.0.2: { pg_seq: 2, pg_role: replica }
        10.0.0.3: { pg_seq: 3, pg_role: delayed }
      vars: { pg_cluster: pg-test }
`

func environment(t *testing.T) *product.Environment {
	t.Helper()
	inv, _, err := inventory.LoadText("pigsty.yml", []byte(declared), inventory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	env, found := product.Resolve(inv, []product.Product{node.Product{}, etcd.Product{}, Product{}}, product.Options{})
	if found.HasErrors() {
		t.Fatal(found)
	}
	return env
}

// view is what Patroni says, from lines of name, role, state, lag.
func view(t *testing.T, lines ...string) value.Value {
	t.Helper()
	var members []string
	for _, l := range lines {
		f := strings.Fields(l)
		m := `{"name":"` + f[0] + `","role":"` + f[1] + `","state":"` + f[2] + `","timeline":3`
		if len(f) > 3 {
			m += `,"lag":` + f[3]
		}
		members = append(members, m+"}")
	}
	v, err := value.ParseJSON([]byte(`{"members":[` + strings.Join(members, ",") + `],"scope":"pg-test"}`))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func units(states ...string) map[string]string {
	m := map[string]string{"patroni": "active", "etcd": "active"}
	for _, s := range states {
		k, v, _ := strings.Cut(s, "=")
		m[k] = v
	}
	return m
}

func TestClusters(t *testing.T) {
	t.Parallel()
	env := environment(t)
	well := []string{"pg-test-1 leader running", "pg-test-2 replica streaming 0", "pg-test-3 replica streaming 999999999"}
	all := func(u map[string]string, lines ...string) map[string]health.Answer {
		m := map[string]health.Answer{}
		for _, h := range []string{"10.0.0.1", "10.0.0.2", "10.0.0.3"} {
			m[h] = health.Answer{Units: u, Said: map[string]health.Said{aboutPatroni: {Values: value.DictOf("json", view(t, lines...))}}}
		}
		return m
	}
	for _, c := range []struct {
		name    string
		answers map[string]health.Answer
		change  func(map[string]health.Answer)
		leader  string
		want    []string
	}{
		{"well; a delayed member may lag", all(units(), well...), nil, "pg-test-1", nil},
		{"another member leads than declared", all(units(), "pg-test-1 replica streaming 0", "pg-test-2 leader running", well[2]), nil, "pg-test-2", nil},
		{
			"a node does not answer", all(units(), well...),
			func(m map[string]health.Answer) { m["10.0.0.3"] = health.Answer{Err: "no route"} },
			"pg-test-1", []string{"pg-test-3: 10.0.0.3 does not answer: no route"},
		},
		{
			"a service is down", all(units(), well...),
			func(m map[string]health.Answer) { m["10.0.0.2"] = health.Answer{Units: units("patroni=failed")} },
			"pg-test-1", []string{"pg-test-2: patroni is failed on 10.0.0.2"},
		},
		{"a member is missing", all(units(), well[0], well[2]), nil, "pg-test-1", []string{"pg-test-2 is not in the cluster"}},
		{"a member lags", all(units(), well[0], "pg-test-2 replica streaming 104857600", well[2]), nil, "pg-test-1", []string{"pg-test-2 lags 100.0 MB behind"}},
		{"nobody leads", all(units(), "pg-test-1 replica running", well[1], well[2]), nil, "", []string{"no leader"}},
		{
			"a stranger", all(units(), append(well, "pg-test-9 replica streaming 0")...), nil,
			"pg-test-1", []string{"pg-test-9 is in the cluster and not in the inventory: put it back; to remove it, put it back and run pig pgsql-rm pg-test"},
		},
		{
			"two leaders", all(units(), well...),
			func(m map[string]health.Answer) {
				m["10.0.0.2"] = health.Answer{Units: units(), Said: map[string]health.Said{aboutPatroni: {Values: value.DictOf("json", view(t, "pg-test-1 replica stopped", "pg-test-2 leader running", well[2]))}}}
			},
			"pg-test-2", []string{"members report different leaders: pg-test-1 according to pg-test-1, pg-test-3; pg-test-2 according to pg-test-2", "pg-test-1 is stopped"},
		},
		{"nobody tells", map[string]health.Answer{}, nil, "", []string{
			"pg-test-1: patroni is unknown on 10.0.0.1", "pg-test-2: patroni is unknown on 10.0.0.2", "pg-test-3: patroni is unknown on 10.0.0.3",
			"no member answers which one leads",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.change != nil {
				c.change(c.answers)
			}
			got := status(ClusterOf(env, "pg-test"), c.answers, func(string) []string { return []string{"patroni"} })
			if problems := strings.Join(append(got.Problems, got.Passing...), "\n"); problems != strings.Join(c.want, "\n") {
				t.Errorf("problems:\n%s\nwant:\n%s", problems, strings.Join(c.want, "\n"))
			}
			if got.Leader != c.leader {
				t.Errorf("leader %q, want %q", got.Leader, c.leader)
			}
			if (health.Report{Clusters: []health.Cluster{got}}).Well() != (len(c.want) == 0) {
				t.Error("well, or not")
			}
		})
	}
}
