package pgsql

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"

	"pig/internal/diag"
	"pig/internal/inventory"
	"pig/internal/params"
	"pig/internal/products/pgsql/guc"
	"pig/internal/products/pgsql/model"
	"pig/internal/value"
)

var clusterName = regexp.MustCompile(`^[A-Za-z0-9-]+$`)

// longestCluster leaves room for -NUMBER in the 64 bytes of a host name (HOST_NAME_MAX, Linux) and of a common name (RFC 5280, ub-common-name).
const longestCluster = 60

func (v *validator) pgCluster(c *params.Cluster) {
	at := v.Where(c.Hosts[0], "pg_cluster")
	switch {
	case !clusterName.MatchString(c.Name):
		v.Add(diag.Errorf(at, "invalid cluster name %q: want letters, digits and -", c.Name))
	case c.Name == "root":
		v.Add(diag.Errorf(at, "invalid cluster name %q: the etcd administrator has this name", c.Name))
	}
	if len(c.Name) > longestCluster {
		v.Add(diag.Errorf(at, "invalid cluster name %q: at most %d characters: host names and names in certificates are limited to 64, including the number of the member", c.Name, longestCluster))
	}
	v.primaries(c)
	for _, h := range c.Hosts {
		v.pgMember(h)
	}
	v.citus(c, at)
}

// consensus tells that clusters lack etcd, in which Patroni keeps who leads.
func (v *validator) consensus() {
	clusters := v.Clusters("pg_cluster")
	if g := v.Inv.Group("etcd"); len(clusters) == 0 || g != nil && len(v.Inv.HostsOf(g)) > 0 {
		return
	}
	c := clusters[0]
	v.Add(diag.Errorf(v.Where(c.Hosts[0], "pg_cluster"), "pg_cluster %s needs etcd: group etcd of the inventory has no hosts", c.Name).
		WithRule("missing-etcd").WithHint("add etcd: { hosts: { %s: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }", c.Hosts[0].Name))
}

func (v *validator) primaries(c *params.Cluster) {
	var primaries []*inventory.Host
	known := true
	for _, h := range c.Hosts {
		role := v.Inv.Vars(h).At("pg_role")
		known = known && role != nil && !params.IsTemplate(role) && !v.Misspelt(h, "pg_role")
		if role == "primary" {
			primaries = append(primaries, h)
		}
	}
	switch {
	case len(primaries) > 1:
		v.Add(diag.Errorf(v.Where(primaries[1], "pg_role"), "pg_cluster %s has %d primaries: %s and %s", c.Name, len(primaries), primaries[0].Name, primaries[1].Name).
			WithHint("set pg_role: primary on one host, and replica, offline, standby or delayed on the others"))
	case len(primaries) == 0 && known:
		v.Add(diag.Errorf(v.Where(c.Hosts[0], "pg_cluster"), "pg_cluster %s has no primary", c.Name).
			WithHint("set pg_role: primary on one of its hosts; the leader of a standby cluster also has pg_role: primary"))
	}
}

func (v *validator) pgMember(h *inventory.Host) {
	vars := v.Inv.Vars(h)
	if s, ok := value.Plain(vars.At("pg_offline_query")); ok && !params.IsTemplate(s) {
		v.Add(diag.Warnf(v.Where(h, "pg_offline_query"), "pg_offline_query is the string %q, which selectors treat as true", s).WithHint("remove the quotes"))
	}
	if params.ToBool(vars.At("pg_vip_enabled")) && vars.At("pg_vip_address") == nil {
		v.Add(diag.Errorf(v.Where(h, "pg_vip_enabled"), "pg_vip_enabled needs pg_vip_address").WithHint("write an address, such as pg_vip_address: 10.10.10.2/24"))
	}
	if s, ok := vars.At("pg_conf").(string); ok && !params.IsTemplate(s) {
		known := []string{"oltp.yml", "olap.yml", "crit.yml", "tiny.yml"}
		near := diag.Nearest(s, known)
		if slices.Contains(known, s+".yml") {
			near = s + ".yml"
		}
		if near != "" && near != s {
			v.Add(diag.Errorf(v.Where(h, "pg_conf"), "unknown tuning template %s", s).WithHint("did you mean %s?", near))
		}
	}
	if s, ok := vars.At("pg_dns_target").(string); ok && !slices.Contains([]string{"auto", "primary", "vip", "none", ""}, s) && !params.IsAddress(s) && !params.IsTemplate(s) {
		v.Add(diag.Errorf(v.Where(h, "pg_dns_target"), "pg_dns_target must be auto, primary, vip, none or an address, not %s", s))
	}
	v.delay(h, vars)
	v.kernelPort(h, vars)
	v.backupMethod(h, vars)
}

// delay checks the time that a delayed replica stays behind as the server would.
func (v *validator) delay(h *inventory.Host, vars *value.Dict) {
	s, known := guc.Find("recovery_min_apply_delay", guc.Last)
	written := vars.At("pg_delay")
	if text := value.Str(written); known && written != nil && text != "" && !params.IsTemplate(written) {
		if err := s.Check(text); err != nil {
			v.Add(diag.Errorf(v.Where(h, "pg_delay"), "pg_delay %v, not %s", err, value.Repr(written)).WithRule("invalid-value"))
		}
	}
}

// kernelPort claims the port of the other protocol that a kernel speaks.
func (v *validator) kernelPort(h *inventory.Host, vars *value.Dict) {
	mode, _ := textOf(vars, "pg_mode")
	k, err := model.KernelOf(mode)
	if err != nil || k.Port == 0 {
		return
	}
	var number value.Value = int64(k.Port)
	pos := v.Where(h, "pg_mode")
	if own, ok := vars.At("pg_parameters").(*value.Dict); ok {
		for name, text := range k.Settings {
			if said, ok := own.Get(name); ok && text == strconv.Itoa(k.Port) {
				number, pos = said, own.ValuePos(name)
			}
		}
	}
	v.ClaimPort(h, "the "+k.Protocol+" protocol of "+k.Maker, "", number, pos)
}

func (v *validator) backupMethod(h *inventory.Host, vars *value.Dict) {
	method, ok := textOf(vars, "pgbackrest_method")
	if !ok || params.IsTemplate(vars.At("pgbackrest_repo")) {
		return
	}
	repos, ok := vars.At("pgbackrest_repo").(*value.Dict)
	if !ok && !vars.Has("pgbackrest_repo") {
		repos = params.Lookup("pgbackrest_repo").Default.(*value.Dict)
	}
	if !repos.Has(method) {
		decides := "pgbackrest_repo"
		if vars.Has("pgbackrest_method") {
			decides = "pgbackrest_method"
		}
		v.Add(diag.Errorf(v.Where(h, decides), "pgbackrest_repo has no repository %s", method).
			WithHint("%s", cmp.Or(diag.DidYouMean(method, repos.StringKeys()), "add the repository there, or set pgbackrest_method to the name of an existing one")))
		return
	}
	if repo, ok := repos.At(method).(*value.Dict); ok && params.ToBool(params.OrDefault(vars.At("pgbackrest_enabled"), "pgbackrest_enabled")) {
		pos := repos.KeyPos(method)
		if !pos.Known() {
			pos = v.Where(h, "pgbackrest_method")
		}
		v.backupRepo(method, repo, pos)
		if at := repo.ValuePos("path"); at.Known() {
			pos = at
		}
		v.backupsApart(method, repo, vars, pos)
	}
}

func (v *validator) citus(c *params.Cluster, at diag.Pos) {
	vars := v.Inv.Vars(c.Hosts[0])
	if vars.At("pg_mode") != "citus" {
		return
	}
	for _, name := range []string{"pg_shard", "pg_group"} {
		if vars.At(name) == nil {
			v.Add(diag.Errorf(at, "pg_mode citus needs %s for pg_cluster %s", name, c.Name))
		}
	}
}
