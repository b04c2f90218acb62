package resolve

import (
	"pig/internal/inventory"
	"pig/internal/pgsql"
	"pig/internal/value"
)

// Node is a host with its identity as a node.
type Node struct {
	Host    *inventory.Host
	Name    string // of the host in the inventory: its address
	Cluster string // node_cluster
	// Nodename is the name that the node gets, or "": then it keeps its host name.
	Nodename string
	// VIP is the virtual address of keepalived, or nil.
	VIP *NodeVIP

	peers      []string // all nodes of its cluster, by first appearance
	clusterVIP bool     // whether any of them has a virtual address
	vars       lookup
	resolved   *value.Dict          // parameters whose placeholders or names were replaced
	facts      []func() *value.Dict // what the clusters that it is a member of say
	visible    *value.Dict          // what selectors see, once somebody asked
}

// NodeVIP is a virtual address that several nodes share.
type NodeVIP struct {
	Address  string
	RouterID int
	Master   bool
	Peers    []string // all nodes with the address, by first appearance
}

// identifyNodes names nodes: after their PostgreSQL instance if node_id_from_pg, even where nodename says otherwise, as
// Pigsty does.
func (r *resolver) identifyNodes() {
	vips, members, clusters := map[string][]string{}, map[string][]string{}, map[string]bool{}
	for _, n := range r.env.Nodes {
		n.resolved = value.NewDict()
		pg := n.vars.own("pg_cluster")
		seq, hasSeq := n.vars.number("pg_seq")
		fromPg := n.vars.bool("node_id_from_pg") && pg != nil
		n.Nodename = n.vars.text("nodename")
		if fromPg && hasSeq {
			n.Nodename = pgsql.InstanceName(value.Str(pg), seq)
		}
		n.Cluster = n.vars.text("node_cluster")
		if (n.Cluster == "" || n.Cluster == "nodes") && fromPg {
			n.Cluster = value.Str(pg)
		}
		if n.Cluster == "" {
			n.Cluster = "nodes"
		}
		members[n.Cluster] = append(members[n.Cluster], n.Name)
		if address := n.vars.text("vip_address"); address != "" && n.vars.bool("vip_enabled") {
			id, _ := n.vars.number("vip_vrid")
			n.VIP = &NodeVIP{Address: address, RouterID: id, Master: n.vars.text("vip_role") == "master"}
			vips[address] = append(vips[address], n.Name)
			clusters[n.Cluster] = true
		}
	}
	for _, n := range r.env.Nodes {
		if n.VIP != nil {
			n.VIP.Peers = vips[n.VIP.Address]
		}
		n.peers, n.clusterVIP = members[n.Cluster], clusters[n.Cluster]
	}
}

// identity are the variables of the node itself.
func (n *Node) identity() *value.Dict {
	d := value.DictOf("node_cluster", n.Cluster, "node_cluster_vip", n.clusterVIP, "node_cluster_members", value.Strings(n.peers))
	if n.Nodename != "" {
		d.Set("nodename", n.Nodename)
	}
	if n.VIP != nil {
		d.Set("vip_peers", value.Strings(n.VIP.Peers))
	}
	return d
}
