package pgsql

import (
	"pig/internal/diag"
	"pig/internal/params"
	"pig/internal/product"
)

// provider finds the group whose load balancers offer the services of the cluster instead of the members' own.
func (r *resolver) provider(c *Cluster, vars product.Vars) {
	name := vars.Text("pg_service_provider")
	if name == "" || params.IsTemplate(name) {
		return
	}
	pos := vars.Pos("pg_service_provider")
	nodes := r.Group(name)
	if len(nodes) == 0 {
		var names []string
		for _, g := range r.Inventory.Groups() {
			names = append(names, g.Name)
		}
		r.Errorf(pos, "invalid pg_service_provider %q: want a group with hosts", name).WithHint("%s", diag.DidYouMean(name, names))
		return
	}
	for _, n := range nodes {
		if !n.Vars.Bool("haproxy_enabled") {
			r.Errorf(pos, "%s of pg_service_provider %s has no load balancer", n.Name, name).WithHint("set haproxy_enabled: true on this host, or choose another group")
			return
		}
		c.Provider = append(c.Provider, n.Name)
	}
}
