package etcd

import (
	"fmt"
	"slices"
	"strings"

	"pig/internal/format"
	"pig/internal/product"
	"pig/internal/value"
)

// Cluster is the one etcd cluster of an environment: the hosts of the group etcd.
type Cluster struct {
	Name    string
	Members []*Member // by first appearance
}

// Member is a member of etcd.
type Member struct {
	*product.Host
	Seq        int
	Instance   string // <etcd_cluster>-<etcd_seq>
	ClientPort int
	PeerPort   int
}

func (r *resolver) etcd() {
	nodes := r.Group("etcd")
	if len(nodes) == 0 {
		return
	}
	c := &Cluster{Name: nodes[0].Vars.Text("etcd_cluster")}
	for _, n := range nodes {
		seq, ok := product.ToInt(n.Vars.Own("etcd_seq"))
		if !ok {
			continue
		}
		m := &Member{
			Host: n, Seq: seq, Instance: fmt.Sprintf("%s-%d", c.Name, seq),
			ClientPort: n.Vars.NumberOr("etcd_port", 2379), PeerPort: n.Vars.NumberOr("etcd_peer_port", 2380),
		}
		c.Members = append(c.Members, m)
		n.AddFacts(func() *value.Dict { return c.Vars(m) })
	}
	r.Env.SetPart("etcd", c)
	for _, n := range r.Env.Hosts {
		n.AddFacts(c.shared)
	}
}

// sorted are the members by address, sorted as text: the order of etcd's hosts in configuration files.
func (c *Cluster) sorted() []*Member {
	members := slices.Clone(c.Members)
	slices.SortFunc(members, func(a, b *Member) int { return strings.Compare(a.Name, b.Name) })
	return members
}

// Endpoints are the clients' endpoints as address:port, sorted as text.
func (c *Cluster) Endpoints() []string {
	var list []string
	for _, m := range c.sorted() {
		list = append(list, format.HostPort(m.Name, m.ClientPort))
	}
	return list
}

// InitialCluster is etcd's initial-cluster: instance=https://address:port with commas.
func (c *Cluster) InitialCluster() string {
	var list []string
	for _, m := range c.sorted() {
		list = append(list, m.Instance+"=https://"+format.HostPort(m.Name, m.PeerPort))
	}
	return strings.Join(list, ",")
}

// Quorum is how many members must be up.
func (c *Cluster) Quorum() int { return len(c.Members)/2 + 1 }

// shared are the variables that every node sees, for clients of etcd.
func (c *Cluster) shared() *value.Dict {
	return value.DictOf("etcd_endpoints", value.Strings(c.Endpoints()))
}

// Vars are the facts about the cluster as a member sees it.
func (c *Cluster) Vars(m *Member) *value.Dict {
	var members []string
	for _, s := range c.sorted() {
		members = append(members, s.Name)
	}
	return value.DictOf("etcd_instance", m.Instance, "etcd_cluster_members", value.Strings(members), "etcd_initial_cluster", c.InitialCluster(),
		"etcd_quorum", int64(c.Quorum()))
}

// Hosts are those of all members, by first appearance.
func (c *Cluster) Hosts() []string {
	hosts := make([]string, len(c.Members))
	for i, m := range c.Members {
		hosts[i] = m.Name
	}
	return hosts
}

// Of is the etcd cluster of env, nil if there is none.
func Of(env *product.Environment) *Cluster {
	c, _ := env.Part("etcd").(*Cluster)
	return c
}

// resolver finds the etcd cluster.
type resolver struct{ *product.Resolver }
