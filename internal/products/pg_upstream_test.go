package products

import (
	"slices"
	"strings"
	"testing"

	"pig/internal/product"
	prpgsql "pig/internal/products/pgsql"
	"pig/internal/value"
)

func TestUpstreams(t *testing.T) {
	t.Parallel()
	env, diags := product.Resolve(loadText(t, `
all:
  children:
    a:
      hosts:
        10.0.0.1: { pg_seq: 1, pg_role: primary, vip_enabled: true, vip_address: 10.0.0.200, vip_vrid: 99, vip_role: master }
        10.0.0.2: { pg_seq: 2, pg_role: replica }
        10.0.0.3: { pg_seq: 3, pg_role: replica, pg_upstream: 10.0.0.2 }
      vars: { pg_cluster: a, pg_default_service_dest: postgres, pg_vip_enabled: true, pg_vip_address: 10.0.0.99/24 }
    b: { hosts: { 10.0.0.4: { pg_seq: 1, pg_role: primary, pg_upstream: 10.0.0.1 } }, vars: { pg_cluster: b, pg_conf: tiny.yml } }
    c: { hosts: { 10.0.0.5: { pg_seq: 1, pg_role: primary, pg_upstream: a } }, vars: { pg_cluster: c } }
    d: { hosts: { 10.0.0.6: { pg_seq: 1, pg_role: primary, pg_upstream: 10.0.0.2 } }, vars: { pg_cluster: d } }
    e: { hosts: { 10.0.0.7: { pg_seq: 1, pg_role: primary, pg_upstream: 10.0.0.7 } }, vars: { pg_cluster: e } }
    f: { hosts: { 10.0.0.8: { pg_seq: 1, pg_role: primary }, 10.0.0.9: { pg_seq: 2, pg_role: replica, pg_upstream: 10.0.0.1 } }, vars: { pg_cluster: f } }
`), All(), product.Options{})
	for name, want := range map[string][]string{"b": {"10.0.0.1", "10.0.0.2", "10.0.0.3"}, "c": {"10.0.0.1", "10.0.0.2", "10.0.0.3"}, "d": {"10.0.0.2"}} {
		c := prpgsql.ClusterOf(env, name)
		if !slices.Equal(c.UpstreamHosts, want) || c.Follows != prpgsql.ClusterOf(env, "a") || !c.Standby() {
			t.Errorf("%s follows %q", name, c.UpstreamHosts)
		}
	}
	if floor := env.Vars("10.0.0.4").At("pg_upstream_floor").(*value.Dict); floor.At("max_connections") != int64(1000) {
		t.Errorf("b needs %s", value.Repr(floor))
	}
	if m := prpgsql.ClusterOf(env, "a").Member("10.0.0.3"); m.ReplicateFrom != "a-2" {
		t.Errorf("it copies from %q", m.ReplicateFrom)
	}
	if id := prpgsql.ClusterOf(env, "a").VIP.Router; id != 100 {
		t.Errorf("the router's number is %d, and 99 is taken", id)
	}
	text := diags.Error()
	for _, want := range []string{"a member of its own cluster", "invalid pg_upstream \"10.0.0.1\" of f-2: want another member of f"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}
