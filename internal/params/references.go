package params

import (
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/value"
)

// What names something that nobody declares may still be there, made by hand: it is told, and not refused.

// owners warns of owners that nobody makes. The superuser is there without being made.
func (v *validator) owners(vars *value.Dict, known map[string]bool) {
	dbsu, _ := vars.At("pg_dbsu").(string)
	for _, db := range items(vars, "pg_databases") {
		owner, ok := db.At("owner").(string)
		if !ok || known[owner] || owner == "postgres" || owner == dbsu || IsTemplate(owner) {
			continue
		}
		names := make([]string, 0, len(known))
		for n := range known {
			names = append(names, n)
		}
		slices.Sort(names)
		v.add(diag.Warnf(db.ValuePos("owner"), "owner %[2]q of database %[1]s not found in pg_users or pg_default_roles", value.Str(db.At("name")), owner).
			WithHint("%s", diag.DidYouMean(owner, names)))
	}
}

// admin warns of an admin_ip that is no infra node, where all others look for packages, names and time.
func (v *validator) admin() {
	g := v.inv.Group("infra")
	if g == nil || len(v.inv.HostsOf(g)) == 0 {
		return
	}
	first := v.inv.HostsOf(g)[0]
	address, ok := v.inv.Vars(first).At("admin_ip").(string)
	if !ok || IsTemplate(address) || !isAddress(address) {
		return
	}
	for _, h := range v.inv.HostsOf(g) {
		vars := v.inv.Vars(h)
		vip, _ := vars.At("vip_address").(string)
		if h.Name == address || vars.At("ansible_host") == address || vip == address {
			return
		}
	}
	v.add(diag.Warnf(v.where(first, "admin_ip"), "admin_ip %s not found among the infra nodes", address).WithHint("set admin_ip to the address of an infra host: the other hosts get packages, names and time there"))
}

// memberships warns of roles that nobody makes. Those of PostgreSQL itself begin with pg_.
func (v *validator) memberships(vars *value.Dict, known map[string]bool) {
	names := make([]string, 0, len(known))
	for n := range known {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, u := range items(vars, "pg_users") {
		roles, _ := u.At("roles").(*value.List)
		if roles == nil {
			continue
		}
		for i, item := range roles.Items {
			role, ok := item.(string)
			if d, isObject := item.(*value.Dict); isObject {
				role, ok = d.At("name").(string)
			}
			if !ok || known[role] || IsTemplate(role) || strings.HasPrefix(role, "pg_") || strings.HasPrefix(role, "$") {
				continue
			}
			v.add(diag.Warnf(roles.Pos(i), "role %[2]q of user %[1]s not found in pg_users or pg_default_roles", value.Str(u.At("name")), role).
				WithHint("%s", diag.DidYouMean(role, names)))
		}
	}
}

// builtinPolicies are those that MinIO has by itself.
var builtinPolicies = []string{"consoleAdmin", "diagnostics", "readonly", "readwrite", "writeonly"}

// minioUsers warns of policies that nobody makes, a bucket's being named after it, and refuses names and passwords that MinIO does.
func (v *validator) minioUsers(vars *value.Dict) {
	known := slices.Clone(builtinPolicies)
	for _, b := range items(vars, "minio_buckets") {
		known = append(known, value.Str(b.At("name")))
	}
	for _, u := range items(vars, "minio_users") {
		if s, ok := value.Plain(u.At("access_key")); ok && len(s) < 3 && !IsTemplate(s) {
			v.add(diag.Errorf(u.ValuePos("access_key"), "access_key %q is too short", s).WithHint("write at least 3 characters"))
		}
		if s, ok := value.Plain(u.At("secret_key")); ok && len(s) < 8 && !IsTemplate(s) {
			v.add(diag.Errorf(u.ValuePos("secret_key"), "the secret_key of %s is too short", value.Str(u.At("access_key"))).WithHint("write at least 8 characters"))
		}
		if policy, ok := u.At("policy").(string); ok && !slices.Contains(known, policy) && !IsTemplate(policy) {
			v.add(diag.Warnf(u.ValuePos("policy"), "bucket %[2]q of the policy of user %[1]s not found in minio_buckets", value.Str(u.At("access_key")), policy).
				WithHint("%s", diag.DidYouMean(policy, known)))
		}
	}
}
