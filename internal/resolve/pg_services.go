package resolve

import (
	"pig/internal/diag"
	"pig/internal/pgsql"
	"pig/internal/value"
)

func (r *pgResolver) services(c *PgCluster, vars lookup) {
	members := make([]pgsql.Member, len(c.Members))
	for i, m := range c.Members {
		members[i] = pgsql.Member{
			Name: m.Instance, Address: m.Name, Vars: m.selectable(),
			Port: m.vars.numberOr("pg_port", 5432), PgbouncerPort: m.vars.numberOr("pgbouncer_port", 6432),
			PatroniPort: m.vars.numberOr("patroni_port", 8008), PatroniTLS: m.vars.bool("patroni_ssl_enabled"), Weight: m.vars.numberOr("pg_weight", 100),
		}
	}
	usual := vars.objects("pg_default_services")
	for i, s := range append(usual, vars.objects("pg_services")...) {
		port, ok := asInt(s.At("port"))
		if s.text("name") == "" || !ok || s.text("selector") == "" {
			continue // params.Validate has told
		}
		service := &PgService{Pos: s.pos, Service: pgsql.Service{
			Name: s.text("name"), Port: port, IP: s.textOr("ip", "*"), Dest: s.textOr("dest", "default"), Check: s.textOr("check", "/"),
			Selector: s.text("selector"), Backup: s.text("backup"), Maxconn: s.numberOr("maxconn", 5000), Balance: s.textOr("balance", "roundrobin"),
			Options: s.textOr("options", c.RTO.DefaultServer()),
		}}
		servers, err := service.Service.Servers(members, vars.text("pg_default_service_dest"))
		if err != nil {
			r.addError(s.at("selector"), err)
			continue
		}
		if len(servers) == 0 && i >= len(usual) {
			r.diags = append(r.diags, diag.Warnf(s.at("selector"), "no member of %s serves %s: its selector chooses none", c.Name, service.Name))
		}
		service.Servers = servers
		c.Services = append(c.Services, service)
	}
}

// selectable are the variables that selectors see: what the inventory and -e say, not the defaults, as in Pigsty.
func (m *PgMember) selectable() *value.Dict {
	if m.visible != nil {
		return m.visible
	}
	n := m.Node
	d := n.vars.vars.Clone()
	if e := n.vars.r.options.Extra; e != nil {
		d.Update(e)
	}
	for _, name := range []string{"pg_role", "pg_seq", "pg_offline_query"} {
		if v := n.vars.own(name); v != nil {
			d.Set(name, v)
		}
	}
	d.Set("inventory_hostname", n.Name)
	m.visible = d
	return d
}
