package params

import (
	"regexp"
	"slices"

	"pig/internal/diag"
	"pig/internal/inventory"
	"pig/internal/value"
)

var clusterName = regexp.MustCompile(`^[A-Za-z0-9-]+$`)

// longestCluster leaves room for -NUMBER in the 64 bytes of a host name (HOST_NAME_MAX, Linux) and of a common name (RFC 5280, ub-common-name).
const longestCluster = 60

func (v *pgValidator) pgCluster(c *cluster) {
	at := v.where(c.hosts[0], "pg_cluster")
	if !clusterName.MatchString(c.name) || c.name == "root" {
		v.add(diag.Errorf(at, "invalid cluster name %q: want letters, digits and dashes, but not root", c.name))
	}
	if len(c.name) > longestCluster {
		v.add(diag.Errorf(at, "invalid cluster name %q: at most %d characters: host names and names in certificates have 64, with the number of the member", c.name, longestCluster))
	}
	v.primaries(c)
	for _, h := range c.hosts {
		v.pgMember(h)
	}
	v.citus(c, at)
}

func (v *pgValidator) primaries(c *cluster) {
	var primaries []*inventory.Host
	known := true
	for _, h := range c.hosts {
		role := v.inv.Vars(h).At("pg_role")
		known = known && role != nil && !IsTemplate(role)
		if role == "primary" {
			primaries = append(primaries, h)
		}
	}
	switch {
	case len(primaries) > 1:
		v.add(diag.Errorf(v.where(primaries[1], "pg_role"), "pg_cluster %s has %d primaries: %s and %s", c.name, len(primaries), primaries[0].Name, primaries[1].Name).
			WithHint("set pg_role: primary on one host, and replica, offline, standby or delayed on the others"))
	case len(primaries) == 0 && known:
		v.add(diag.Errorf(v.where(c.hosts[0], "pg_cluster"), "pg_cluster %s has no primary", c.name).
			WithHint("set pg_role: primary on one of its hosts; the leader of a standby cluster is primary, too"))
	}
}

func (v *pgValidator) pgMember(h *inventory.Host) {
	vars := v.inv.Vars(h)
	if s, ok := value.Plain(vars.At("pg_offline_query")); ok && !IsTemplate(s) {
		v.add(diag.Warnf(v.where(h, "pg_offline_query"), "pg_offline_query is the text %q, which selectors take for true", s).WithHint("remove the quotes"))
	}
	if truthy(vars.At("pg_vip_enabled")) && vars.At("pg_vip_address") == nil {
		v.add(diag.Errorf(v.where(h, "pg_vip_enabled"), "pg_vip_enabled needs pg_vip_address").WithHint("write an address, such as pg_vip_address: 10.10.10.2/24"))
	}
	if s, ok := vars.At("pg_conf").(string); ok && !IsTemplate(s) {
		known := []string{"oltp.yml", "olap.yml", "crit.yml", "tiny.yml"}
		near := diag.Nearest(s, known)
		if slices.Contains(known, s+".yml") {
			near = s + ".yml"
		}
		if near != "" && near != s {
			v.add(diag.Errorf(v.where(h, "pg_conf"), "unknown tuning template %s", s).WithHint("did you mean %s?", near))
		}
	}
	if s, ok := vars.At("pg_dns_target").(string); ok && !slices.Contains([]string{"auto", "primary", "vip", "none", ""}, s) && !isAddress(s) && !IsTemplate(s) {
		v.add(diag.Errorf(v.where(h, "pg_dns_target"), "pg_dns_target must be auto, primary, vip, none or an address, not %s", s))
	}
	v.backupMethod(h, vars)
}

func (v *pgValidator) backupMethod(h *inventory.Host, vars *value.Dict) {
	method, ok := vars.At("pgbackrest_method").(string)
	if !ok || IsTemplate(method) {
		return
	}
	repos, ok := vars.At("pgbackrest_repo").(*value.Dict)
	if !ok {
		repos = Lookup("pgbackrest_repo").Default.(*value.Dict)
	}
	if !repos.Has(method) {
		v.add(diag.Errorf(v.where(h, "pgbackrest_method"), "pgbackrest_repo has no repository %s", method).
			WithHint("%s", diag.DidYouMean(method, repos.StringKeys())))
		return
	}
	if repo, ok := repos.At(method).(*value.Dict); ok && truthy(or(vars.At("pgbackrest_enabled"), "pgbackrest_enabled")) {
		pos := repos.KeyPos(method)
		if !pos.Known() {
			pos = v.where(h, "pgbackrest_method")
		}
		v.backupRepo(method, repo, pos)
	}
}

func (v *pgValidator) citus(c *cluster, at diag.Pos) {
	vars := v.inv.Vars(c.hosts[0])
	if vars.At("pg_mode") != "citus" {
		return
	}
	for _, name := range []string{"pg_shard", "pg_group"} {
		if vars.At(name) == nil {
			v.add(diag.Errorf(at, "pg_mode citus needs %s for pg_cluster %s", name, c.name))
		}
	}
}
