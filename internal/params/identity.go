package params

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"pig/internal/diag"
	"pig/internal/inventory"
	"pig/internal/value"
)

var clusterName = regexp.MustCompile(`^[A-Za-z0-9-]+$`)

// longestCluster leaves room for -NUMBER in the 64 bytes of a host name (HOST_NAME_MAX, Linux) and of a common name (RFC 5280, ub-common-name).
const longestCluster = 60

// identities checks that hosts say what they are: every member of a cluster has its number, and no two the same.
func (v *validator) identities() {
	for _, c := range v.clusters("pg_cluster") {
		v.pgCluster(c)
	}
	for _, c := range v.clusters("redis_cluster") {
		v.numbers(c, "redis_node")
		v.required(c, "redis_instances")
	}
	for _, c := range v.clusters("minio_cluster") {
		v.numbers(c, "minio_seq")
		v.contiguous(c)
	}
	v.groupMembers("infra", "infra_seq")
	if n := v.groupMembers("etcd", "etcd_seq"); n > 0 && n%2 == 0 {
		v.add(diag.Warnf(v.inv.Group("etcd").Pos, "etcd has %d members", n).WithHint("declare an odd number of members: %d survive as many failures as %d", n, n-1))
	}
	for _, param := range []string{"pg_cluster", "redis_cluster", "minio_cluster"} {
		for _, c := range v.clusters(param) {
			for _, h := range c.hosts {
				v.addressed(h, param+" "+c.name)
			}
		}
	}
	for _, name := range []string{"infra", "etcd"} {
		if g := v.inv.Group(name); g != nil {
			for _, h := range v.inv.HostsOf(g) {
				v.addressed(h, "group "+name)
			}
		}
	}
	for _, h := range v.inv.Hosts() {
		v.orphans(h)
		v.nodeVIP(h)
		v.oneCluster(h)
	}
	v.vips()
}

// oneCluster tells hosts whose groups put them into several clusters of a kind: the variables of the last group would win,
// and the other clusters would lose a member without a word.
func (v *validator) oneCluster(h *inventory.Host) {
	for _, param := range []string{"pg_cluster", "redis_cluster", "minio_cluster"} {
		if v.inv.HostVars(h).Has(param) {
			continue
		}
		var first string
		for _, name := range v.inv.GroupNames(h) {
			vars := v.inv.GroupVars(v.inv.Group(name))
			cluster, ok := vars.At(param).(string)
			switch {
			case !ok:
			case first == "":
				first = cluster
			case cluster != first:
				v.add(diag.Errorf(vars.ValuePos(param), "host %s is in two clusters: %s %s and %s", h.Name, param, first, cluster).
					WithHint("remove the host from one of the groups"))
			}
		}
	}
}

// cluster is the hosts that say the same about themselves.
type cluster struct {
	param string // pg_cluster ...
	name  string
	hosts []*inventory.Host
}

func (v *validator) clusters(param string) []*cluster {
	var all []*cluster
	byName := map[string]*cluster{}
	for _, h := range v.inv.Hosts() {
		val := v.inv.Vars(h).At(param)
		if val == nil || IsTemplate(val) {
			continue
		}
		name := value.KeyText(val)
		c := byName[name]
		if c == nil {
			c = &cluster{param: param, name: name}
			byName[name] = c
			all = append(all, c)
		}
		c.hosts = append(c.hosts, h)
	}
	return all
}

func (v *validator) where(h *inventory.Host, name string) diag.Pos {
	if pos := v.inv.Where(h, name); pos.Known() {
		return pos
	}
	return h.Pos
}

// required tells hosts of a cluster that lack a parameter.
func (v *validator) required(c *cluster, name string) {
	for _, h := range c.hosts {
		if v.inv.Vars(h).At(name) == nil {
			v.add(diag.Errorf(h.Pos, "host %s of %s %s lacks %s", h.Name, c.param, c.name, name).
				WithHint("write %s: { %s: ... }", h.Name, name))
		}
	}
}

// numbers checks that each host of a cluster has a number of its own.
func (v *validator) numbers(c *cluster, name string) {
	v.required(c, name)
	first := map[int64]*inventory.Host{}
	for _, h := range c.hosts {
		n, ok := toInt(v.inv.Vars(h).At(name))
		if !ok {
			continue
		}
		if n < 0 {
			v.add(diag.Errorf(v.where(h, name), "%s must not be negative", name))
		}
		if before := first[n]; before != nil {
			v.add(diag.Errorf(v.where(h, name), "hosts %s and %s of %s %s have the same %s %d", before.Name, h.Name, c.param, c.name, name, n))
			continue
		}
		first[n] = h
	}
}

// groupMembers checks the members of a group that by its name is a cluster, and counts them.
func (v *validator) groupMembers(group, number string) int {
	g := v.inv.Group(group)
	if g == nil {
		return 0
	}
	hosts := v.inv.HostsOf(g)
	v.numbers(&cluster{param: "group", name: group, hosts: hosts}, number)
	return len(hosts)
}

func (v *validator) pgCluster(c *cluster) {
	at := v.where(c.hosts[0], "pg_cluster")
	if !clusterName.MatchString(c.name) || c.name == "root" {
		v.add(diag.Errorf(at, "invalid cluster name %q: want letters, digits and dashes, but not root", c.name))
	}
	if len(c.name) > longestCluster {
		v.add(diag.Errorf(at, "invalid cluster name %q: at most %d characters: host names and names in certificates have 64, with the number of the member", c.name, longestCluster))
	}
	v.numbers(c, "pg_seq")
	v.required(c, "pg_role")
	v.primaries(c)
	for _, h := range c.hosts {
		v.pgMember(h)
	}
	v.citus(c, at)
}

func (v *validator) primaries(c *cluster) {
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

func (v *validator) pgMember(h *inventory.Host) {
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

func (v *validator) backupMethod(h *inventory.Host, vars *value.Dict) {
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

func (v *validator) citus(c *cluster, at diag.Pos) {
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

// contiguous checks that a MinIO cluster of several nodes is numbered without gaps: its volumes are given as a range.
func (v *validator) contiguous(c *cluster) {
	var seqs []int
	for _, h := range c.hosts {
		if n, ok := toInt(v.inv.Vars(h).At("minio_seq")); ok {
			seqs = append(seqs, int(n))
		}
	}
	slices.Sort(seqs)
	if len(seqs) > 1 && seqs[len(seqs)-1]-seqs[0] != len(seqs)-1 && len(slices.Compact(slices.Clone(seqs))) == len(seqs) {
		v.add(diag.Errorf(v.where(c.hosts[0], "minio_cluster"), "minio_seq of minio_cluster %s has gaps: %s", c.name, fmt.Sprint(seqs)).
			WithHint("number the nodes from %d to %d", seqs[0], seqs[0]+len(seqs)-1))
	}
}

// orphans tells hosts that have a number in a cluster but no cluster.
func (v *validator) orphans(h *inventory.Host) {
	vars := v.inv.Vars(h)
	for number, cluster := range map[string]string{"pg_seq": "pg_cluster", "pg_role": "pg_cluster", "redis_node": "redis_cluster", "minio_seq": "minio_cluster"} {
		if vars.At(number) != nil && vars.At(cluster) == nil {
			v.add(diag.Errorf(v.where(h, number), "host %s has %s but no %s", h.Name, number, cluster).WithHint("set %s in vars of its group", cluster))
		}
	}
}

func (v *validator) nodeVIP(h *inventory.Host) {
	vars := v.inv.Vars(h)
	if !truthy(vars.At("vip_enabled")) {
		return
	}
	for _, name := range []string{"vip_address", "vip_vrid"} {
		if vars.At(name) == nil {
			v.add(diag.Errorf(v.where(h, "vip_enabled"), "vip_enabled needs %s on host %s", name, h.Name))
		}
	}
	if id, ok := toInt(vars.At("vip_vrid")); ok && (id < 1 || id > 254) {
		v.add(diag.Errorf(v.where(h, "vip_vrid"), "vip_vrid must be 1 to 254, not %s", strconv.FormatInt(id, 10)))
	}
}

// truthy is Ansible's bool filter.
func truthy(v value.Value) bool {
	switch v := v.(type) {
	case bool:
		return v
	case int64:
		return v == 1
	case string:
		return slices.Contains([]string{"yes", "Yes", "on", "1", "true", "True", "TRUE"}, v)
	}
	return false
}
