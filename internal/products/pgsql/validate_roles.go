package pgsql

import (
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/params"
	"pig/internal/value"
)

// roles are what a cluster declares of its roles: those that go away, and the roles that each of the others is a member of.
type roles struct {
	gone   map[string]bool
	direct map[string][]membership
	names  []string // as declared
}

// membership is a role that a role is given, with its place.
type membership struct {
	role string
	pos  diag.Pos
}

func rolesIn(vars *value.Dict) *roles {
	r := &roles{gone: map[string]bool{}, direct: map[string][]membership{}}
	for _, list := range []string{"pg_default_roles", "pg_users"} {
		for _, u := range params.Objects(vars, list) {
			name := u.Text("name")
			if u.At("state") == "absent" {
				r.gone[name] = true
				continue
			}
			r.names = append(r.names, name)
			r.direct[name] = append(r.direct[name], membershipsOf(u)...)
		}
	}
	for name := range r.direct {
		delete(r.gone, name) // the other declaration is told elsewhere
	}
	return r
}

// membershipsOf are the roles that a user is given, as names or as objects with a name.
func membershipsOf(u params.Object) (all []membership) {
	list, _ := u.At("roles").(*value.List)
	if list == nil {
		return nil
	}
	for i, item := range list.Items {
		d, isObject := item.(*value.Dict)
		if isObject {
			item = d.At("name")
		}
		name, ok := item.(string)
		if !ok || params.IsTemplate(name) || isObject && d.At("state") == "absent" {
			continue
		}
		pos := list.Pos(i)
		if !pos.Known() {
			pos = u.Pos
		}
		all = append(all, membership{name, pos})
	}
	return all
}

// removed tells roles that go away and are wanted: as an owner, or to be a member of.
func (v *validator) removed(vars *value.Dict, r *roles) {
	for _, db := range params.Objects(vars, "pg_databases") {
		if owner := db.Text("owner"); r.gone[owner] && db.At("state") != "absent" {
			v.Add(diag.Errorf(db.ValuePos("owner"), "invalid owner %q of database %s: the user has state: absent", owner, db.Text("name")).
				WithHint("name another owner, or keep the user"))
		}
		schemas, _ := db.At("schemas").(*value.List)
		for _, schema := range params.ObjectsIn(schemas, db.Pos) {
			if owner := schema.Text("owner"); r.gone[owner] && db.At("state") != "absent" && schema.At("state") != "absent" {
				v.Add(diag.Errorf(schema.Place("owner"), "invalid owner %q of schema %s: the user has state: absent", owner, schema.Text("name")).
					WithHint("name another owner, or keep the user"))
			}
		}
	}
	for _, name := range r.names {
		for _, m := range r.direct[name] {
			if r.gone[m.role] {
				v.Add(diag.Errorf(m.pos, "invalid role %q of user %s: the role has state: absent", m.role, name).WithHint("remove the role from the list, or keep the role"))
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
	for _, list := range []string{"pg_default_roles", "pg_users"} {
		for _, u := range params.Objects(vars, list) {
			if list == "pg_default_roles" && u.At("state") != "absent" {
				system = append(system, u.Text("name"))
			}
			if name := u.Text("name"); u.At("state") == "absent" && (slices.Contains(system, name) || strings.HasPrefix(name, "pg_")) {
				v.Add(diag.Errorf(u.ValuePos("state"), "invalid state absent of user %s: the cluster itself needs the user", name))
			}
		}
	}
	for _, d := range params.Objects(vars, "pg_databases") {
		state, name := d.Text("state"), d.Text("name")
		if (state == "absent" || state == "recreate") && slices.Contains([]string{"postgres", "template0", "template1"}, name) {
			v.Add(diag.Errorf(d.ValuePos("state"), "invalid state %s of database %s: the cluster itself needs the database", state, name))
		}
	}
}
