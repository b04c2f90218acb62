package resolve

import (
	"pig/internal/diag"
	"pig/internal/params"
)

// provider finds the group whose load balancers offer the services of the cluster instead of the members' own.
func (r *pgResolver) provider(c *PgCluster, vars lookup) {
	name := vars.text("pg_service_provider")
	if name == "" || params.IsTemplate(name) {
		return
	}
	pos := vars.pos("pg_service_provider")
	nodes := r.group(name)
	if len(nodes) == 0 {
		var names []string
		for _, g := range r.inv.Groups() {
			names = append(names, g.Name)
		}
		r.errorf(pos, "invalid pg_service_provider %q: want a group with hosts", name).WithHint("%s", diag.DidYouMean(name, names))
		return
	}
	for _, n := range nodes {
		if !n.vars.bool("haproxy_enabled") {
			r.errorf(pos, "%s of pg_service_provider %s has no load balancer", n.Name, name).WithHint("set haproxy_enabled: true on this host, or choose another group")
			return
		}
		c.Provider = append(c.Provider, n.Name)
	}
}
