package inventory

import (
	"fmt"
	"slices"
	"strings"

	"pig/internal/secret"
	"pig/internal/value"
)

// View says what the printed forms show.
type View struct {
	Mask func(vars *value.Dict) *value.Dict // makes secrets of what is secret, e.g. params.Protect; they show as a mask
	Vars bool                               // the graph shows variables too
}

func (v View) masked(vars *value.Dict) *value.Dict {
	if v.Mask == nil {
		return vars
	}
	return mask(v.Mask(vars)).(*value.Dict)
}

// mask replaces secrets by what people may see of them.
func mask(v value.Value) value.Value {
	switch v := v.(type) {
	case secret.Text:
		return v.Masked()
	case *value.List:
		items := make([]value.Value, len(v.Items))
		for i, item := range v.Items {
			items[i] = mask(item)
		}
		return value.NewList(items...)
	case *value.Dict:
		d := value.NewDict()
		for k, item := range v.All() {
			d.Set(k, mask(item))
		}
		return d
	}
	return v
}

// List is the inventory in the shape of ansible-inventory --list: _meta with the variables of all hosts, then groups with
// their hosts and children, empty ones left out.
func (inv *Inventory) List(view View) *value.Dict {
	hostvars, root := value.NewDict(), value.NewDict()
	root.Set("_meta", value.DictOf("hostvars", hostvars))
	for _, h := range inv.Hosts() {
		if vars := view.masked(inv.Vars(h)); vars.Len() > 0 {
			hostvars.Set(h.Name, vars)
		}
	}
	inv.mu.RLock()
	defer inv.mu.RUnlock()
	for _, g := range inv.groups[allGroup].descendants() {
		entry := value.NewDict()
		if len(g.hosts) > 0 && g.Name != allGroup {
			entry.Set("hosts", value.Strings(hostNames(g.hosts)))
		}
		if len(g.children) > 0 {
			names := make([]string, len(g.children))
			for i, c := range g.children {
				names[i] = c.Name
			}
			entry.Set("children", value.Strings(names))
		}
		if entry.Len() > 0 {
			root.Set(g.Name, entry)
		}
	}
	return root
}

func hostNames(hosts []*Host) []string {
	names := make([]string, len(hosts))
	for i, h := range hosts {
		names[i] = h.Name
	}
	return names
}

// HostView is what ansible-inventory --host prints of a host.
func (inv *Inventory) HostView(h *Host, view View) *value.Dict { return view.masked(inv.Vars(h)) }

// Graph draws the tree below a group as ansible-inventory --graph does.
func (inv *Inventory) Graph(g *Group, view View) string {
	var b strings.Builder
	inv.graph(&b, g, 0, view)
	return b.String()
}

func (inv *Inventory) graph(b *strings.Builder, g *Group, depth int, view View) {
	graphLine(b, depth, "@"+g.Name+":")
	for _, c := range g.Children() {
		inv.graph(b, c, depth+1, view)
	}
	if g.Name != allGroup {
		for _, h := range g.Hosts() {
			graphLine(b, depth+1, h.Name)
			if view.Vars {
				graphVars(b, depth+2, view.masked(inv.Vars(h)))
			}
		}
	}
	if view.Vars {
		graphVars(b, depth+1, view.masked(inv.GroupVars(g)))
	}
}

func graphVars(b *strings.Builder, depth int, vars *value.Dict) {
	keys := vars.StringKeys()
	slices.Sort(keys)
	for _, k := range keys {
		graphLine(b, depth, fmt.Sprintf("{%s = %s}", k, value.Display(vars.At(k))))
	}
}

func graphLine(b *strings.Builder, depth int, text string) {
	if depth > 0 {
		b.WriteString(strings.Repeat("  |", depth) + "--")
	}
	b.WriteString(text + "\n")
}
