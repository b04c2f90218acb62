package resolve

import (
	"maps"
	"slices"

	"pig/internal/pgsql"
	"pig/internal/value"
)

func (r *pgResolver) hba(c *PgCluster, m *PgMember, pooler bool) []string {
	vars := m.vars
	h := &pgsql.HBA{
		Role: m.Role, OfflineQuery: vars.bool("pg_offline_query"), Pooler: pooler, MD5: vars.text("pg_pwd_enc") == "md5",
		DBSU: vars.text("pg_dbsu"), Replicator: vars.text("pg_replication_username"), Monitor: vars.text("pg_monitor_username"), Admin: vars.text("pg_admin_username"),
		AdminIP: vars.text("admin_ip"), Infra: addresses(InfraOf(r.env)), Members: c.Addresses(), Intranet: NodeOf(r.env, m.Name).Trusts,
	}
	h.NoTLS = vars.text("pgbouncer_sslmode") == "disable"
	h.Remote = vars.text("pg_dbsu_password") != ""
	h.Privileged = privileged(vars, h.Replicator, h.Monitor, h.Admin)
	h.Groups = groups(vars)
	lists := []string{"pg_default_hba_rules", "pg_hba_rules"}
	if pooler {
		lists = []string{"pgb_default_hba_rules", "pgb_hba_rules"}
	}
	var rules []pgsql.HBARule
	for _, list := range lists {
		for _, o := range vars.objects(list) {
			rule := hbaRule(o)
			rule.Default = vars.own(list) == nil
			rules = append(rules, rule)
		}
	}
	lines, err := h.Render(rules)
	r.addError(m.Host.Pos, err)
	return lines
}

// privileged are the users that come from other hosts by TLS only: those given, and the superusers and replication users that the
// inventory declares.
func privileged(vars lookup, names ...string) []string {
	for _, list := range []string{"pg_default_roles", "pg_users"} {
		for _, u := range vars.objects(list) {
			if name := u.text("name"); (asBool(u.At("superuser")) || asBool(u.At("replication"))) && name != vars.text("pg_dbsu") && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

func hbaRule(o object) pgsql.HBARule {
	rule := pgsql.HBARule{
		Title: o.text("title"), Role: o.text("role"), User: o.text("user"), DB: o.text("db"), Addr: o.text("addr"), Auth: o.text("auth"), Pos: o.pos,
	}
	if n, ok := asInt(o.At("order")); ok {
		rule.Order = &n
	}
	if raw, ok := o.At("rules").(*value.List); ok {
		for _, line := range raw.Items {
			rule.Raw = append(rule.Raw, value.Str(line))
		}
	}
	return rule
}

// groups are the roles that each declared role is a member of, by way of others too.
func groups(vars lookup) map[string][]string {
	direct := map[string][]string{}
	for _, list := range []string{"pg_default_roles", "pg_users"} {
		for _, u := range vars.objects(list) {
			name := u.text("name")
			direct[name] = append(direct[name], rolesOf(u)...)
		}
	}
	all := map[string][]string{}
	for name := range direct {
		seen := map[string]bool{}
		var visit func(role string)
		visit = func(role string) {
			for _, next := range direct[role] {
				if !seen[next] {
					seen[next] = true
					visit(next)
				}
			}
		}
		visit(name)
		all[name] = slices.Sorted(maps.Keys(seen))
	}
	return all
}

// rolesOf are the roles that a user is given: names, or objects with a name.
func rolesOf(u object) (names []string) {
	list, _ := u.At("roles").(*value.List)
	if list == nil {
		return nil
	}
	for _, item := range list.Items {
		if d, ok := item.(*value.Dict); ok {
			if value.Str(d.At("state")) != "absent" {
				names = append(names, value.Str(d.At("name")))
			}
			continue
		}
		names = append(names, value.Str(item))
	}
	return names
}
