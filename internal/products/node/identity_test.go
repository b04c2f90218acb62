package node

import (
	"slices"
	"strings"
	"testing"

	"pig/internal/diag"
	"pig/internal/inventory"
	"pig/internal/params"
	"pig/internal/product"
	"pig/internal/value"
)

// declared gives the environment of hosts, by their lines of YAML, and what is wrong with it.
func declared(t *testing.T, hosts ...string) (*product.Environment, diag.List) {
	t.Helper()
	text := "all:\n  vars: { node_id_from_pg: false }\n  hosts:\n    " + strings.Join(hosts, "\n    ") + "\n"
	inv, _, err := inventory.LoadText("pigsty.yml", []byte(text), inventory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	products := []product.Product{Product{}}
	found := params.Validate(inv, product.Checks(products)...)
	env, more := product.Resolve(inv, products, product.Options{})
	return env, append(found, more...)
}

func TestNodesShareAVirtualAddress(t *testing.T) {
	t.Parallel()
	const vip = "vip_enabled: true, vip_address: 10.0.0.9, vip_vrid: 7"
	env, found := declared(t,
		"10.0.0.1: { node_cluster: web, "+vip+", vip_role: master }", "10.0.0.2: { node_cluster: web, "+vip+" }", "10.0.0.3: { node_cluster: web }", "10.0.0.4: {}")
	if found.HasErrors() {
		t.Fatal(found)
	}
	peers := []string{"10.0.0.1", "10.0.0.2"}
	for _, c := range []struct {
		host, cluster string
		vip           *VIP
		members       []string
		shared        bool // some node of its cluster has the address
	}{
		{"10.0.0.1", "web", &VIP{Address: "10.0.0.9", RouterID: 7, Master: true, Peers: peers}, []string{"10.0.0.1", "10.0.0.2", "10.0.0.3"}, true},
		{"10.0.0.2", "web", &VIP{Address: "10.0.0.9", RouterID: 7, Peers: peers}, []string{"10.0.0.1", "10.0.0.2", "10.0.0.3"}, true},
		{"10.0.0.3", "web", nil, []string{"10.0.0.1", "10.0.0.2", "10.0.0.3"}, true},
		{"10.0.0.4", "nodes", nil, []string{"10.0.0.4"}, false},
	} {
		id := Of(env, c.host)
		if (id.VIP == nil) != (c.vip == nil) || id.VIP != nil && (id.VIP.Address != c.vip.Address || id.VIP.RouterID != c.vip.RouterID ||
			id.VIP.Master != c.vip.Master || !slices.Equal(id.VIP.Peers, c.vip.Peers)) {
			t.Errorf("%s: %+v, want %+v", c.host, id.VIP, c.vip)
		}
		vars := env.Vars(c.host)
		if got := value.Str(vars.At("node_cluster")); got != c.cluster {
			t.Errorf("%s: cluster %s", c.host, got)
		}
		if got, _ := vars.At("node_cluster_members").(*value.List); got == nil || !value.Equal(got, value.Strings(c.members)) {
			t.Errorf("%s: members %v", c.host, got)
		}
		if vars.At("node_cluster_vip") != c.shared {
			t.Errorf("%s: node_cluster_vip is %v", c.host, vars.At("node_cluster_vip"))
		}
	}
}

func TestWhatIsWrongWithANode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		hosts []string
		says  string // with its place; "" if nothing is wrong
	}{
		{[]string{"10.0.0.1: { nodename: a }", "10.0.0.2: { nodename: a }"}, "pigsty.yml:5:27: nodes 10.0.0.1 and 10.0.0.2 have the same name a"},
		{[]string{"10.0.0.1: { nodename: " + strings.Repeat("n", 65) + " }"}, "at most 64 characters"},
		{[]string{"10.0.0.1: { vip_enabled: true, vip_address: 10.0.0.9 }"}, "vip_enabled needs vip_vrid on host 10.0.0.1"},
		{[]string{"10.0.0.1: { vip_enabled: true, vip_address: 10.0.0.9, vip_vrid: 255 }"}, "vip_vrid must be 1 to 254, not 255"},
		{[]string{"10.0.0.1: { node_sysctl_params: { vm.swappiness: low } }"}, `invalid value "low" of kernel parameter vm.swappiness: must be a whole number`},
		{[]string{"10.0.0.1: { node_sysctl_params: { vm/swappiness: low } }"}, `invalid value "low" of kernel parameter vm/swappiness`},
		{[]string{"10.0.0.1: { node_sysctl_params: { 'a b': 1 } }"}, `invalid kernel parameter "a b"`},
		{[]string{"10.0.0.1: { node_sysctl_params: { net.ipv4.tcp_mem: '1 2 3', vm.swappiness: 0x1 } }"}, ""},
		{[]string{"10.0.0.1: { node_crontab: [ '* * * * * nobodyelse /bin/true' ] }"}, `account "nobodyelse" of node_crontab`},
		{[]string{"10.0.0.1: { node_crontab: [ '@daily nobodyelse /bin/true' ] }"}, `account "nobodyelse" of node_crontab`},
		{[]string{"10.0.0.1: { node_crontab: [ '# a comment', 'MAILTO=me', '5 * * * * postgres /bin/true' ] }"}, ""},
		{[]string{"10.0.0.1: { node_aliases: { 'a b': ls } }"}, "in node_aliases"},
	} {
		_, found := declared(t, c.hosts...)
		var said []string
		for _, d := range found {
			said = append(said, d.Error())
		}
		switch all := strings.Join(said, "\n"); {
		case c.says == "" && all != "":
			t.Errorf("%v: %s", c.hosts, all)
		case !strings.Contains(all, c.says):
			t.Errorf("%v: not said: %q\n%s", c.hosts, c.says, all)
		}
	}
}
