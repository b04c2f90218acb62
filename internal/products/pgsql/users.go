package pgsql

import (
	"maps"
	"slices"

	"pig/internal/diag"
	"pig/internal/params"
	"pig/internal/product"
	"pig/internal/products/pgsql/model"
	"pig/internal/value"
)

// user is an entry of pg_default_roles or of pg_users. All that is read of them on the controller is read by way of it.
type user struct {
	params.Object
	byDefault bool // pg_default_roles has it
}

// listedUsers are the entries of pg_default_roles, then those of pg_users.
func listedUsers(objects func(list string) []params.Object) (all []user) {
	for _, o := range objects("pg_default_roles") {
		all = append(all, user{o, true})
	}
	for _, o := range objects("pg_users") {
		all = append(all, user{o, false})
	}
	return all
}

// usersIn are the users that variables declare, before anything is resolved.
func usersIn(vars *value.Dict) []user {
	return listedUsers(func(list string) []params.Object { return params.Objects(vars, list) })
}

// templatedUsers tells whether only a template tells who is declared.
func templatedUsers(vars *value.Dict) bool {
	return params.IsTemplate(vars.At("pg_default_roles")) || params.IsTemplate(vars.At("pg_users"))
}

// businessUsers are those of pg_users.
func businessUsers(all []user) []user {
	return slices.DeleteFunc(slices.Clone(all), func(u user) bool { return u.byDefault })
}

func (u user) name() string { return u.Text("name") }

// absent tells a user that is to be dropped.
func (u user) absent() bool { return u.Text("state") == "absent" }

// settings are those that the user's sessions begin with.
func (u user) settings() *value.Dict {
	d, _ := u.At("parameters").(*value.Dict)
	return d
}

// membership is a role that a user is given, with its place.
type membership struct {
	role string
	pos  diag.Pos
}

// memberships are the roles that the user is given: names, or objects with a name. What only a template tells is left out.
func (u user) memberships() (all []membership) {
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
		if !ok || params.IsTemplate(name) || isObject && value.Str(d.At("state")) == "absent" {
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

// privileged are the users that come from other hosts by TLS only: those given, and the superusers and replication users that the
// inventory declares.
func privileged(vars product.Vars, names ...string) []string {
	for _, u := range listedUsers(vars.Objects) {
		if (params.ToBool(u.At("superuser")) || params.ToBool(u.At("replication"))) && u.name() != vars.Text("pg_dbsu") && !slices.Contains(names, u.name()) {
			names = append(names, u.name())
		}
	}
	return names
}

// groups are the roles that each declared role is a member of, by way of others too.
func groups(vars product.Vars) map[string][]string {
	direct := map[string][]string{}
	for _, u := range listedUsers(vars.Objects) {
		for _, m := range u.memberships() {
			direct[u.name()] = append(direct[u.name()], m.role)
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

// passwords tells declared passwords that the server would refuse from anybody who types them: pig hands over verifiers, which
// the server cannot judge.
func (r *resolver) passwords(c *Cluster, vars product.Vars) {
	if !slices.Contains(model.Libraries(c.Libs), "passwordcheck") {
		return
	}
	check := func(user string, password value.Value, pos diag.Pos) {
		text, ok := value.Plain(password)
		if !ok || user == "" || text == "" {
			return
		}
		if why := model.WeakPassword(user, text); why != "" {
			r.Errorf(pos, "the password of %s %s", user, why).WithHint("choose another password: passwordcheck in pg_libs refuses this one")
		}
	}
	for _, u := range businessUsers(listedUsers(vars.Objects)) {
		if !u.absent() {
			check(u.name(), u.At("password"), u.Place("password"))
		}
	}
	for _, role := range []string{"replication", "admin", "monitor"} {
		check(vars.Text("pg_"+role+"_username"), vars.Get("pg_"+role+"_password"), vars.Pos("pg_"+role+"_password"))
	}
}

// poolUsers tells users that look passwords up for the pool and whom nobody makes.
func (r *resolver) poolUsers(vars product.Vars) {
	known := []string{vars.Text("pg_dbsu")}
	for _, u := range listedUsers(vars.Objects) {
		if !u.absent() {
			known = append(known, u.name())
		}
	}
	for _, db := range vars.Objects("pg_databases") {
		if user := db.Text("pool_auth_user"); user != "" && !slices.Contains(known, user) {
			r.Errorf(db.Place("pool_auth_user"), "invalid pool_auth_user %q of database %s: want a user of the cluster", user, db.Text("name")).WithHint("%s", diag.DidYouMean(user, known))
		}
	}
}
