// Package product makes typed clusters of an inventory: who is a member of what, under which name and role, which members
// serve which service, which rules let whom in. The results are available as variables, under the names that Pigsty's
// derived facts have, so that roles consume them instead of computing them.
package product

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
	// Render renders templates in the value of a variable; known gives what neither -e nor the inventory writes. Its error is an Undefined
	// where a template uses a variable that nobody knows. Without Render, values with templates are left as they are, and what would have
	// to know them is left out.
	Render func(h *inventory.Host, known func(name string) (value.Value, bool), v value.Value) (value.Value, error)
	// Password gives the generated password of a name, always the same. Without it, passwords that the inventory does not
	// write stay unset.
	Password func(name string) string
	// Found are the values that hosts gave for parameters which nobody wrote.
	Found Found
}

// Environment is what an inventory declares: its hosts, and what each product found in it.
type Environment struct {
	Hosts []*Host // all hosts, by first appearance

	// Defaults are the values of parameters that the inventory does not write, generated passwords among them.
	Defaults *value.Dict

	products []Product
	parts    map[string]any // what products found, by their names
	byName   map[string]*Host
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
	env := &Environment{products: products, parts: map[string]any{}, byName: map[string]*Host{}}
	r := &Resolver{Inventory: inv, Options: o, defaults: params.Defaults(), Env: env}
	for _, h := range inv.Hosts() {
		n := &Host{Entry: h, Name: h.Name, Vars: r.lookup(h), Resolved: value.NewDict()}
		if found := o.Found[h.Name]; found != nil {
			for name, v := range found.All() {
				if n.Vars.Own(value.KeyText(name)) == nil {
					n.Resolved.Set(name, v)
				}
			}
		}
		r.Env.Hosts = append(r.Env.Hosts, n)
		r.Env.byName[h.Name] = n
	}
	r.generate()
	r.Env.Defaults = r.defaults
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
	r.tellUndefined()
	r.Diags.Sort()
	return r.Env, r.Diags
}

// Host finds a host of the environment, or gives nil.
func (e *Environment) Host(host string) *Host { return e.byName[host] }

// Vars are the resolved variables of a host: its identities, facts about its clusters, and parameters with placeholders and
// older names replaced. They override the inventory's. Read only: values are shared. nil for an unknown host.
func (e *Environment) Vars(host string) *value.Dict {
	n := e.byName[host]
	if n == nil {
		return nil
	}
	d := value.NewDict()
	d.Update(n.Resolved)
	for _, facts := range n.facts {
		d.Update(facts())
	}
	return d
}

// Resolver is what products find their clusters with: the inventory, the environment as far as it is known, and what is wrong.
type Resolver struct {
	Inventory *inventory.Inventory
	Options   Options
	defaults  *value.Dict
	Env       *Environment
	Diags     diag.List
	early     []early
}

// Errorf adds an error at a place.
func (r *Resolver) Errorf(pos diag.Pos, format string, args ...any) *diag.Diagnostic {
	d := diag.Errorf(pos, format, args...)
	r.Diags = append(r.Diags, d)
	return d
}

// AddError adds an error once, with a place if it has none: members of one cluster share their mistakes.
func (r *Resolver) AddError(pos diag.Pos, err error) {
	var found diag.List
	found.Add(err)
	for _, d := range found {
		if !d.Pos.Known() {
			d.Pos = pos
		}
		if !slices.ContainsFunc(r.Diags, func(o *diag.Diagnostic) bool { return o.Error() == d.Error() }) {
			r.Diags = append(r.Diags, d)
		}
	}
}

// Group is the hosts of a group, sorted as text where Pigsty does so.
func (r *Resolver) Group(name string) []*Host {
	g := r.Inventory.Group(name)
	if g == nil {
		return nil
	}
	var nodes []*Host
	for _, h := range r.Inventory.HostsOf(g) {
		nodes = append(nodes, r.Env.byName[h.Name])
	}
	return nodes
}

// NamesOf are the names of hosts.
func NamesOf(hosts []*Host) []string {
	names := make([]string, len(hosts))
	for i, h := range hosts {
		names[i] = h.Name
	}
	return names
}

// Addresses are those of hosts, sorted as text, as Pigsty does: 10.0.0.10 comes before 10.0.0.9.
func Addresses(hosts []*Host) []string {
	list := NamesOf(hosts)
	slices.Sort(list)
	return list
}

// Clusters groups nodes by the value of an identity, in the order of their first members.
func (r *Resolver) Clusters(param string) (names []string, members map[string][]*Host) {
	members = map[string][]*Host{}
	for _, n := range r.Env.Hosts {
		name := n.Vars.Own(param)
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

// Host is a host with its identity.
type Host struct {
	Entry   *inventory.Host
	Name    string // of the host in the inventory: its address
	Cluster string // node_cluster
	// Nodename is the name that the node gets, or "": then it keeps its host name.
	Nodename string

	Vars     Vars
	Resolved *value.Dict          // parameters whose placeholders or names were replaced
	facts    []func() *value.Dict // what products say of it
}

// AddFacts adds variables that are worked out when somebody asks. Later ones override.
func (n *Host) AddFacts(facts func() *value.Dict) { n.facts = append(n.facts, facts) }
