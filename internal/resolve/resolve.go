// Package resolve makes typed clusters of an inventory: who is a member of what, under which name and role, which members
// serve which service, which rules let whom in. The results are available as variables, under the names that Pigsty's
// derived facts have, so that roles consume them instead of computing them.
package resolve

import (
	"slices"

	"pig/internal/diag"
	"pig/internal/inventory"
	"pig/internal/params"
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

// Environment is what an inventory declares: its hosts, and what each product found in it.
type Environment struct {
	Nodes []*Node // all hosts, by first appearance

	// Defaults are the values of parameters that the inventory does not write, generated passwords among them.
	Defaults *value.Dict

	products []Product
	parts    map[string]any // what products found, by their names
	byHost   map[string]*Node
}

// Part is what the product of that name found, nil if nothing.
func (e *Environment) Part(name string) any { return e.parts[name] }

// SetPart keeps what a product found.
func (e *Environment) SetPart(name string, part any) { e.parts[name] = part }

// Products are those that were asked, in their order.
func (e *Environment) Products() []Product { return e.products }

// Resolve makes the environment: each product finds its clusters among the hosts. The list holds what is wrong with placeholders,
// selectors and rules; what Validate tells is not told again, and a member without an identity is left out of its cluster.
func Resolve(inv *inventory.Inventory, products []Product, o Options) (*Environment, diag.List) {
	env := &Environment{products: products, parts: map[string]any{}, byHost: map[string]*Node{}}
	r := &resolver{inv: inv, options: o, defaults: params.Defaults(), env: env}
	for _, h := range inv.Hosts() {
		n := &Node{Host: h, Name: h.Name, vars: r.lookup(h), resolved: value.NewDict()}
		r.env.Nodes = append(r.env.Nodes, n)
		r.env.byHost[h.Name] = n
	}
	r.generate()
	r.env.Defaults = r.defaults
	r.clusterPasswords()
	for _, p := range products {
		p.Resolve(r)
	}
	r.placeholders()
	for _, p := range products {
		if s, ok := p.(Settler); ok {
			s.Settle(r)
		}
	}
	r.diags.Sort()
	return r.env, r.diags
}

// Node finds a host of the environment, or gives nil.
func (e *Environment) Node(host string) *Node { return e.byHost[host] }

// Vars are the resolved variables of a host: its identities, facts about its clusters, and parameters with placeholders and
// older names replaced. They override the inventory's. Read only: values are shared. nil for an unknown host.
func (e *Environment) Vars(host string) *value.Dict {
	n := e.byHost[host]
	if n == nil {
		return nil
	}
	d := value.NewDict()
	d.Update(n.resolved)
	for _, facts := range n.facts {
		d.Update(facts())
	}
	return d
}

type resolver struct {
	inv      *inventory.Inventory
	options  Options
	defaults *value.Dict
	env      *Environment
	diags    diag.List
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

// Node is a host with its identity.
type Node struct {
	Host    *inventory.Host
	Name    string // of the host in the inventory: its address
	Cluster string // node_cluster
	// Nodename is the name that the node gets, or "": then it keeps its host name.
	Nodename string

	vars     lookup
	resolved *value.Dict          // parameters whose placeholders or names were replaced
	facts    []func() *value.Dict // what products say of it
}

// addFacts adds variables that are worked out when somebody asks. Later ones override.
func (n *Node) addFacts(facts func() *value.Dict) { n.facts = append(n.facts, facts) }
