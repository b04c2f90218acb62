package node

import (
	"pig/internal/params"
	"pig/internal/product"
	"pig/internal/value"
)

// Identity is what the node module knows of a host.
type Identity struct {
	VIP    *VIP     // the virtual address of keepalived, or nil
	Trusts []string // networks: those of node_firewall_intranet, and members outside of them

	peers      []string // all nodes of its cluster, by first appearance
	clusterVIP bool     // whether any of them has a virtual address
}

// Of is what is known of a host of env, never nil.
func Of(env *product.Environment, host string) *Identity {
	if all, ok := env.Part("node").(map[string]*Identity); ok && all[host] != nil {
		return all[host]
	}
	return &Identity{}
}

// resolver names hosts and finds who shares what.
type resolver struct {
	*product.Resolver
	networks map[string][]string // that nodes trust, by what they say
}

// VIP is a virtual address that several nodes share.
type VIP struct {
	Address  string
	RouterID int
	Master   bool
	Peers    []string // all nodes with the address, by first appearance
}

// identify names nodes: after what runs on them if node_id_from_pg, even where nodename says otherwise, as Pigsty does.
func (r *resolver) identify() {
	all := map[string]*Identity{}
	vips, members, clusters := map[string][]string{}, map[string][]string{}, map[string]bool{}
	for _, n := range r.Env.Hosts {
		id := &Identity{}
		all[n.Name] = id
		n.Nodename, n.Cluster = n.Vars.Text("nodename"), n.Vars.Text("node_cluster")
		if n.Vars.Bool("node_id_from_pg") {
			r.nameAfter(n)
		}
		if n.Cluster == "" {
			n.Cluster = "nodes"
		}
		members[n.Cluster] = append(members[n.Cluster], n.Name)
		if address := n.Vars.Text("vip_address"); address != "" && n.Vars.Bool("vip_enabled") {
			number, _ := n.Vars.Number("vip_vrid")
			id.VIP = &VIP{Address: address, RouterID: number, Master: n.Vars.Text("vip_role") == "master"}
			vips[address] = append(vips[address], n.Name)
			clusters[n.Cluster] = true
		}
	}
	for _, n := range r.Env.Hosts {
		id := all[n.Name]
		if id.VIP != nil {
			id.VIP.Peers = vips[id.VIP.Address]
		}
		id.peers, id.clusterVIP = members[n.Cluster], clusters[n.Cluster]
		n.AddFacts(func() *value.Dict { return id.facts(n) })
	}
	r.Env.SetPart("node", all)
	r.names()
}

// longestName is HOST_NAME_MAX of Linux.
const longestName = 64

// names checks what hosts are called: monitoring and the names in certificates tell nodes by their names.
func (r *resolver) names() {
	of := map[string]*product.Host{}
	for _, n := range r.Env.Hosts {
		name := n.Nodename
		if name == "" || params.IsTemplate(name) {
			continue
		}
		at := n.Vars.Pos("nodename")
		if !at.Known() {
			at = n.Entry.Pos
		}
		if len(name) > longestName {
			r.Errorf(at, "invalid name %q of node %s: at most %d characters", name, n.Name, longestName)
		}
		if first := of[name]; first != nil {
			r.Errorf(at, "nodes %s and %s have the same name %s", first.Name, n.Name, name).WithHint("set nodename on one of them: monitoring and logs identify nodes by name")
			continue
		}
		of[name] = n
	}
}

// nameAfter gives a node the name and cluster of the product that names nodes.
func (r *resolver) nameAfter(n *product.Host) {
	for _, p := range r.Env.Products() {
		namer, ok := p.(product.NodeNamer)
		if !ok {
			continue
		}
		name, cluster := namer.NameNode(n)
		if name != "" {
			n.Nodename = name
		}
		if cluster != "" && (n.Cluster == "" || n.Cluster == "nodes") {
			n.Cluster = cluster
		}
	}
}

// facts are the variables of the node itself.
func (id *Identity) facts(n *product.Host) *value.Dict {
	d := value.DictOf("node_cluster", n.Cluster, "node_cluster_vip", id.clusterVIP, "node_cluster_members", value.Strings(id.peers))
	if n.Nodename != "" {
		d.Set("nodename", n.Nodename)
	}
	if id.VIP != nil {
		d.Set("vip_peers", value.Strings(id.VIP.Peers))
	}
	return d
}

// nodeView is a host as people and programs may look at it.
func nodeView(e *product.Environment, n *product.Host) *value.Dict {
	d := value.DictOf("ip", n.Name, "cluster", n.Cluster)
	if n.Nodename != "" {
		d.Set("name", n.Nodename)
	}
	if vip := Of(e, n.Name).VIP; vip != nil {
		d.Set("vip", vip.Address)
	}
	return d
}

// instancesOf names what runs on a host.
func instancesOf(e *product.Environment, n *product.Host) (names []string) {
	for _, p := range e.Products() {
		names = append(names, p.Instances(e, n)...)
	}
	return names
}
