package resolve

import (
	"slices"

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
	Locales    []string // of libc, of the cluster and its databases
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

	visible *value.Dict // what selectors see, once somebody asked
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

func (r *pgResolver) pgClusters() {
	names, members := r.clusters("pg_cluster")
	for _, name := range names {
		c := &PgCluster{Name: name, infra: InfraOf(r.env), etcd: EtcdOf(r.env)}
		for _, n := range members[name] {
			if m := pgMember(c, n); m != nil {
				c.Members = append(c.Members, m)
				n.addFacts(func() *value.Dict { return c.Vars(m) })
			}
		}
		if len(c.Members) == 0 {
			continue
		}
		r.pgCluster(c)
		r.env.SetPart("pgsql", append(PgOf(r.env), c))
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
func (r *pgResolver) pgCluster(c *PgCluster) {
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
	r.locales(c, vars)
	r.pgCheck(c, vars)
	r.settings(c, vars)
	r.passwords(c, vars)
	r.poolUsers(vars)
	for _, m := range c.Members {
		m.HBA = r.hba(c, m, false)
		m.PoolHBA = r.hba(c, m, true)
	}
}

func (r *pgResolver) rtoPlan(c *PgCluster, vars lookup) {
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
func (r *pgResolver) stores(vars lookup) bool {
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

// PgOf are the PostgreSQL clusters of env.
func PgOf(env *Environment) []*PgCluster {
	all, _ := env.Part("pgsql").([]*PgCluster)
	return all
}

// PgClusterOf finds a cluster by name, or gives nil.
func PgClusterOf(env *Environment, name string) *PgCluster {
	for _, c := range PgOf(env) {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// pgResolver finds PostgreSQL clusters.
type pgResolver struct{ *resolver }
