package resolve

import (
	"fmt"
	"slices"

	"pig/internal/diag"
	"pig/internal/params"
)

// provider finds the group whose load balancers offer the services of the cluster instead of the members' own.
func (r *resolver) provider(c *PgCluster, vars lookup) {
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
		r.errorf(pos, "pg_service_provider %s is no group with hosts", name).WithHint("%s", diag.DidYouMean(name, names))
		return
	}
	for _, n := range nodes {
		if !n.vars.bool("haproxy_enabled") {
			r.errorf(pos, "%s of pg_service_provider %s has no load balancer", n.Name, name).WithHint("haproxy_enabled is off there")
			return
		}
		c.Provider = append(c.Provider, n.Name)
	}
}

// providers tells services that take each other's ports where clusters share load balancers. It comes when all clusters are
// known.
func (r *resolver) providers() {
	shared := map[string]bool{}
	for _, c := range r.env.Pg {
		for _, h := range c.Provider {
			shared[h] = true
		}
	}
	if len(shared) == 0 {
		return
	}
	p := &ports{r: r, taken: map[string][]listener{}}
	for _, n := range r.env.Nodes {
		if !shared[n.Name] {
			continue
		}
		for _, s := range n.vars.objects("haproxy_services") {
			p.take(n.Name, listener{"service " + s.text("name") + " of the node", s.textOr("ip", "*"), s.numberOr("port", 0), s.at("port")})
		}
	}
	for _, c := range r.env.Pg {
		hosts := c.Provider
		if len(hosts) == 0 {
			hosts = c.Hosts()
		}
		for _, h := range hosts {
			for _, s := range c.Services {
				if shared[h] {
					p.take(h, listener{"service " + s.Name + " of " + c.Name, s.IP, s.Port, s.Pos})
				}
			}
		}
	}
}

// listener is what wants a port of a load balancer.
type listener struct {
	what string
	ip   string
	port int
	pos  diag.Pos
}

type ports struct {
	r     *resolver
	taken map[string][]listener // by host
}

// take gives l a port of a host, and tells who has it already.
func (p *ports) take(host string, l listener) {
	i := slices.IndexFunc(p.taken[host], func(o listener) bool {
		return o.port == l.port && o.what != l.what && (o.ip == "*" || l.ip == "*" || o.ip == l.ip)
	})
	if i >= 0 {
		p.r.addError(l.pos, fmt.Errorf("%s and %s are to have the same port %d on %s: clusters that share a load balancer need ports of their own (pg_default_services, pg_services)",
			p.taken[host][i].what, l.what, l.port, host))
		return
	}
	p.taken[host] = append(p.taken[host], l)
}
