package params

import (
	"regexp"
	"strings"
	"unicode"

	"pig/internal/diag"
	"pig/internal/format"
	"pig/internal/value"
)

var userName = regexp.MustCompile(`^[a-z_][a-z0-9_@.-]{0,62}$`)

// contents checks what an environment declares against itself: names of users, owners, roles and policies that exist, names
// and ports that do not clash.
func (v *validator) contents() {
	for _, c := range v.clusters("pg_cluster") {
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
	}
	for _, h := range v.inv.Hosts() {
		v.proxied(v.inv.Vars(h), "haproxy_services")
	}
	v.etcdTimes()
	for _, c := range v.clusters("minio_cluster") {
		v.minioUsers(v.inv.Vars(c.hosts[0]))
	}
	v.sysctls()
	v.aliases()
	v.repositories()
	v.admin()
	v.domains()
	v.ports()
	v.serviceNames()
}

// items are the objects of a list parameter, its default's if it is not set.
func items(vars *value.Dict, name string) []located {
	v := vars.At(name)
	if v == nil {
		v = Lookup(name).Default
	}
	l, _ := v.(*value.List)
	if l == nil {
		return nil
	}
	var all []located
	for i, item := range l.Items {
		if d, ok := item.(*value.Dict); ok {
			all = append(all, located{d, l.Pos(i)})
		}
	}
	return all
}

// poolNames tells databases and users whose names pgbouncer cannot hold: its file has no quotes for them.
func (v *validator) poolNames(vars *value.Dict) {
	for _, d := range items(vars, "pg_databases") {
		name, ok := d.At("name").(string)
		if ok && !IsTemplate(name) && !labelForm.MatchString(name) && d.At("pgbouncer") != false {
			v.add(diag.Errorf(d.ValuePos("name"), "invalid database name %q for pgbouncer: only letters, digits, _, . and -", name).
				WithHint("write pgbouncer: false to keep the database out of the pool"))
		}
	}
	for _, u := range append(items(vars, "pg_default_roles"), items(vars, "pg_users")...) {
		name, ok := u.At("name").(string)
		if ok && !IsTemplate(name) && !labelForm.MatchString(name) && (u.Has("pool_mode") || u.Has("pool_connlimit")) && u.At("state") != "absent" {
			v.add(diag.Errorf(u.ValuePos("name"), "invalid user name %q for settings of pgbouncer: only letters, digits, _, . and -", name).
				WithHint("leave pool_mode and pool_connlimit out, or rename the user"))
		}
	}
}

// aliases checks the names of shell aliases, which no shell quotes.
func (v *validator) aliases() {
	for _, h := range v.inv.Hosts() {
		d, ok := v.inv.Vars(h).At("node_aliases").(*value.Dict)
		if !ok {
			continue
		}
		for key := range d.All() {
			if _, err := format.AliasName(value.KeyText(key)); err != nil {
				v.add(diag.Errorf(d.KeyPos(key), "%v in node_aliases", err))
			}
		}
	}
}

// sysctls checks the names and values of kernel parameters, each of which becomes a line.
func (v *validator) sysctls() {
	for _, h := range v.inv.Hosts() {
		vars := v.inv.Vars(h)
		d, ok := vars.At("node_sysctl_params").(*value.Dict)
		if !ok {
			continue
		}
		for key, val := range d.All() {
			if name := value.KeyText(key); !sysctlForm.MatchString(name) {
				v.add(diag.Errorf(d.KeyPos(key), "invalid kernel parameter %q in node_sysctl_params: only letters, digits, _, ., / and -", name))
			}
			if strings.ContainsFunc(value.Str(val), unicode.IsControl) && !IsTemplate(val) {
				v.add(diag.Errorf(d.ValuePos(key), "invalid value of kernel parameter %s: must be one line", value.KeyText(key)))
			}
		}
	}
}

type located struct {
	*value.Dict
	pos diag.Pos
}

func (v *validator) users(vars *value.Dict, list string, known map[string]bool) {
	for _, u := range items(vars, list) {
		name, ok := u.At("name").(string)
		if !ok || IsTemplate(name) {
			continue
		}
		if !userName.MatchString(name) {
			v.add(diag.Errorf(u.ValuePos("name"), "invalid user name %q", name).
				WithHint("want small letters, digits and _ @ . -, beginning with a letter or _, at most 63"))
		}
		known[name] = true
	}
}

// services tells services that take the name of another.
func (v *validator) services(vars *value.Dict, cluster string) {
	names := map[string]bool{}
	for _, list := range []string{"pg_default_services", "pg_services"} {
		for _, s := range items(vars, list) {
			name := value.Str(s.At("name"))
			if names[name] {
				v.add(diag.Errorf(s.ValuePos("name"), "service %s of pg_cluster %s is there twice", name, cluster).WithHint("rename one of the services: the second would overwrite the first"))
			}
			names[name] = true
		}
	}
}

// domains tells sites of the portal that have a name in common: nginx would serve the first of them only.
func (v *validator) domains() {
	g := v.inv.Group("infra")
	if g == nil || len(v.inv.HostsOf(g)) == 0 {
		return
	}
	sites, _ := v.inv.Vars(v.inv.HostsOf(g)[0]).At("infra_portal").(*value.Dict)
	if sites == nil {
		return
	}
	first := map[string]string{}
	for key, val := range sites.All() {
		site, ok := val.(*value.Dict)
		if !ok {
			continue
		}
		names := []value.Value{site.At("domain")}
		if more, ok := site.At("domains").(*value.List); ok {
			names = append(names, more.Items...)
		}
		for _, n := range names {
			name, ok := n.(string)
			if !ok || name == "" {
				continue
			}
			if other, taken := first[name]; taken && other != value.KeyText(key) {
				v.add(diag.Errorf(sites.KeyPos(key), "sites %s and %s of infra_portal have the same domain %s", other, value.KeyText(key), name))
			}
			first[name] = value.KeyText(key)
		}
	}
}
