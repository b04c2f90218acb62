// Package resolve makes typed clusters of an inventory: who is a member of what, under which name and role, which members
// serve which service, which rules let whom in. The results are available as variables, under the names that Pigsty's
// derived facts have, so that roles consume them instead of computing them.
package resolve

import (
	"cmp"
	"slices"

	"pig/internal/diag"
	"pig/internal/inventory"
	"pig/internal/params"
	"pig/internal/redis"
	"pig/internal/value"
)

// Options say what counts besides the inventory.
type Options struct {
	// Extra are the variables of -e: they override all others on every host.
	Extra *value.Dict
	// Render renders templates in the value of a variable. Without it, values with templates are left as they are, and
	// what would have to know them is left out.
	Render func(h *inventory.Host, name string, v value.Value) (value.Value, error)
	// Password gives the generated password of a name, always the same. Without it, passwords that the inventory does not
	// write stay unset.
	Password func(name string) string
}

// Environment is what an inventory declares.
type Environment struct {
	Infra []*Node // by infra_seq
	Nodes []*Node // all hosts, by first appearance
	Etcd  *EtcdCluster
	Minio []*MinioCluster
	Pg    []*PgCluster
	Redis []*RedisCluster

	// Defaults are the values of parameters that the inventory does not write, generated passwords among them.
	Defaults *value.Dict

	byHost map[string]*Node
}

// Resolve makes the environment. The list holds what is wrong with placeholders, selectors and rules; what params.Validate
// tells is not told again, and a member without an identity is left out of its cluster.
func Resolve(inv *inventory.Inventory, o Options) (*Environment, diag.List) {
	r := &resolver{networks: map[string][]string{}, inv: inv, options: o, defaults: params.Defaults(), env: &Environment{byHost: map[string]*Node{}}}
	for _, h := range inv.Hosts() {
		n := &Node{Host: h, Name: h.Name, vars: r.lookup(h)}
		r.env.Nodes = append(r.env.Nodes, n)
		r.env.byHost[h.Name] = n
	}
	r.generate()
	r.env.Defaults = r.defaults
	r.identifyNodes()
	r.trustNodes()
	r.clusterPasswords()
	r.infra()
	r.etcd()
	r.minio()
	r.redis()
	r.pgClusters()
	r.upstreams()
	r.placeholders()
	r.listens()
	return r.env, r.diags
}

// Node finds a host of the environment, or gives nil.
func (e *Environment) Node(host string) *Node { return e.byHost[host] }

// PgCluster finds a cluster by name, or gives nil.
func (e *Environment) PgCluster(name string) *PgCluster {
	for _, c := range e.Pg {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// RedisCluster finds a cluster by name, or gives nil.
func (e *Environment) RedisCluster(name string) *RedisCluster {
	for _, c := range e.Redis {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// Vars are the resolved variables of a host: its identities, facts about its clusters, and parameters with placeholders and
// older names replaced. They override the inventory's. Read only: values are shared. nil for an unknown host.
func (e *Environment) Vars(host string) *value.Dict {
	n := e.byHost[host]
	if n == nil {
		return nil
	}
	d := value.NewDict()
	d.Update(n.resolved)
	d.Update(n.identity())
	d.Set("log_stores", e.logStores(n))
	if e.Etcd != nil {
		d.Update(e.Etcd.shared())
	}
	for _, facts := range n.facts {
		d.Update(facts())
	}
	return d
}

type resolver struct {
	networks map[string][]string // that nodes trust, by what they say
	inv      *inventory.Inventory
	options  Options
	defaults *value.Dict
	env      *Environment
	diags    diag.List

	redisTopology redis.Topology
}

func (r *resolver) errorf(pos diag.Pos, format string, args ...any) *diag.Diagnostic {
	d := diag.Errorf(pos, format, args...)
	r.diags = append(r.diags, d)
	return d
}

// addError adds an error once, with a place if it has none: members of one cluster share their mistakes.
func (r *resolver) addError(pos diag.Pos, err error) {
	var found diag.List
	found.Add(err)
	for _, d := range found {
		if !d.Pos.Known() {
			d.Pos = pos
		}
		if !slices.ContainsFunc(r.diags, func(o *diag.Diagnostic) bool { return o.Error() == d.Error() }) {
			r.diags = append(r.diags, d)
		}
	}
}

// group is the hosts of a group, sorted as text where Pigsty does so.
func (r *resolver) group(name string) []*Node {
	g := r.inv.Group(name)
	if g == nil {
		return nil
	}
	var nodes []*Node
	for _, h := range r.inv.HostsOf(g) {
		nodes = append(nodes, r.env.byHost[h.Name])
	}
	return nodes
}

func addresses(nodes []*Node) []string {
	list := make([]string, len(nodes))
	for i, n := range nodes {
		list[i] = n.Name
	}
	slices.Sort(list) // as text, as Pigsty does: 10.0.0.10 comes before 10.0.0.9
	return list
}

// clusters groups nodes by the value of an identity, in the order of their first members.
func (r *resolver) clusters(param string) (names []string, members map[string][]*Node) {
	members = map[string][]*Node{}
	for _, n := range r.env.Nodes {
		name := n.vars.own(param)
		if name == nil || params.IsTemplate(name) {
			continue
		}
		text := value.KeyText(name)
		if members[text] == nil {
			names = append(names, text)
		}
		members[text] = append(members[text], n)
	}
	return names, members
}

func (r *resolver) infra() {
	r.env.Infra = r.group("infra")
	slices.SortStableFunc(r.env.Infra, func(a, b *Node) int {
		x, _ := a.vars.number("infra_seq")
		y, _ := b.vars.number("infra_seq")
		return cmp.Compare(x, y)
	})
	for _, n := range r.env.Infra {
		n.facts = append(n.facts, r.env.overview)
	}
}
