package inventory

import "pig/internal/value"

// Listing says how ansible-inventory --list shows an inventory.
type Listing struct {
	// Export shows variables with the groups and hosts that set them, not with every host.
	Export bool
	// Extra are variables that go before all others.
	Extra *value.Dict
	// Shows tells whether a host is shown; nil: all are.
	Shows func(*Host) bool
	// Seal makes of a value that was encrypted what can be shown of it.
	Seal func(v value.Value, asYAML bool) value.Value
}

// Vars are the variables of a host that are shown.
func (l Listing) Vars(inv *Inventory, h *Host) *value.Dict { return l.vars(inv, h, false) }

func (l Listing) vars(inv *Inventory, h *Host, asYAML bool) *value.Dict {
	vars := inv.Vars(h)
	if l.Export {
		vars = inv.HostVars(h)
	} else if l.Extra != nil && l.Extra.Len() > 0 {
		vars = vars.Clone()
		vars.Update(l.Extra)
	}
	return l.sealed(vars, asYAML)
}

func (l Listing) sealed(d *value.Dict, asYAML bool) *value.Dict {
	all := value.NewDict()
	for k, v := range d.All() {
		switch inner := v.(type) {
		case *value.Dict:
			v = l.sealed(inner, asYAML)
		case *value.List:
			list := value.NewList()
			for _, item := range inner.Items {
				if d, ok := item.(*value.Dict); ok {
					item = l.sealed(d, asYAML)
				} else if l.Seal != nil {
					item = l.Seal(item, asYAML)
				}
				list.Append(item)
			}
			v = list
		default:
			if l.Seal != nil {
				v = l.Seal(v, asYAML)
			}
		}
		all.Set(k, v)
	}
	return all
}

func (l Listing) shown(g *Group) (hosts []*Host) {
	if g.Name == allGroup {
		return nil
	}
	for _, h := range g.Hosts() {
		if l.Shows == nil || l.Shows(h) {
			hosts = append(hosts, h)
		}
	}
	return hosts
}

// Script is the inventory as a script prints it: groups by name, and the variables of hosts in _meta.
func (l Listing) Script(inv *Inventory) *value.Dict {
	root, hostvars := value.NewDict(), value.NewDict()
	var add func(g *Group)
	seen := map[*Group]bool{}
	add = func(g *Group) {
		if seen[g] {
			return
		}
		seen[g] = true
		entry := value.NewDict()
		if hosts := l.shown(g); len(hosts) > 0 {
			entry.Set("hosts", value.Strings(hostNames(hosts)))
		}
		var names []string
		for _, c := range g.Children() {
			names = append(names, c.Name)
			add(c)
		}
		if names != nil {
			entry.Set("children", value.Strings(names))
		}
		l.exported(inv, g, entry, false)
		if entry.Len() > 0 {
			root.Set(g.Name, entry)
		}
	}
	add(inv.Group(allGroup))
	for _, h := range inv.Hosts() {
		if l.Shows != nil && !l.Shows(h) {
			continue
		}
		if vars := l.vars(inv, h, false); vars.Len() > 0 {
			hostvars.Set(h.Name, vars)
		}
	}
	root.Set("_meta", value.DictOf("hostvars", hostvars, "profile", "inventory_legacy"))
	return root
}

// exported adds the variables of a group.
func (l Listing) exported(inv *Inventory, g *Group, entry *value.Dict, asYAML bool) {
	if !l.Export {
		return
	}
	if vars := l.sealed(inv.GroupVars(g), asYAML); vars.Len() > 0 {
		entry.Set("vars", vars)
	}
}

// Tree is the inventory as a file of YAML has it, groups inside of groups; flat, as one of TOML has it, beside each other.
func (l Listing) Tree(inv *Inventory, flat bool) *value.Dict {
	t := &tree{Listing: l, inv: inv, flat: flat, groups: map[*Group]bool{}, hosts: map[*Host]bool{}, root: value.NewDict()}
	all := inv.Group(allGroup)
	if entry := t.group(all); entry.Len() > 0 {
		t.root.Set(all.Name, entry)
	}
	return t.root
}

type tree struct {
	Listing
	inv    *Inventory
	flat   bool
	groups map[*Group]bool
	hosts  map[*Host]bool
	root   *value.Dict
}

// group is a group with what is below it; of a host the variables stand where it comes first.
func (t *tree) group(g *Group) *value.Dict {
	entry, children, names, hosts := value.NewDict(), value.NewDict(), value.NewList(), value.NewDict()
	for _, c := range g.Children() {
		if t.flat {
			if c.Name == ungrouped && len(c.hosts) == 0 {
				continue
			}
			if g.Name != allGroup {
				names.Append(c.Name)
			}
			if below := t.group(c); below.Len() > 0 {
				t.root.Set(c.Name, below)
			}
			continue
		}
		if t.groups[c] {
			children.Set(c.Name, value.NewDict())
			continue
		}
		if below := t.group(c); below.Len() > 0 {
			children.Set(c.Name, below)
		}
		t.groups[c] = true
	}
	for _, h := range t.shown(g) {
		vars := value.NewDict()
		if !t.hosts[h] {
			t.hosts[h] = true
			vars = t.vars(t.inv, h, !t.flat)
		}
		hosts.Set(h.Name, vars)
	}
	switch {
	case children.Len() > 0:
		entry.Set("children", children)
	case names.Len() > 0:
		entry.Set("children", names)
	}
	if hosts.Len() > 0 {
		entry.Set("hosts", hosts)
	}
	t.exported(t.inv, g, entry, !t.flat)
	return entry
}
