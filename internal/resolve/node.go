package resolve

import (
	"pig/internal/value"
)

// NodeIdentity is what the node module knows of a host.
type NodeIdentity struct {
	VIP    *NodeVIP // the virtual address of keepalived, or nil
	Trusts []string // networks: those of node_firewall_intranet, and members outside of them

	peers      []string // all nodes of its cluster, by first appearance
	clusterVIP bool     // whether any of them has a virtual address
}

// NodeOf is what is known of a host of env, never nil.
func NodeOf(env *Environment, host string) *NodeIdentity {
	if all, ok := env.Part("node").(map[string]*NodeIdentity); ok && all[host] != nil {
		return all[host]
	}
	return &NodeIdentity{}
}

// nodeResolver names hosts and finds who shares what.
type nodeResolver struct {
	*resolver
	networks map[string][]string // that nodes trust, by what they say
}

// NodeVIP is a virtual address that several nodes share.
type NodeVIP struct {
	Address  string
	RouterID int
	Master   bool
	Peers    []string // all nodes with the address, by first appearance
}

// identify names nodes: after what runs on them if node_id_from_pg, even where nodename says otherwise, as Pigsty does.
func (r *nodeResolver) identify() {
	all := map[string]*NodeIdentity{}
	vips, members, clusters := map[string][]string{}, map[string][]string{}, map[string]bool{}
	for _, n := range r.env.Nodes {
		id := &NodeIdentity{}
		all[n.Name] = id
		n.Nodename, n.Cluster = n.vars.text("nodename"), n.vars.text("node_cluster")
		if n.vars.bool("node_id_from_pg") {
			r.nameAfter(n)
		}
		if n.Cluster == "" {
			n.Cluster = "nodes"
		}
		members[n.Cluster] = append(members[n.Cluster], n.Name)
		if address := n.vars.text("vip_address"); address != "" && n.vars.bool("vip_enabled") {
			number, _ := n.vars.number("vip_vrid")
			id.VIP = &NodeVIP{Address: address, RouterID: number, Master: n.vars.text("vip_role") == "master"}
			vips[address] = append(vips[address], n.Name)
			clusters[n.Cluster] = true
		}
	}
	for _, n := range r.env.Nodes {
		id := all[n.Name]
		if id.VIP != nil {
			id.VIP.Peers = vips[id.VIP.Address]
		}
		id.peers, id.clusterVIP = members[n.Cluster], clusters[n.Cluster]
		n.addFacts(func() *value.Dict { return id.vars(n) })
	}
	r.env.SetPart("node", all)
}

// nameAfter gives a node the name and cluster of the product that names nodes.
func (r *nodeResolver) nameAfter(n *Node) {
	for _, p := range r.env.Products() {
		namer, ok := p.(NodeNamer)
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

// vars are the variables of the node itself.
func (id *NodeIdentity) vars(n *Node) *value.Dict {
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
func nodeView(e *Environment, n *Node) *value.Dict {
	d := value.DictOf("ip", n.Name, "cluster", n.Cluster)
	if n.Nodename != "" {
		d.Set("name", n.Nodename)
	}
	if vip := NodeOf(e, n.Name).VIP; vip != nil {
		d.Set("vip", vip.Address)
	}
	return d
}

// instancesOf names what runs on a host.
func instancesOf(e *Environment, n *Node) (names []string) {
	for _, p := range e.Products() {
		names = append(names, p.Instances(e, n)...)
	}
	return names
}
