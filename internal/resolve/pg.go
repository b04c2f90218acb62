package resolve

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"pig/internal/diag"
	"pig/internal/pgsql"
	"pig/internal/value"
)

// PgCluster is a PostgreSQL cluster.
type PgCluster struct {
	Name    string
	Shard   string // pg_shard: of a horizontal cluster; else the name
	Group   int    // pg_group
	Mode    string // pg_mode
	Version int    // pg_version
	Members []*PgMember
	// Services are those of every cluster, then the cluster's own.
	Services []*PgService
	RTO      pgsql.RTO
	VIP      *PgVIP // nil if there is none
	DNS      PgDNS
	Pos      diag.Pos
	// Extensions are those of all databases, Packages what brings them, Libs what is preloaded.
	Extensions []string
	Packages   []string
	Libs       string
	// Follows is the cluster that this one follows, nil if it leads or follows a server elsewhere. UpstreamHosts are the
	// addresses to follow, the declared one first.
	Follows       *PgCluster
	UpstreamHosts []string
	// Provider are the hosts whose load balancers offer its services; none if the members' own do.
	Provider []string
	// Stores tells that its backups go to object storage, which may be this environment's own.
	Stores bool

	packageMap map[string]string
	infra      []*Node
	etcd       *EtcdCluster
}

// PgMember is an instance of a cluster.
type PgMember struct {
	*Node
	Seq      int
	Role     pgsql.Role
	Instance string // <pg_cluster>-<pg_seq>
	Upstream string // pg_upstream, or ""
	// ReplicateFrom is the member that a cascading replica copies from, or "".
	ReplicateFrom string
	HBA           []string
	PoolHBA       []string // of pgbouncer
}

// PgService is a service with the members that serve it.
type PgService struct {
	pgsql.Service
	Servers []pgsql.Server
	Pos     diag.Pos
}

// PgVIP is the virtual address of the primary.
type PgVIP struct {
	Address   string
	Mask      int
	Interface string // "" is the one that carries the node's own address
	Router    int    // VRRP's number for those who share it
}

// PgDNS is the cluster's DNS name and what it points at; an empty address means no record.
type PgDNS struct{ Name, Address string }

// Primary is the member that the inventory calls primary, nil unless there is exactly one.
func (c *PgCluster) Primary() *PgMember {
	var found *PgMember
	for _, m := range c.Members {
		if m.Role != pgsql.Primary {
			continue
		}
		if found != nil {
			return nil
		}
		found = m
	}
	return found
}

// Member finds a member by the name of its host, or gives nil.
func (c *PgCluster) Member(host string) *PgMember {
	for _, m := range c.Members {
		if m.Name == host {
			return m
		}
	}
	return nil
}

// Upstream is the address that the cluster follows, "" if it leads itself.
func (c *PgCluster) Upstream() string {
	if p := c.Primary(); p != nil {
		return p.Upstream
	}
	return ""
}

// Standby tells whether the cluster follows another one.
func (c *PgCluster) Standby() bool { return c.Upstream() != "" }

// Scope is the name under which Patroni knows the cluster in etcd.
func (c *PgCluster) Scope() string {
	if c.Mode == "citus" {
		return c.Shard
	}
	return c.Name
}

func (r *resolver) pgClusters() {
	names, members := r.clusters("pg_cluster")
	for _, name := range names {
		c := &PgCluster{Name: name, infra: r.env.Infra, etcd: r.env.Etcd}
		for _, n := range members[name] {
			if m := pgMember(c, n); m != nil {
				c.Members = append(c.Members, m)
				n.facts = append(n.facts, func() *value.Dict { return c.Vars(m) })
			}
		}
		if len(c.Members) == 0 {
			continue
		}
		r.pgCluster(c)
		r.env.Pg = append(r.env.Pg, c)
	}
}

// pgMember identifies an instance; nil if its number or role is missing.
func pgMember(c *PgCluster, n *Node) *PgMember {
	seq, ok := asInt(n.vars.own("pg_seq"))
	role := n.vars.own("pg_role")
	if !ok || role == nil {
		return nil
	}
	return &PgMember{Node: n, Seq: seq, Role: pgsql.Role(value.Str(role)), Instance: pgsql.InstanceName(c.Name, seq), Upstream: n.vars.text("pg_upstream")}
}

// pgCluster resolves what the members share, from the variables of the primary.
func (r *resolver) pgCluster(c *PgCluster) {
	first := c.Members[0]
	if p := c.Primary(); p != nil {
		first = p
	}
	vars := first.vars
	c.Pos = vars.pos("pg_cluster")
	c.Mode, c.Version = vars.text("pg_mode"), vars.numberOr("pg_version", 0)
	c.Shard, c.Group = vars.text("pg_shard"), vars.numberOr("pg_group", 0)
	if c.Shard == "" {
		c.Shard = c.Name
	}
	c.Stores = r.stores(vars)
	r.rtoPlan(c, vars)
	r.pgVIP(c, vars)
	r.pgDNS(c, vars)
	r.services(c, vars)
	r.provider(c, vars)
	r.extensions(c, vars)
	r.pgCheck(c, vars)
	r.settings(c, vars)
	r.passwords(c, vars)
	r.poolUsers(vars)
	for _, m := range c.Members {
		m.HBA = r.hba(c, m, false)
		m.PoolHBA = r.hba(c, m, true)
	}
}

func (r *resolver) rtoPlan(c *PgCluster, vars lookup) {
	plans, _ := vars.get("pg_rto_plan").(*value.Dict)
	if plans == nil {
		return
	}
	plan, _ := plans.At(vars.text("pg_rto")).(*value.List)
	if plan == nil {
		plan, _ = plans.At("norm").(*value.List)
	}
	if plan == nil {
		r.errorf(vars.pos("pg_rto_plan"), "pg_rto_plan has no plan %s", vars.text("pg_rto"))
		return
	}
	var err error
	if c.RTO, err = pgsql.RTOPlan(plan.Items); err != nil {
		r.addError(vars.pos("pg_rto_plan"), err)
	}
}

// pgVIP is the virtual address that the variables declare, without its mask, "" if there is none.
func pgVIP(vars lookup) (address string, mask int) {
	text := vars.text("pg_vip_address")
	if !vars.bool("pg_vip_enabled") || strings.HasPrefix(text, "127.0.0.") {
		return "", 0
	}
	address, bits, ok := strings.Cut(text, "/")
	mask, err := strconv.Atoi(bits)
	if !ok || err != nil {
		mask = 24
	}
	return address, mask
}

func (r *resolver) pgVIP(c *PgCluster, vars lookup) {
	address, mask := pgVIP(vars)
	if address == "" {
		return
	}
	c.VIP = &PgVIP{Address: address, Mask: mask, Interface: vars.text("pg_vip_interface")}
	if c.VIP.Interface == "auto" {
		c.VIP.Interface = ""
	}
	c.VIP.Router = routerID(c, address)
}

// routerID is the last part of the address, moved on past the numbers that the members have for addresses of their nodes: one
// interface cannot have the same number twice.
func routerID(c *PgCluster, address string) int {
	const most = 255
	id := 0
	if a, err := netip.ParseAddr(address); err == nil {
		id = int(a.AsSlice()[a.BitLen()/8-1])
	}
	taken := func(id int) bool {
		return id == 0 || slices.ContainsFunc(c.Members, func(m *PgMember) bool { return m.Node.VIP != nil && m.Node.VIP.RouterID == id })
	}
	for range most {
		if !taken(id) {
			break
		}
		id = (id + 1) % (most + 1)
	}
	return id
}

func (r *resolver) pgDNS(c *PgCluster, vars lookup) {
	c.DNS.Name = c.Name + vars.text("pg_dns_suffix")
	vip, primary := "", ""
	if c.VIP != nil {
		vip = c.VIP.Address
	}
	if p := c.Primary(); p != nil {
		primary = p.Name
	}
	switch target := vars.text("pg_dns_target"); target {
	case "auto", "":
		c.DNS.Address = vip
		if vip == "" {
			c.DNS.Address = primary
		}
	case "vip":
		c.DNS.Address = vip
	case "primary":
		c.DNS.Address = primary
	case "none":
	default:
		if _, err := netip.ParseAddr(target); err != nil {
			r.errorf(vars.pos("pg_dns_target"), "pg_dns_target must be auto, primary, vip, none or an address, not %s", target)
			return
		}
		c.DNS.Address = target
	}
}

func (r *resolver) services(c *PgCluster, vars lookup) {
	members := make([]pgsql.Member, len(c.Members))
	for i, m := range c.Members {
		members[i] = pgsql.Member{
			Name: m.Instance, Address: m.Name, Vars: m.selectable(),
			Port: m.vars.numberOr("pg_port", 5432), PgbouncerPort: m.vars.numberOr("pgbouncer_port", 6432),
			PatroniPort: m.vars.numberOr("patroni_port", 8008), PatroniTLS: m.vars.bool("patroni_ssl_enabled"), Weight: m.vars.numberOr("pg_weight", 100),
		}
	}
	usual := vars.objects("pg_default_services")
	for i, s := range append(usual, vars.objects("pg_services")...) {
		port, ok := asInt(s.At("port"))
		if s.text("name") == "" || !ok || s.text("selector") == "" {
			continue // params.Validate has told
		}
		service := &PgService{Pos: s.pos, Service: pgsql.Service{
			Name: s.text("name"), Port: port, IP: s.textOr("ip", "*"), Dest: s.textOr("dest", "default"), Check: s.textOr("check", "/"),
			Selector: s.text("selector"), Backup: s.text("backup"), Maxconn: s.numberOr("maxconn", 5000), Balance: s.textOr("balance", "roundrobin"),
			Options: s.textOr("options", c.RTO.DefaultServer()),
		}}
		servers, err := service.Service.Servers(members, vars.text("pg_default_service_dest"))
		if err != nil {
			r.addError(s.at("selector"), err)
			continue
		}
		if len(servers) == 0 && i >= len(usual) {
			r.diags = append(r.diags, diag.Warnf(s.at("selector"), "no member of %s serves %s: its selector chooses none", c.Name, service.Name))
		}
		service.Servers = servers
		c.Services = append(c.Services, service)
	}
}

// selectable are the variables that selectors see: what the inventory and -e say, not the defaults, as in Pigsty.
func (n *Node) selectable() *value.Dict {
	if n.visible != nil {
		return n.visible
	}
	d := n.vars.vars.Clone()
	if e := n.vars.r.options.Extra; e != nil {
		d.Update(e)
	}
	for _, name := range []string{"pg_role", "pg_seq", "pg_offline_query"} {
		if v := n.vars.own(name); v != nil {
			d.Set(name, v)
		}
	}
	d.Set("inventory_hostname", n.Name)
	n.visible = d
	return d
}

func (r *resolver) hba(c *PgCluster, m *PgMember, pooler bool) []string {
	vars := m.vars
	h := &pgsql.HBA{
		Role: m.Role, OfflineQuery: vars.bool("pg_offline_query"), Pooler: pooler, MD5: vars.text("pg_pwd_enc") == "md5",
		DBSU: vars.text("pg_dbsu"), Replicator: vars.text("pg_replication_username"), Monitor: vars.text("pg_monitor_username"), Admin: vars.text("pg_admin_username"),
		AdminIP: vars.text("admin_ip"), Infra: addresses(r.env.Infra), Members: c.Addresses(), Intranet: r.intranet(vars),
	}
	h.NoTLS = vars.text("pgbouncer_sslmode") == "disable"
	h.Remote = vars.text("pg_dbsu_password") != ""
	h.Privileged = privileged(vars, h.Replicator, h.Monitor, h.Admin)
	lists := []string{"pg_default_hba_rules", "pg_hba_rules"}
	if pooler {
		lists = []string{"pgb_default_hba_rules", "pgb_hba_rules"}
	}
	var rules []pgsql.HBARule
	for _, list := range lists {
		for _, o := range vars.objects(list) {
			rule := hbaRule(o)
			rule.Default = vars.own(list) == nil
			rules = append(rules, rule)
		}
	}
	lines, err := h.Render(rules)
	r.addError(m.Host.Pos, err)
	return lines
}

// privileged are the users that come from other hosts by TLS only: those given, and the superusers and replication users that the
// inventory declares.
func privileged(vars lookup, names ...string) []string {
	for _, list := range []string{"pg_default_roles", "pg_users"} {
		for _, u := range vars.objects(list) {
			if name := u.text("name"); (asBool(u.At("superuser")) || asBool(u.At("replication"))) && name != vars.text("pg_dbsu") && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

func hbaRule(o object) pgsql.HBARule {
	rule := pgsql.HBARule{
		Title: o.text("title"), Role: o.text("role"), User: o.text("user"), DB: o.text("db"), Addr: o.text("addr"), Auth: o.text("auth"), Pos: o.pos,
	}
	if n, ok := asInt(o.At("order")); ok {
		rule.Order = &n
	}
	if raw, ok := o.At("rules").(*value.List); ok {
		for _, line := range raw.Items {
			rule.Raw = append(rule.Raw, value.Str(line))
		}
	}
	return rule
}

// Addresses are those of all members, sorted as text.
func (c *PgCluster) Addresses() []string {
	list := make([]string, len(c.Members))
	for i, m := range c.Members {
		list[i] = m.Name
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// stores tells whether the backup repository that is chosen is one of objects.
func (r *resolver) stores(vars lookup) bool {
	repos, _ := vars.get("pgbackrest_repo").(*value.Dict)
	if !vars.bool("pgbackrest_enabled") || repos == nil {
		return false
	}
	repo, _ := repos.At(vars.text("pgbackrest_method")).(*value.Dict)
	return repo != nil && repo.At("type") == "s3"
}

// Hosts are those of all members, by first appearance.
func (c *PgCluster) Hosts() []string {
	hosts := make([]string, len(c.Members))
	for i, m := range c.Members {
		hosts[i] = m.Name
	}
	return hosts
}
