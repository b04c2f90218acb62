package params

import (
	"slices"

	"pig/internal/diag"
	"pig/internal/inventory"
	"pig/internal/value"
)

// identities checks that hosts say what they are: every member of a cluster has its number, and no two the same.
func (v *validator) identities() {
	for _, m := range v.catalog.Memberships {
		if g := v.inv.Group(m.Group); g != nil && m.Group != "" {
			c := &cluster{param: "group", name: m.Group, hosts: v.inv.HostsOf(g)}
			v.members(m, c, "group "+m.Group)
		}
		for _, c := range v.clusters(m.Cluster) {
			v.members(m, c, m.Cluster+" "+c.name)
		}
	}
	for _, h := range v.inv.Hosts() {
		v.orphans(h)
		v.oneCluster(h)
	}
}

// members checks what the members of a cluster say of themselves.
func (v *validator) members(m Membership, c *cluster, what string) {
	v.numbers(c, m.Number)
	for _, name := range m.Needs {
		v.required(c, name)
	}
	for _, h := range c.hosts {
		v.addressed(h, what)
	}
}

// oneCluster tells hosts whose groups put them into several clusters of a kind: the variables of the last group would win,
// and the other clusters would lose a member without a word.
func (v *validator) oneCluster(h *inventory.Host) {
	for _, m := range v.catalog.Memberships {
		param := m.Cluster
		if param == "" || v.inv.HostVars(h).Has(param) {
			continue
		}
		var first string
		for _, name := range v.inv.GroupNames(h) {
			vars := v.inv.GroupVars(v.inv.Group(name))
			cluster, ok := vars.At(param).(string)
			switch {
			case !ok:
			case first == "":
				first = cluster
			case cluster != first:
				v.add(diag.Errorf(vars.ValuePos(param), "host %s is in two clusters: %s %s and %s", h.Name, param, first, cluster).
					WithHint("remove the host from one of the groups"))
			}
		}
	}
}

// cluster is the hosts that say the same about themselves.
type cluster struct {
	param string // pg_cluster ...
	name  string
	hosts []*inventory.Host
}

func (v *validator) clusters(param string) []*cluster {
	var all []*cluster
	byName := map[string]*cluster{}
	for _, h := range v.inv.Hosts() {
		val := v.inv.Vars(h).At(param)
		if val == nil || IsTemplate(val) {
			continue
		}
		name := value.KeyText(val)
		c := byName[name]
		if c == nil {
			c = &cluster{param: param, name: name}
			byName[name] = c
			all = append(all, c)
		}
		c.hosts = append(c.hosts, h)
	}
	return all
}

func (v *validator) where(h *inventory.Host, name string) diag.Pos {
	if pos := v.inv.Where(h, name); pos.Known() {
		return pos
	}
	return h.Pos
}

// required tells hosts of a cluster that lack a parameter.
func (v *validator) required(c *cluster, name string) {
	for _, h := range c.hosts {
		if v.inv.Vars(h).At(name) == nil {
			v.add(diag.Errorf(h.Pos, "host %s of %s %s lacks %s", h.Name, c.param, c.name, name).
				WithHint("write %s: { %s: ... }", h.Name, name))
		}
	}
}

// numbers checks that each host of a cluster has a number of its own.
func (v *validator) numbers(c *cluster, name string) {
	v.required(c, name)
	first := map[int64]*inventory.Host{}
	for _, h := range c.hosts {
		n, ok := toInt(v.inv.Vars(h).At(name))
		if !ok {
			continue
		}
		if n < 0 {
			v.add(diag.Errorf(v.where(h, name), "%s must not be negative", name))
		}
		if before := first[n]; before != nil {
			v.add(diag.Errorf(v.where(h, name), "hosts %s and %s of %s %s have the same %s %d", before.Name, h.Name, c.param, c.name, name, n))
			continue
		}
		first[n] = h
	}
}

// orphans tells hosts that have a number in a cluster but no cluster.
func (v *validator) orphans(h *inventory.Host) {
	vars := v.inv.Vars(h)
	for _, m := range v.catalog.Memberships {
		if m.Cluster == "" || vars.At(m.Cluster) != nil {
			continue
		}
		for _, number := range append([]string{m.Number}, m.Needs...) {
			if vars.At(number) != nil {
				v.add(diag.Errorf(v.where(h, number), "host %s has %s but no %s", h.Name, number, m.Cluster).WithHint("set %s in vars of its group", m.Cluster))
			}
		}
	}
}

// truthy is Ansible's bool filter.
func truthy(v value.Value) bool {
	switch v := v.(type) {
	case bool:
		return v
	case int64:
		return v == 1
	case string:
		return slices.Contains([]string{"yes", "Yes", "on", "1", "true", "True", "TRUE"}, v)
	}
	return false
}
