package pgsql

import (
	"net/netip"
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/params"
	"pig/internal/product"
	"pig/internal/products/pgsql/model"
	"pig/internal/value"
)

func (r *resolver) services(c *Cluster, vars product.Vars) {
	members := make([]model.Member, len(c.Members))
	for i, m := range c.Members {
		members[i] = model.Member{
			Name: m.Instance, Address: m.Name, Vars: m.selectable(),
			Port: m.Vars.NumberOr("pg_port", 5432), PgbouncerPort: m.Vars.NumberOr("pgbouncer_port", 6432),
			PatroniPort: m.Vars.NumberOr("patroni_port", 8008), PatroniTLS: m.Vars.Bool("patroni_ssl_enabled"), Weight: m.Vars.NumberOr("pg_weight", 100),
		}
	}
	usual := vars.Objects("pg_default_services")
	pooled := vars.Bool("pgbouncer_enabled") || params.IsTemplate(vars.Get("pgbouncer_enabled"))
	for i, s := range append(usual, vars.Objects("pg_services")...) {
		port, ok := product.ToInt(s.At("port"))
		if s.Text("name") == "" || !ok || s.Text("selector") == "" {
			continue // params.Validate has told
		}
		service := &Service{Pos: s.Pos, Service: model.Service{
			Name: s.Text("name"), Port: port, IP: s.TextOr("ip", "*"), Dest: s.TextOr("dest", "default"), Check: s.TextOr("check", "/"),
			Selector: s.Text("selector"), Backup: s.Text("backup"), Maxconn: s.NumberOr("maxconn", 5000), Balance: s.TextOr("balance", "roundrobin"),
			Options: s.TextOr("options", c.RTO.DefaultServer()),
		}}
		if !pooled {
			r.poolOff(c, service.Dest, s, vars)
		}
		servers, err := service.Service.Servers(members, vars.Text("pg_default_service_dest"))
		if err != nil {
			r.AddError(s.Place("selector"), err)
			continue
		}
		if len(servers) == 0 && i >= len(usual) {
			r.Diags = append(r.Diags, diag.Warnf(s.Place("selector"), "no member of %s serves %s: its selector matches no member", c.Name, service.Name))
		}
		service.Servers = servers
		c.Services = append(c.Services, service)
	}
}

// serviceAddresses warns of addresses that no load balancer of the cluster is known to have: one that cannot listen does not start.
func (r *resolver) serviceAddresses(c *Cluster, vars product.Vars) {
	for _, s := range append(vars.Objects("pg_default_services"), vars.Objects("pg_services")...) {
		r.serviceAddress(c, s.TextOr("ip", s.Text("src_ip")), s)
	}
}

func (r *resolver) serviceAddress(c *Cluster, ip string, s params.Object) {
	address, err := netip.ParseAddr(ip)
	if err != nil || address.IsLoopback() || address.IsUnspecified() || c.VIP != nil && c.VIP.Address == ip {
		return
	}
	for _, h := range r.Env.Hosts {
		virtual, _, _ := strings.Cut(h.Vars.Text("vip_address"), "/")
		if (c.Member(h.Name) != nil || slices.Contains(c.Provider, h.Name)) && (h.Name == ip || virtual == ip) {
			return
		}
	}
	pos := s.ValuePos("ip")
	if !pos.Known() {
		pos = s.Place("src_ip")
	}
	r.Diags = append(r.Diags, diag.Warnf(pos, "no member of %s has a known address %s, the listen address of service %s", c.Name, ip, s.Text("name")).WithHint("write \"*\" for all addresses, or the virtual address of the cluster"))
}

// poolOff refuses a service that leads to the pool of a cluster that has none: nobody listens there.
func (r *resolver) poolOff(c *Cluster, dest string, s params.Object, vars product.Vars) {
	switch {
	case dest == "pgbouncer" || dest == vars.Text("pgbouncer_port"):
		r.Errorf(s.Place("dest"), "service %s of %s uses pgbouncer, but pgbouncer_enabled is false", s.Text("name"), c.Name).WithHint("write dest: postgres")
	case (dest == "" || dest == "default") && vars.Text("pg_default_service_dest") == "pgbouncer":
		pos := vars.Pos("pgbouncer_enabled")
		r.AddError(pos, diag.Errorf(pos, "services of %s use pgbouncer, but pgbouncer_enabled is false", c.Name).WithHint("set pg_default_service_dest: postgres"))
	}
}

// selectable are the variables that selectors see: what the inventory and -e say, not the defaults, as in Pigsty.
func (m *Member) selectable() *value.Dict {
	if m.visible != nil {
		return m.visible
	}
	n := m.Host
	d := n.Vars.Written.Clone()
	if e := n.Vars.Resolver.Options.Extra; e != nil {
		d.Update(e)
	}
	for _, name := range []string{"pg_role", "pg_seq", "pg_offline_query"} {
		if v := n.Vars.Own(name); v != nil {
			d.Set(name, v)
		}
	}
	d.Set("inventory_hostname", n.Name)
	m.visible = d
	return d
}
