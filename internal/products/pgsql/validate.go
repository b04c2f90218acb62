package pgsql

import (
	"pig/internal/diag"
	"pig/internal/params"
	"pig/internal/products/pgsql/model"
	"pig/internal/value"
)

// validator checks what an inventory says of PostgreSQL clusters.
type validator struct{ *params.Validator }

// Validate checks what an inventory says of it.
func (Product) Validate(core *params.Validator) {
	v := &validator{core}
	v.consensus()
	for _, c := range v.Clusters("pg_cluster") {
		v.pgCluster(c)
		vars := v.Inv.Vars(c.Hosts[0])
		known := map[string]bool{}
		v.users(vars, known)
		v.owners(vars, known)
		v.memberships(vars, known)
		declared := rolesIn(vars)
		v.removed(vars, declared)
		v.circles(declared)
		v.needed(vars)
		v.systemUsers(vars)
		v.contradictions(vars)
		v.privileges(vars)
		v.services(vars, c.Name)
		v.poolNames(vars)
		v.poolUserNames(vars)
		v.schemas(vars)
		v.templates(vars)
		v.databases(vars)
		v.locales(vars)
		v.Proxied(vars, "pg_default_services", "pg_services")
		v.ClaimVIP("pg_vip_address", "pg_vip_enabled", "pg_cluster "+c.Name, "", c.Hosts...)
	}
	v.ports()
	v.serviceNames()
}

// ports claims the ports of services on the hosts that offer them, and those of exporters of instances elsewhere.
func (v *validator) ports() {
	for _, h := range v.Inv.Hosts() {
		for _, o := range v.offers(h) {
			for _, list := range []string{"pg_default_services", "pg_services"} {
				for _, s := range params.Objects(o.vars, list) {
					var pos diag.Pos
					if o.vars.Has(list) { // defaults have no place in the inventory
						pos = s.ValuePos("port")
					}
					v.ClaimPort(h, "service "+value.Str(s.At("name"))+o.of, params.ServiceAddress(s), s.At("port"), pos)
				}
			}
		}
		if v.IsMember(h, "INFRA") {
			v.ClaimPorts(h, "pg_exporters", "the exporter of an external instance")
		}
	}
}

// Kinds are selectors of members and what HBA rules consist of.
func (Product) Kinds() map[string]func(text string) error {
	return map[string]func(text string) error{
		"jmespath": func(text string) error { _, err := model.CompileSelector(text); return err },
		"hba_addr": model.CheckAddr, "hba_auth": model.CheckAuth,
	}
}
