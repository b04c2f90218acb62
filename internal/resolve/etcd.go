package resolve

import (
	"fmt"
	"slices"
	"strings"

	"pig/internal/format"
	"pig/internal/value"
)

// EtcdCluster is the one etcd cluster of an environment: the hosts of the group etcd.
type EtcdCluster struct {
	Name    string
	Members []*EtcdMember // by first appearance
}

// EtcdMember is a member of etcd.
type EtcdMember struct {
	*Node
	Seq        int
	Instance   string // <etcd_cluster>-<etcd_seq>
	ClientPort int
	PeerPort   int
}

func (r *etcdResolver) etcd() {
	nodes := r.group("etcd")
	if len(nodes) == 0 {
		return
	}
	c := &EtcdCluster{Name: nodes[0].vars.text("etcd_cluster")}
	for _, n := range nodes {
		seq, ok := asInt(n.vars.own("etcd_seq"))
		if !ok {
			continue
		}
		m := &EtcdMember{
			Node: n, Seq: seq, Instance: fmt.Sprintf("%s-%d", c.Name, seq),
			ClientPort: n.vars.numberOr("etcd_port", 2379), PeerPort: n.vars.numberOr("etcd_peer_port", 2380),
		}
		c.Members = append(c.Members, m)
		n.addFacts(func() *value.Dict { return c.Vars(m) })
	}
	r.env.SetPart("etcd", c)
	for _, n := range r.env.Nodes {
		n.addFacts(c.shared)
	}
}

// sorted are the members by address, sorted as text: the order of etcd's hosts in configuration files.
func (c *EtcdCluster) sorted() []*EtcdMember {
	members := slices.Clone(c.Members)
	slices.SortFunc(members, func(a, b *EtcdMember) int { return strings.Compare(a.Name, b.Name) })
	return members
}

// Endpoints are the clients' endpoints as address:port, sorted as text.
func (c *EtcdCluster) Endpoints() []string {
	var list []string
	for _, m := range c.sorted() {
		list = append(list, format.HostPort(m.Name, m.ClientPort))
	}
	return list
}

// InitialCluster is etcd's initial-cluster: instance=https://address:port with commas.
func (c *EtcdCluster) InitialCluster() string {
	var list []string
	for _, m := range c.sorted() {
		list = append(list, m.Instance+"=https://"+format.HostPort(m.Name, m.PeerPort))
	}
	return strings.Join(list, ",")
}

// Quorum is how many members must be up.
func (c *EtcdCluster) Quorum() int { return len(c.Members)/2 + 1 }

// shared are the variables that every node sees, for clients of etcd.
func (c *EtcdCluster) shared() *value.Dict {
	return value.DictOf("etcd_endpoints", value.Strings(c.Endpoints()))
}

// Vars are the facts about the cluster as a member sees it.
func (c *EtcdCluster) Vars(m *EtcdMember) *value.Dict {
	var members []string
	for _, s := range c.sorted() {
		members = append(members, s.Name)
	}
	return value.DictOf("etcd_instance", m.Instance, "etcd_cluster_members", value.Strings(members), "etcd_initial_cluster", c.InitialCluster(),
		"etcd_quorum", int64(c.Quorum()))
}

// Hosts are those of all members, by first appearance.
func (c *EtcdCluster) Hosts() []string {
	hosts := make([]string, len(c.Members))
	for i, m := range c.Members {
		hosts[i] = m.Name
	}
	return hosts
}

// EtcdOf is the etcd cluster of env, nil if there is none.
func EtcdOf(env *Environment) *EtcdCluster {
	c, _ := env.Part("etcd").(*EtcdCluster)
	return c
}

// etcdResolver finds the etcd cluster.
type etcdResolver struct{ *resolver }
