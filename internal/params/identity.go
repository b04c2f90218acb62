package params

import (
	"pig/internal/diag"
	"pig/internal/inventory"
	"pig/internal/value"
)

// identities checks that hosts say what they are: every member of a cluster has its number, and no two the same.
func (v *Validator) identities() {
	for _, m := range v.catalog.Memberships {
		if g := v.Inv.Group(m.Group); g != nil && m.Group != "" {
			c := &Cluster{param: "group", Name: m.Group, Hosts: v.Inv.HostsOf(g)}
			v.members(m, c, "group "+m.Group)
		}
		if m.Cluster == "" {
			continue
		}
		for _, c := range v.Clusters(m.Cluster) {
			v.members(m, c, m.Cluster+" "+c.Name)
		}
	}
	for _, h := range v.Inv.Hosts() {
		v.orphans(h)
		v.oneCluster(h)
	}
}

// members checks what the members of a cluster say of themselves.
func (v *Validator) members(m Membership, c *Cluster, what string) {
	v.numbers(c, m.Number)
	for _, name := range m.Needs {
		v.required(c, name)
	}
	for _, h := range c.Hosts {
		v.addressed(h, what)
	}
}

// oneCluster tells hosts whose groups put them into several clusters of a kind: the variables of the last group would win,
// and the other clusters would lose a member without a word.
func (v *Validator) oneCluster(h *inventory.Host) {
	for _, m := range v.catalog.Memberships {
		param := m.Cluster
		if param == "" || v.Inv.HostVars(h).Has(param) {
			continue
		}
		var first string
		for _, name := range v.Inv.GroupNames(h) {
			vars := v.Inv.GroupVars(v.Inv.Group(name))
			cluster, ok := vars.At(param).(string)
			switch {
			case !ok:
			case first == "":
				first = cluster
			case cluster != first:
				v.Add(diag.Errorf(vars.ValuePos(param), "host %s is in two clusters: %s %s and %s", h.Name, param, first, cluster).
					WithHint("remove the host from one of the groups"))
			}
		}
	}
}

// Cluster is the hosts that say the same about themselves.
type Cluster struct {
	param string // pg_cluster ...
	Name  string
	Hosts []*inventory.Host
}

// Clusters are the hosts by the value of a parameter that names their cluster, in the order of the inventory.
func (v *Validator) Clusters(param string) []*Cluster {
	var all []*Cluster
	byName := map[string]*Cluster{}
	for _, h := range v.Inv.Hosts() {
		val := v.Inv.Vars(h).At(param)
		if val == nil || IsTemplate(val) {
			continue
		}
		name := value.KeyText(val)
		c := byName[name]
		if c == nil {
			c = &Cluster{param: param, Name: name}
			byName[name] = c
			all = append(all, c)
		}
		c.Hosts = append(c.Hosts, h)
	}
	return all
}

// Where is the place of a parameter of a host, or of the host.
func (v *Validator) Where(h *inventory.Host, name string) diag.Pos {
	if pos := v.Inv.Where(h, name); pos.Known() {
		return pos
	}
	return h.Pos
}

// required tells hosts of a cluster that lack a parameter.
func (v *Validator) required(c *Cluster, name string) {
	for _, h := range c.Hosts {
		if v.Inv.Vars(h).At(name) == nil && !v.Misspelt(h, name) {
			v.Add(diag.Errorf(h.Pos, "host %s of %s %s lacks %s", h.Name, c.param, c.Name, name).
				WithHint("write %s: { %s: ... }", h.Name, name))
		}
	}
}

// numbers checks that each host of a cluster has a number of its own.
func (v *Validator) numbers(c *Cluster, name string) {
	v.required(c, name)
	first := map[int64]*inventory.Host{}
	for _, h := range c.Hosts {
		n, ok := ToInt(v.Inv.Vars(h).At(name))
		if !ok {
			continue
		}
		if n < 0 {
			v.Add(diag.Errorf(v.Where(h, name), "%s must not be negative", name))
		}
		if before := first[n]; before != nil {
			v.Add(diag.Errorf(v.Where(h, name), "hosts %s and %s of %s %s have the same %s %d", before.Name, h.Name, c.param, c.Name, name, n))
			continue
		}
		first[n] = h
	}
}

// orphans tells hosts that have a number in a cluster but no cluster.
func (v *Validator) orphans(h *inventory.Host) {
	vars := v.Inv.Vars(h)
	for _, m := range v.catalog.Memberships {
		if m.Cluster == "" || vars.At(m.Cluster) != nil || v.Misspelt(h, m.Cluster) {
			continue
		}
		for _, number := range append([]string{m.Number}, m.Needs...) {
			if vars.At(number) != nil {
				v.Add(diag.Errorf(v.Where(h, number), "host %s has %s but no %s", h.Name, number, m.Cluster).WithHint("set %s in vars of its group", m.Cluster))
			}
		}
	}
}
