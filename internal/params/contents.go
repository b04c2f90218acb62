package params

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/value"
)

var userName = regexp.MustCompile(`^[a-z_][a-z0-9_@.-]{0,62}$`)

// contents checks what a cluster declares against itself: names of users, owners and roles that exist, services whose ports
// do not clash.
func (v *validator) contents() {
	for _, c := range v.clusters("pg_cluster") {
		vars := v.inv.Vars(c.hosts[0])
		known := map[string]bool{}
		for _, list := range []string{"pg_default_roles", "pg_users"} {
			v.users(vars, list, known)
		}
		v.owners(vars, known)
		v.services(vars, c.name)
	}
	for _, h := range v.inv.Hosts() {
		v.haproxyPorts(v.inv.Vars(h))
	}
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
			v.add(diag.Errorf(u.ValuePos("name"), "%q is no name for a user", name).
				WithHint("small letters, digits and _ @ . -, beginning with a letter or _, at most 63"))
		}
		known[name] = true
	}
}

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
		v.add(diag.Warnf(db.ValuePos("owner"), "database %s belongs to %s, whom neither pg_users nor pg_default_roles makes", value.Str(db.At("name")), owner).
			WithHint("%s", diag.DidYouMean(owner, names)))
	}
}

// services tells services of one cluster that share a port, and new ones that take the name of another.
func (v *validator) services(vars *value.Dict, cluster string) {
	ports, names := map[int64]string{}, map[string]bool{}
	for _, list := range []string{"pg_default_services", "pg_services"} {
		for _, s := range items(vars, list) {
			name := value.Str(s.At("name"))
			if names[name] {
				v.add(diag.Errorf(s.ValuePos("name"), "service %s of pg_cluster %s is there twice", name, cluster).WithHint("the one would overwrite the other: rename it"))
			}
			names[name] = true
			port, ok := toInt(s.At("port"))
			if !ok {
				continue
			}
			if other, taken := ports[port]; taken {
				v.add(diag.Errorf(s.ValuePos("port"), "services %s and %s of pg_cluster %s have the same port %d", other, name, cluster, port))
			}
			ports[port] = name
		}
	}
}

func (v *validator) haproxyPorts(vars *value.Dict) {
	ports := map[int64]string{}
	if p, ok := toInt(vars.At("haproxy_exporter_port")); ok {
		ports[p] = "haproxy_exporter_port"
	}
	for _, s := range items(vars, "haproxy_services") {
		name := "service " + value.Str(s.At("name"))
		port, ok := toInt(s.At("port"))
		if !ok {
			continue
		}
		if other, taken := ports[port]; taken {
			v.add(diag.Errorf(s.ValuePos("port"), "%s and %s of haproxy have the same port %d", other, name, port))
		}
		ports[port] = name
	}
}

// defaultPasswords warns once of all passwords that everybody knows.
func (v *validator) defaultPasswords() {
	uses := map[string]bool{"INFRA": v.inv.Group("infra") != nil, "NODE": v.inv.Group("infra") != nil, "ETCD": v.inv.Group("etcd") != nil,
		"MINIO": len(v.clusters("minio_cluster")) > 0, "PGSQL": len(v.clusters("pg_cluster")) > 0}
	var left []string
	for _, p := range v.catalog.Params {
		def, ok := p.Default.(string)
		if !ok || !p.Secret || def == "" || !uses[p.Module] {
			continue
		}
		for _, h := range v.inv.Hosts() {
			if s, ok := value.Plain(v.inv.Vars(h).At(p.Name)); !ok || s == def {
				left = append(left, p.Name)
				break
			}
		}
	}
	if len(left) > 0 {
		v.add(diag.Warnf(diag.Pos{}, "%s still the default that everybody knows: %s", count(len(left), "password is", "passwords are"), strings.Join(left, ", ")).
			WithHint("set them before anybody else can reach these nodes"))
	}
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
