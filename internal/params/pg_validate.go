package params

import (
	"pig/internal/diag"
	"pig/internal/value"
)

// pgValidator checks what an inventory says of PostgreSQL clusters.
type pgValidator struct{ *validator }

func validatePg(core *validator) {
	v := &pgValidator{core}
	for _, c := range v.clusters("pg_cluster") {
		v.pgCluster(c)
		vars := v.inv.Vars(c.hosts[0])
		known := map[string]bool{}
		for _, list := range []string{"pg_default_roles", "pg_users"} {
			v.users(vars, list, known)
		}
		v.owners(vars, known)
		v.memberships(vars, known)
		v.services(vars, c.name)
		v.poolNames(vars)
		v.locales(vars)
		v.proxied(vars, "pg_default_services", "pg_services")
		v.claimVIP("pg_vip_address", "pg_vip_enabled", "pg_cluster "+c.name, "", c.hosts...)
	}
	v.ports()
	v.serviceNames()
}

// ports claims the ports of services on the hosts that offer them, and those of exporters of instances elsewhere.
func (v *pgValidator) ports() {
	for _, h := range v.inv.Hosts() {
		for _, o := range v.offers(h) {
			for _, list := range []string{"pg_default_services", "pg_services"} {
				for _, s := range items(o.vars, list) {
					var pos diag.Pos
					if o.vars.Has(list) { // defaults have no place in the inventory
						pos = s.ValuePos("port")
					}
					v.claimPort(h, "service "+value.Str(s.At("name"))+o.of, addressOf(s), s.At("port"), pos)
				}
			}
		}
		if v.isMember(h, "infra") {
			v.claimPorts(h, "pg_exporters", "the exporter of an instance elsewhere")
		}
	}
}
