package pgsql

import (
	"regexp"
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/params"
	"pig/internal/products/pgsql/model"
	"pig/internal/value"
)

var userName = regexp.MustCompile(`^[a-z_][a-z0-9_@.-]{0,62}$`)

// users checks the names and passwords of users, and notes their names in known.
func (v *validator) users(vars *value.Dict, known map[string]bool) {
	for _, u := range usersIn(vars) {
		name, ok := u.At("name").(string)
		if !ok || params.IsTemplate(name) {
			continue
		}
		if !userName.MatchString(name) {
			v.Add(diag.Errorf(u.ValuePos("name"), "invalid user name %q", name).
				WithHint("want small letters, digits and _ @ . -, beginning with a letter or _, at most 63"))
		}
		if reservedRole(name) && !u.absent() {
			v.Add(diag.Errorf(u.ValuePos("name"), "invalid user name %q: PostgreSQL reserves it", name))
		}
		if text, ok := value.Plain(u.At("password")); ok && !params.IsTemplate(u.At("password")) && model.BrokenVerifier(text) {
			v.Add(diag.Errorf(u.ValuePos("password"), "invalid password of user %s: a part of the verifier is missing or changed, so PostgreSQL would treat the whole text as a clear-text password", name).
				WithHint("copy rolpassword from pg_authid whole: SCRAM-SHA-256$ITERATIONS:SALT$KEY:KEY with a salt and two keys of 32 bytes in base64, or md5 and 32 small hexadecimal digits"))
		}
		known[name] = true
	}
}

// reservedRole tells the names that CREATE ROLE refuses.
func reservedRole(name string) bool {
	return name == "public" || name == "none" || strings.HasPrefix(name, "pg_")
}

// poolUserNames tells users whose settings pgbouncer could not hold: its file has no quotes for names.
func (v *validator) poolUserNames(vars *value.Dict) {
	for _, u := range usersIn(vars) {
		name, ok := u.At("name").(string)
		if ok && !params.IsTemplate(name) && !params.LabelForm.MatchString(name) && (u.Has("pool_mode") || u.Has("pool_connlimit")) && !u.absent() {
			v.Add(diag.Errorf(u.ValuePos("name"), "invalid user name %q for settings of pgbouncer: only letters, digits, _, . and -", name).
				WithHint("leave pool_mode and pool_connlimit out, or rename the user"))
		}
	}
}

// memberships warns of roles that nobody makes. Those of PostgreSQL itself begin with pg_.
func (v *validator) memberships(vars *value.Dict, known map[string]bool) {
	names := make([]string, 0, len(known))
	for n := range known {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, u := range businessUsers(usersIn(vars)) {
		roles, _ := u.At("roles").(*value.List)
		if roles == nil {
			continue
		}
		for i, item := range roles.Items {
			role, ok := item.(string)
			if d, isObject := item.(*value.Dict); isObject {
				role, ok = d.At("name").(string)
			}
			if !ok || known[role] || params.IsTemplate(role) || strings.HasPrefix(role, "pg_") || strings.HasPrefix(role, "$") {
				continue
			}
			v.Add(diag.Warnf(roles.Pos(i), "role %[2]q of user %[1]s not found in pg_users or pg_default_roles", value.Str(u.At("name")), role).
				WithHint("%s", diag.DidYouMean(role, names)))
		}
	}
}

// roles are what a cluster declares of its roles: those that go away, and the roles that each of the others is a member of.
type roles struct {
	gone   map[string]bool
	direct map[string][]membership
	names  []string // as declared
}

func rolesIn(vars *value.Dict) *roles {
	r := &roles{gone: map[string]bool{}, direct: map[string][]membership{}}
	for _, u := range usersIn(vars) {
		if u.absent() {
			r.gone[u.name()] = true
			continue
		}
		r.names = append(r.names, u.name())
		r.direct[u.name()] = append(r.direct[u.name()], u.memberships()...)
	}
	for name := range r.direct {
		delete(r.gone, name) // the other declaration is told elsewhere
	}
	return r
}

// removed tells roles that go away and are wanted: as an owner, or to be a member of.
func (v *validator) removed(vars *value.Dict, r *roles) {
	for _, db := range params.Objects(vars, "pg_databases") {
		if owner := db.Text("owner"); r.gone[owner] && db.At("state") != "absent" {
			v.Add(diag.Errorf(db.ValuePos("owner"), "invalid owner %q of database %s: the user has state: absent", owner, db.Text("name")).
				WithHint("name another owner, or remove state: absent of the user"))
		}
		schemas, _ := db.At("schemas").(*value.List)
		for _, schema := range params.ObjectsIn(schemas, db.Pos) {
			if owner := schema.Text("owner"); r.gone[owner] && db.At("state") != "absent" && schema.At("state") != "absent" {
				v.Add(diag.Errorf(schema.Place("owner"), "invalid owner %q of schema %s: the user has state: absent", owner, schema.Text("name")).
					WithHint("name another owner, or remove state: absent of the user"))
			}
		}
	}
	for _, name := range r.names {
		for _, m := range r.direct[name] {
			if r.gone[m.role] {
				v.Add(diag.Errorf(m.pos, "invalid role %q of user %s: the role has state: absent", m.role, name).WithHint("remove the role from the list, or remove state: absent of the role"))
			}
		}
	}
}

// circles tells roles that would be members of themselves, by way of others too: PostgreSQL refuses the grant that closes the circle.
func (v *validator) circles(r *roles) {
	const visiting, done = 1, 2
	state := map[string]int{}
	var visit func(name string)
	visit = func(name string) {
		state[name] = visiting
		for _, m := range r.direct[name] {
			switch state[m.role] {
			case 0:
				visit(m.role)
			case visiting:
				v.Add(diag.Errorf(m.pos, "invalid role %q of user %s: %s would be a member of itself", m.role, name, m.role).WithHint("remove one of the memberships"))
			}
		}
		state[name] = done
	}
	for _, name := range r.names {
		if state[name] == 0 {
			visit(name)
		}
	}
}

// needed tells roles and databases that are to go away, and that the cluster itself needs.
func (v *validator) needed(vars *value.Dict) {
	var system []string
	for _, name := range []string{"pg_dbsu", "pg_replication_username", "pg_admin_username", "pg_monitor_username"} {
		if text, ok := textOf(vars, name); ok {
			system = append(system, text)
		}
	}
	for _, u := range usersIn(vars) {
		if u.byDefault && !u.absent() {
			system = append(system, u.name())
		}
		if u.absent() && (slices.Contains(system, u.name()) || strings.HasPrefix(u.name(), "pg_")) {
			v.Add(diag.Errorf(u.ValuePos("state"), "invalid state absent of user %s: the cluster itself needs the user", u.name()))
		}
	}
	for _, d := range params.Objects(vars, "pg_databases") {
		state, name := d.Text("state"), d.Text("name")
		if (state == "absent" || state == "recreate") && slices.Contains([]string{"postgres", "template0", "template1"}, name) {
			v.Add(diag.Errorf(d.ValuePos("state"), "invalid state %s of database %s: the cluster itself needs the database", state, name))
		}
	}
}
