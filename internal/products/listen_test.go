package products

import (
	"strings"
	"testing"

	"pig/internal/product"
	"pig/internal/value"
)

// Members with IPv6 addresses listen where others look for them: by default on all addresses of both kinds, or they are refused.
func TestMembersListenOnTheirOwnAddress(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		"":                                  "*",
		"pg_listen: '*'":                    "as written",
		"pg_listen: '::'":                   "::",
		"pg_listen: '0.0.0.0, ::'":          "0.0.0.0,::",
		"pg_listen: '${ip}, ${lo}'":         "2001:db8::10,127.0.0.1",
		"pg_listen: '2001:db8::10'":         "2001:db8::10",
		"pg_listen: '2001:db8:0::10, ::1'":  "2001:db8:0::10,::1",
		"pg_listen: 0.0.0.0":                "i.yml:5:62: invalid pg_listen \"0.0.0.0\": 2001:db8::10 would not listen on its own address",
		"pg_listen: '${lo}'":                "invalid pg_listen \"127.0.0.1\"",
		"pg_listen: '2001:db8::11, ${lo}'":  "invalid pg_listen \"2001:db8::11,127.0.0.1\"",
		"redis_bind_address: ''":            "as written",
		"redis_bind_address: '::'":          "redis_::",
		"redis_bind_address: 2001:db8::10":  "redis_2001:db8::10",
		"redis_bind_address: 0.0.0.0":       "invalid redis_bind_address \"0.0.0.0\"",
		"x: the default of Redis":           "redis_::",
		"redis_bind_address: '10.10.10.10'": "invalid redis_bind_address \"10.10.10.10\"",
	} {
		want := strings.TrimPrefix(want, "i.yml")
		param, cluster := "pg_listen", "pg_cluster: pg-six"
		if strings.HasPrefix(said, "redis") || strings.HasPrefix(said, "x") {
			param, cluster = "redis_bind_address", "redis_cluster: redis-six"
		}
		inv := loadText(t, `all:
  children:
    six:
      hosts: { "2001:db8::10": { pg_seq: 1, pg_role: primary, redis_node: 1, redis_instances: { 6379: {} } } }
      vars: { `+cluster+`, pg_version: 17, `+said+` }
`)
		env, diags := product.Resolve(inv, All(), product.Options{})
		got := "as written"
		if v, ok := env.Vars("2001:db8::10").Get(param); ok {
			got = strings.TrimPrefix(param[:6]+value.Str(v), "pg_lis")
		}
		if err := diags.Err(); err != nil {
			got = err.Error()
		}
		if got != want && !(strings.Contains(want, "invalid") && strings.Contains(got, want)) {
			t.Errorf("%s: %s, want %s", said, got, want)
		}
	}
}

// A node that others know by an IPv4 address listens as the inventory says, and as before.
func TestListeningOfIPv4MembersStays(t *testing.T) {
	t.Parallel()
	env, diags := product.Resolve(loadText(t, `all: { children: { pg: { hosts: { 10.0.0.1: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg, pg_version: 17, redis_bind_address: 0.0.0.0 } } } }`), All(), product.Options{})
	if vars := env.Vars("10.0.0.1"); diags.Err() != nil || vars.Has("pg_listen") {
		t.Errorf("%v %v", diags, vars.At("pg_listen"))
	}
}

// A list of addresses without the node's own is refused: Patroni, health checks and replicas look for the member there.
func TestMembersOfIPv4ListenOnTheirOwnAddress(t *testing.T) {
	t.Parallel()
	const pg = "pg_cluster: pg, pg_seq: 1, pg_role: primary, pg_version: 17, pg_vip_enabled: true, pg_vip_address: 10.0.0.9/24, "
	const redis = "redis_cluster: r, redis_node: 1, redis_password: a1b2c3d4, redis_instances: { 6379: { } }, "
	const replica = "redis_cluster: r, redis_node: 1, redis_password: a1b2c3d4, redis_instances: { 6379: { }, 6380: { replica_of: '10.0.0.1 6379' } }, "
	const watched = redis + "redis_sentinel_monitor: [ { name: r, host: 10.0.0.1, port: 6379, password: a1b2c3d4, quorum: 1 } ], "
	for said, sound := range map[string]bool{
		pg + "pg_listen: '${ip},${vip},${lo}'": true, pg + "pg_listen: 0.0.0.0": true, pg + "pg_listen: '*'": true, pg + "pg_listen: '127.0.0.1, 10.0.0.1'": true,
		pg + "pg_listen: '::, 0.0.0.0'": true, pg + "pg_listen: 'localhost,db.example.com'": true, pg + "pg_listen: '{{ mine }}'": true,
		pg + "pg_listen: 127.0.0.1": false, pg + "pg_listen: '${lo},${vip}'": false, pg + "pg_listen: 10.0.0.99": false, pg + "pg_listen: localhost": false,
		pg + "pg_listen: 'nosuch host'": false, pg + "pg_listen: '::'": false, pg + "pg_listen: ''": false,
		redis + "redis_bind_address: 10.0.0.1": true, redis + "redis_bind_address: ''": true, redis + "redis_bind_address: 127.0.0.1": true,
		redis + "redis_bind_address: 192.168.9.1": true, replica + "redis_bind_address: 127.0.0.1": false, watched + "redis_bind_address: 127.0.0.1": false,
		replica + "redis_bind_address: 0.0.0.0": true,
	} {
		_, diags := product.Resolve(loadText(t, "all: { hosts: { 10.0.0.1: { "+said+" } } }"), All(), product.Options{})
		if refused := strings.Contains(lines(diags), "10.0.0.1 would not listen on its own address"); refused == sound {
			t.Errorf("%s: %s", said, lines(diags))
		}
	}
}

func TestPlaceholdersOfIPv6InURLs(t *testing.T) {
	t.Parallel()
	for address, brackets := range map[string][2]string{"2001:db8::10": {"[", "]"}, "10.0.0.1": {}} {
		in := brackets[0] + address + brackets[1]
		get := func(string) (string, bool) { return address, true }
		for text, want := range map[string]string{
			"http://${admin_ip}/pigsty":              "http://" + in + "/pigsty",
			"http://${admin_ip}:80/pigsty":           "http://" + in + ":80/pigsty",
			"${admin_ip}:3000":                       in + ":3000",
			"postgres://u:p@${admin_ip}/meta":        "postgres://u:p@" + in + "/meta",
			"${admin_ip} h.pigsty a.pigsty":          address + " h.pigsty a.pigsty",
			"pool ${admin_ip} iburst":                "pool " + address + " iburst",
			"${ip}, ${lo}":                           address + ", " + address,
			"http://a/${x}: ${admin_ip}:9 http://${": "http://a/" + address + ": " + in + ":9 http://${",
		} {
			if got, unknown := product.Expand(text, get); got != want || unknown != nil {
				t.Errorf("%s: %s %v, want %s", text, got, unknown, want)
			}
		}
	}
}

func TestEtcdAndLogsOfIPv6(t *testing.T) {
	t.Parallel()
	env, diags := product.Resolve(loadText(t, `all:
  children:
    infra: { hosts: { "2001:db8::10": { infra_seq: 1 } } }
    etcd: { hosts: { "2001:db8::10": { etcd_seq: 1 }, 10.0.0.2: { etcd_seq: 2 } }, vars: { etcd_cluster: etcd } }
`), All(), product.Options{})
	vars := env.Vars("10.0.0.2")
	for key, want := range map[string]string{
		"etcd_endpoints":         "['10.0.0.2:2379', '[2001:db8::10]:2379']",
		"etcd_initial_cluster":   "'etcd-2=https://10.0.0.2:2380,etcd-1=https://[2001:db8::10]:2380'",
		"log_stores":             "[{'url': 'https://[2001:db8::10]:9428', 'infra': True}]",
		"node_firewall_intranet": "['10.0.0.0/8', '192.168.0.0/16', '172.16.0.0/12', '2001:db8::10/128']",
	} {
		if got := value.Repr(vars.At(key)); got != want || diags.Err() != nil {
			t.Errorf("%s: %s %v, want %s", key, got, diags, want)
		}
	}
}
