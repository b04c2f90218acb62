package pgsql

import (
	"slices"
	"strconv"
	"strings"

	"pig/internal/diag"
	"pig/internal/inventory"
	"pig/internal/params"
	"pig/internal/products/pgsql/model"
	"pig/internal/value"
)

// schemas tells schemas whose names PostgreSQL keeps for itself.
func (v *validator) schemas(vars *value.Dict) {
	lists := []value.Value{vars.At("pg_default_schemas")}
	for _, d := range params.Objects(vars, "pg_databases") {
		lists = append(lists, d.At("schemas"))
	}
	for _, item := range lists {
		list, _ := item.(*value.List)
		if list == nil {
			continue
		}
		for i, item := range list.Items {
			name, state := item, value.Value(nil)
			if o, ok := item.(*value.Dict); ok {
				name, state = o.At("name"), o.At("state")
			}
			if s, ok := name.(string); ok && strings.HasPrefix(s, "pg_") && state != "absent" {
				v.Add(diag.Errorf(list.Pos(i), "invalid schema name %q: PostgreSQL reserves names that begin with pg_", s))
			}
		}
	}
}

// privileges checks the default privileges of databases, each of which becomes an ALTER DEFAULT PRIVILEGES.
func (v *validator) privileges(vars *value.Dict) {
	list, _ := vars.At("pg_default_privileges").(*value.List)
	if list == nil {
		return
	}
	version, known := textOf(vars, "pg_version")
	major, bad := strconv.Atoi(version)
	for i, item := range list.Items {
		text, ok := item.(string)
		if !ok || params.IsTemplate(text) {
			continue
		}
		d, err := model.ParseDefaultPrivilege(text)
		switch {
		case err != nil:
			v.Add(diag.Errorf(list.Pos(i), "%v", err).WithRule("default-privilege"))
		case known && bad == nil && major < d.Since():
			v.Add(diag.Errorf(list.Pos(i), "invalid default privilege %q: not supported by PostgreSQL %d, requires %d", d.Text, major, d.Since()))
		}
	}
}

// templates tells databases that would be made of a database that is not there yet: databases are created in the order of the inventory.
func (v *validator) templates(vars *value.Dict) {
	at := map[string]int{}
	databases := params.Objects(vars, "pg_databases")
	for i, d := range databases {
		if name, ok := d.At("name").(string); ok && d.At("state") != "absent" {
			at[name] = i
		}
	}
	for i, d := range databases {
		template, ok := d.At("template").(string)
		made, declared := at[template]
		if !ok || !declared || made < i || d.At("state") == "absent" || template == "postgres" {
			continue
		}
		v.Add(diag.Errorf(d.ValuePos("template"), "invalid template %q of database %s: databases are created in the order of pg_databases", template, value.Str(d.At("name"))).
			WithHint("write the database that is the template first"))
	}
}

// services tells services that take the name of another.
func (v *validator) services(vars *value.Dict, cluster string) {
	names := map[string]bool{}
	for _, list := range []string{"pg_default_services", "pg_services"} {
		for _, s := range params.Objects(vars, list) {
			name := value.Str(s.At("name"))
			if names[name] {
				v.Add(diag.Errorf(s.ValuePos("name"), "duplicate service %s of pg_cluster %s", name, cluster).WithHint("rename one of the services: the second would overwrite the first"))
			}
			names[name] = true
		}
	}
}

// poolNames tells databases whose names pgbouncer cannot hold: its file has no quotes for them.
func (v *validator) poolNames(vars *value.Dict) {
	for _, d := range params.Objects(vars, "pg_databases") {
		name, ok := d.At("name").(string)
		if ok && !params.IsTemplate(name) && !params.LabelForm.MatchString(name) && d.At("pgbouncer") != false {
			v.Add(diag.Errorf(d.ValuePos("name"), "invalid database name %q for pgbouncer: only letters, digits, _, . and -", name).
				WithHint("write pgbouncer: false to exclude the database from pgbouncer"))
		}
		if name == "pgbouncer" && d.At("pgbouncer") != false && d.At("state") != "absent" {
			v.Add(diag.Errorf(d.ValuePos("name"), "invalid database name %q for pgbouncer: the name is reserved for its console", name).
				WithHint("write pgbouncer: false to exclude the database from pgbouncer"))
		}
	}
}

// owners warns of owners that nobody makes. The superuser is there without being made.
func (v *validator) owners(vars *value.Dict, known map[string]bool) {
	dbsu, _ := vars.At("pg_dbsu").(string)
	for _, db := range params.Objects(vars, "pg_databases") {
		owner, ok := db.At("owner").(string)
		if !ok || known[owner] || owner == "postgres" || owner == dbsu || params.IsTemplate(owner) {
			continue
		}
		names := make([]string, 0, len(known))
		for n := range known {
			names = append(names, n)
		}
		slices.Sort(names)
		v.Add(diag.Warnf(db.ValuePos("owner"), "owner %[2]q of database %[1]s not found in pg_users or pg_default_roles", value.Str(db.At("name")), owner).
			WithHint("%s", diag.DidYouMean(owner, names)))
	}
}

// offer is a cluster whose services a host's load balancer offers; of names it where it is another's.
type offer struct {
	vars *value.Dict
	of   string
}

// offers are the clusters whose services h offers: its own, unless that has a provider, and those whose provider it is in.
func (v *validator) offers(h *inventory.Host) []offer {
	var all []offer
	for _, c := range v.Clusters("pg_cluster") {
		vars := v.Inv.Vars(c.Hosts[0])
		provider, _ := vars.At("pg_service_provider").(string)
		hosts, of := c.Hosts, ""
		if provider != "" {
			hosts, of = nil, " of "+c.Name
			if g := v.Inv.Group(provider); g != nil {
				hosts = v.Inv.HostsOf(g)
			}
		}
		if slices.Contains(hosts, h) {
			all = append(all, offer{vars, of})
		}
	}
	return all
}

// serviceNames tells services of one load balancer that have one name: each has a file of its name, which two would write in turn.
func (v *validator) serviceNames() {
	for _, h := range v.Inv.Hosts() {
		own := map[string]diag.Pos{}
		for _, s := range params.Objects(v.Inv.Vars(h), "haproxy_services") {
			name, pos := value.Str(s.At("name")), s.ValuePos("name")
			if first, taken := own[name]; taken {
				v.sameName(pos, name, "haproxy_services", first)
			}
			own[name] = pos
		}
		for _, o := range v.offers(h) {
			cluster := value.Str(o.vars.At("pg_cluster"))
			for _, list := range []string{"pg_default_services", "pg_services"} {
				for _, s := range params.Objects(o.vars, list) {
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
	v.Add(diag.Errorf(pos, "service %q has the name of a service of %s%s", name, of, at).WithHint("choose a unique name for each service of a host"))
}
