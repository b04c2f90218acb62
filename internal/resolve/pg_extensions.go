package resolve

import (
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/pgsql"
	"pig/internal/value"
)

// extensions finds what the declared extensions need: packages, and libraries that are loaded before all else. A pg_libs
// that the inventory leaves to pig gets those libraries; in one that it sets, a missing one is a mistake.
func (r *pgResolver) extensions(c *PgCluster, vars lookup) {
	packs := pgsql.PackageMap(c.Version)
	listed := strings.Join(append(vars.texts("pg_extensions"), vars.texts("pg_packages")...), " ")
	places := map[string]diag.Pos{}
	for _, db := range vars.objects("pg_databases") {
		if db.text("state") == "absent" {
			continue
		}
		for _, e := range extensionsOf(db) {
			if _, seen := places[e.name]; seen {
				continue
			}
			places[e.name] = e.pos
			c.Extensions = append(c.Extensions, e.name)
			if unknown, meant := pgsql.UnknownExtension(e.name); unknown && !strings.Contains(listed, e.name) && !strings.Contains(listed, strings.ReplaceAll(e.name, "_", "-")) {
				hint := "name its package in pg_extensions"
				if meant != "" {
					hint = meant + " Else " + hint
				}
				r.diags = append(r.diags, diag.Warnf(e.pos, "pig does not know which package brings extension %s", e.name).WithHint("%s", hint))
			}
		}
	}
	c.Packages = pgsql.ExtensionPackages(c.Extensions, c.Version)
	c.packageMap = packs
	libs := vars.text("pg_libs")
	all, missing := pgsql.Preload(libs, c.Extensions)
	c.Libs = all
	if vars.own("pg_libs") == nil {
		return
	}
	for _, lib := range missing {
		if lib == "citus" && c.Mode == "citus" {
			continue // Patroni adds it
		}
		r.errorf(vars.pos("pg_libs"), "library %q not found in pg_libs: an extension of %s needs it", lib, c.Name).WithHint("write pg_libs: '%s'", all)
	}
	c.Libs = libs
}

type extension struct {
	name string
	pos  diag.Pos
}

// extensions are those that a database is declared to have.
func extensionsOf(o object) []extension {
	l, ok := o.At("extensions").(*value.List)
	if !ok {
		return nil
	}
	var all []extension
	for i, item := range l.Items {
		name, state := item, ""
		if d, ok := item.(*value.Dict); ok {
			name, state = d.At("name"), value.Str(d.At("state"))
		}
		pos := l.Pos(i)
		if !pos.Known() {
			pos = o.pos
		}
		if text, ok := name.(string); ok && state != "absent" {
			all = append(all, extension{text, pos})
		}
	}
	return all
}

// passwords tells declared passwords that the server would refuse from anybody who types them: pig hands over verifiers, which
// the server cannot judge.
func (r *pgResolver) passwords(c *PgCluster, vars lookup) {
	if !slices.Contains(pgsql.Libraries(c.Libs), "passwordcheck") {
		return
	}
	check := func(user string, password value.Value, pos diag.Pos) {
		text, ok := value.Plain(password)
		if !ok || user == "" || text == "" {
			return
		}
		if why := pgsql.WeakPassword(user, text); why != "" {
			r.errorf(pos, "the password of %s %s", user, why).WithHint("choose another password: passwordcheck in pg_libs refuses this one")
		}
	}
	for _, u := range vars.objects("pg_users") {
		if u.text("state") != "absent" {
			check(u.text("name"), u.At("password"), u.at("password"))
		}
	}
	for _, role := range []string{"replication", "admin", "monitor"} {
		check(vars.text("pg_"+role+"_username"), vars.get("pg_"+role+"_password"), vars.pos("pg_"+role+"_password"))
	}
}

// poolUsers tells users that look passwords up for the pool and whom nobody makes.
func (r *pgResolver) poolUsers(vars lookup) {
	known := []string{vars.text("pg_dbsu")}
	for _, list := range []string{"pg_default_roles", "pg_users"} {
		for _, u := range vars.objects(list) {
			known = append(known, u.text("name"))
		}
	}
	for _, db := range vars.objects("pg_databases") {
		if user := db.text("pool_auth_user"); user != "" && !slices.Contains(known, user) {
			r.errorf(db.at("pool_auth_user"), "invalid pool_auth_user %q of database %s: want a user of the cluster", user, db.text("name")).WithHint("%s", diag.DidYouMean(user, known))
		}
	}
}
