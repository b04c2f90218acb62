package params

import (
	"pig/internal/diag"
	"pig/internal/value"
)

// serviceNames tells services of one load balancer that have one name: each has a file of its name, which two would write in turn.
func (v *validator) serviceNames() {
	for _, h := range v.inv.Hosts() {
		own := map[string]diag.Pos{}
		for _, s := range items(v.inv.Vars(h), "haproxy_services") {
			name, pos := value.Str(s.At("name")), s.ValuePos("name")
			if first, taken := own[name]; taken {
				v.sameName(pos, name, "haproxy_services", first)
			}
			own[name] = pos
		}
		for _, o := range v.offers(h) {
			cluster := value.Str(o.vars.At("pg_cluster"))
			for _, list := range []string{"pg_default_services", "pg_services"} {
				for _, s := range items(o.vars, list) {
					name := cluster + "-" + value.Str(s.At("name"))
					if first, taken := own[name]; taken {
						other := diag.Pos{} // defaults have no place in the inventory
						if o.vars.Has(list) {
							other = s.ValuePos("name")
						}
						v.sameName(first, name, "pg_cluster "+cluster, other)
					}
				}
			}
		}
	}
}

// sameName tells a service whose name another one has, at a place that is not known where it is a default.
func (v *validator) sameName(pos diag.Pos, name, of string, other diag.Pos) {
	at := ""
	if other.Known() {
		at = ", at " + other.String()
	}
	v.add(diag.Errorf(pos, "service %q has the name of a service of %s%s", name, of, at).WithHint("give each service of a host a name of its own"))
}
