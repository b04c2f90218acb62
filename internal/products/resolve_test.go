package products

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"pig/internal/inventory"
	"pig/internal/product"
	prpgsql "pig/internal/products/pgsql"
	pgsql "pig/internal/products/pgsql/model"
	"pig/internal/value"
	"pig/internal/yaml"
)

func loadText(t testing.TB, text string) *inventory.Inventory {
	t.Helper()
	file := t.TempDir() + "/i.yml"
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return load(t, file)
}

func TestSeedExamplesResolve(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"modules", "custom", "secure", "citus", "redis", "storage"} {
		env, diags := product.Resolve(load(t, "../../testdata/seed/"+name+".yml"), All(), product.Options{})
		if len(diags) > 0 {
			t.Errorf("%s: %v", name, diags)
		}
		golden(t, "testdata/resolve/"+name+".golden", yaml.Dump(env.View(), yaml.DumpOptions{Flow: yaml.FlowLeaves, Width: 200}))
	}
}

func TestVariablesOfAMember(t *testing.T) {
	t.Parallel()
	env, _ := product.Resolve(load(t, "../../testdata/seed/secure.yml"), All(), product.Options{})
	vars := env.Vars("10.10.10.12")
	for name, want := range map[string]string{
		"pg_instance":          "'pg-meta-3'",
		"pg_service":           "'pg-meta-replica'",
		"nodename":             "'pg-meta-3'",
		"node_cluster":         "'pg-meta'",
		"pg_cluster_members":   "['10.10.10.10', '10.10.10.11', '10.10.10.12']",
		"pg_cluster_replicas":  "['10.10.10.11', '10.10.10.12']",
		"pg_cluster_size":      "3",
		"pg_seq_next":          "4",
		"pg_primary_ip":        "'10.10.10.10'",
		"pg_primary_ins":       "'pg-meta-1'",
		"pg_is_primary":        "False",
		"pg_is_standby":        "False",
		"pg_cluster_dir":       "'/data/postgres/pg-meta-18'",
		"pg_listen":            "'10.10.10.12,10.10.10.2,127.0.0.1'",
		"pg_vip_ip":            "'10.10.10.2'",
		"pg_vip_mask":          "24",
		"pg_dns_ip":            "'10.10.10.2'",
		"pg_etcd_hosts":        "['10.10.10.10:2379', '10.10.10.11:2379', '10.10.10.12:2379']",
		"etcd_initial_cluster": "'etcd-1=https://10.10.10.10:2380,etcd-2=https://10.10.10.11:2380,etcd-3=https://10.10.10.12:2380'",
		"node_dns_servers":     "['10.10.10.10']",
		"patroni_scope":        "'pg-meta'",
	} {
		if got := value.Repr(vars.At(name)); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	delayed := env.Vars("10.10.10.13")
	if delayed.At("pg_is_standby") != true || delayed.At("pg_is_primary") != true || delayed.At("pg_vip_ip") != "" {
		t.Errorf("the delayed cluster has %s", value.Repr(delayed.At("pg_is_standby")))
	}
	services := vars.At("pg_service_list").(*value.List)
	standby := services.Items[4].(*value.Dict)
	if standby.At("ip") != "*" || standby.At("servers").(*value.List).Len() != 3 {
		t.Errorf("standby is %s", value.Repr(standby))
	}
	first := standby.At("servers").(*value.List).Items[0].(*value.Dict)
	if got := value.Repr(first); got != "{'name': 'pg-meta-1', 'ip': '10.10.10.10', 'port': 5432, 'check_port': 8008, 'check_ssl': True, 'weight': 100, 'backup': True}" {
		t.Errorf("its first server is %s", got)
	}
}

func TestOldNamesResolveToNewOnes(t *testing.T) {
	t.Parallel()
	env, _ := product.Resolve(load(t, "../../testdata/seed/citus.yml"), All(), product.Options{})
	vars := env.Vars("10.10.10.14")
	if vars.At("pg_primary_db") != "meta" || vars.At("patroni_scope") != "pg-citus" || vars.At("pg_group") != int64(3) || vars.At("pg_instance") != "pg-citus3-2" {
		t.Errorf("got %s", value.Repr(vars))
	}
}

func TestExtraVariablesOverride(t *testing.T) {
	t.Parallel()
	inv := load(t, "../../testdata/seed/modules.yml")
	env, _ := product.Resolve(inv, All(), product.Options{Extra: value.DictOf("pg_default_service_dest", "postgres", "pg_port", "5555")})
	s := prpgsql.ClusterOf(env, "pg-test").Services[0]
	if s.Name != "primary" || s.Servers[0].Port != 5555 {
		t.Errorf("%+v", s.Servers[0])
	}
}

func TestTemplatesAreRenderedWhereTheEngineCan(t *testing.T) {
	t.Parallel()
	inv := loadText(t, "pg-t: { hosts: { 10.0.0.1: { pg_seq: 1, pg_role: '{{ r }}' } }, vars: { pg_cluster: '{{ c }}' } }")
	if env, diags := product.Resolve(inv, All(), product.Options{}); len(prpgsql.Of(env)) != 0 || len(diags) != 0 {
		t.Errorf("without rendering: %v %v", prpgsql.Of(env), diags)
	}
	env, _ := product.Resolve(inv, All(), product.Options{Render: func(_ *inventory.Host, _ func(string) (value.Value, bool), v value.Value) (value.Value, error) {
		switch v {
		case "{{ r }}":
			return "primary", nil
		case "{{ c }}":
			return "pg-t", nil
		}
		return v, nil
	}})
	if len(prpgsql.Of(env)) != 1 || prpgsql.Of(env)[0].Primary() == nil || env.Vars("10.0.0.1").At("pg_instance") != "pg-t-1" {
		t.Errorf("with rendering: %+v", prpgsql.Of(env))
	}
}

func TestMistakesOfResolutionPoint(t *testing.T) {
	t.Parallel()
	inv := loadText(t, `all:
  children:
    pg-t:
      hosts: { 10.0.0.1: { pg_seq: 1, pg_role: primary }, 10.0.0.2: { pg_seq: 2, pg_role: replica } }
      vars:
        pg_cluster: pg-t
        pg_listen: '${ip},${vip},${ol}'
        pg_services: [{ name: x, port: 1, selector: "[].pg_seq" }]
        pg_hba_rules: [{ user: a, addr: nowhere }]
        pg_dns_target: somewhere
    minio: { hosts: { 10.0.0.3: { minio_seq: 1 } }, vars: { minio_cluster: m, minio_node: '${minio_cluster}-${seq}' } }
    redis: { hosts: { 10.0.0.4: { redis_node: 1, redis_instances: { 6379: { replica_of: '10.0.0.4:1' } } } }, vars: { redis_cluster: r } }
  vars: { dns_records: ['${admn_ip} x'], node_crontab: ['* * * * * root echo ${HOME}'] }
`)
	_, diags := product.Resolve(inv, All(), product.Options{})
	var b strings.Builder
	for _, d := range diags {
		fmt.Fprintln(&b, strings.TrimPrefix(d.Error(), d.Pos.File))
	}
	golden(t, "testdata/resolve/mistakes.golden", b.String())
}

func TestPlaceholders(t *testing.T) {
	t.Parallel()
	get := func(name string) (string, bool) { return "<" + name + ">", name != "no" }
	for text, want := range map[string]string{"${a}-${b}": "<a>-<b> []", "x ${no} $a {b}": "x ${no} $a {b} [no]", "${}": "${} []"} {
		out, unknown := product.Expand(text, get)
		if got := fmt.Sprint(out, " ", unknown); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestTuningOfAMember(t *testing.T) {
	t.Parallel()
	env, _ := product.Resolve(load(t, "../../testdata/seed/secure.yml"), All(), product.Options{})
	c := prpgsql.ClusterOf(env, "pg-meta")
	d := c.Tuning(c.Members[0], pgsql.Machine{CPU: 4, MemMB: 15900, Disk: 100 << 30})
	if d.At("shared_buffers") != "3975MB" || d.At("max_connections") != int64(1000) || d.At("max_parallel_workers_per_gather") != int64(0) {
		t.Errorf("got %s", value.Repr(d))
	}
}

// 333 clusters of three on a thousand hosts: resolve all, and take the variables of every host.
func BenchmarkThousandHosts(b *testing.B) {
	var s strings.Builder
	s.WriteString("all:\n  children:\n    infra: { hosts: { 10.0.0.1: { infra_seq: 1 } } }\n")
	for c := range 333 {
		fmt.Fprintf(&s, "    pg-%d:\n      vars: { pg_cluster: pg-%d, pg_users: [{name: u1, password: secret}] }\n      hosts:\n", c, c)
		for h, role := range []string{"primary", "replica", "offline"} {
			fmt.Fprintf(&s, "        10.%d.%d.%d: { pg_seq: %d, pg_role: %s }\n", c/200+1, c%200, h+1, h+1, role)
		}
	}
	inv := loadText(b, s.String())
	for b.Loop() {
		env, diags := product.Resolve(inv, All(), product.Options{})
		if len(diags) > 0 {
			b.Fatal(diags)
		}
		for _, n := range env.Hosts {
			env.Vars(n.Name)
		}
	}
}
