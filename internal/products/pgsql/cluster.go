package pgsql

import (
	"slices"

	"pig/internal/diag"
	"pig/internal/product"
	"pig/internal/products/etcd"
	"pig/internal/products/infra"
	"pig/internal/products/pgsql/model"
	"pig/internal/value"
)

// Cluster is a PostgreSQL cluster.
type Cluster struct {
	Name    string
	Shard   string // pg_shard: of a horizontal cluster; else the name
	Group   int    // pg_group
	Mode    string // pg_mode
	Kernel  model.Kernel
	Version int // pg_version
	Members []*Member
	// Services are those of every cluster, then the cluster's own.
	Services []*Service
	RTO      model.RTO
	VIP      *VIP // nil if there is none
	DNS      DNS
	Pos      diag.Pos
	// Extensions are those of all databases, Packages what brings them, Libs what is preloaded.
	Extensions []string
	Locales    []string // of libc, of the cluster and its databases
	Packages   []string
	Libs       string
	Loads      []string // other libraries that settings name, as files
	// Follows is the cluster that this one follows, nil if it leads or follows a server elsewhere. UpstreamHosts are the
	// addresses to follow, the declared one first.
	Follows       *Cluster
	UpstreamHosts []string
	// Groups are the other clusters of its shard, if it is a part of a distributed database (Citus).
	Groups []*Cluster
	// Provider are the hosts whose load balancers offer its services; none if the members' own do.
	Provider []string
	// Stores tells that its backups go to object storage, which may be this environment's own.
	Stores bool

	infra []*product.Host
	etcd  *etcd.Cluster
}

// Member is an instance of a cluster.
type Member struct {
	*product.Host
	Seq      int
	Role     model.Role
	Instance string // <pg_cluster>-<pg_seq>
	Upstream string // pg_upstream, or ""
	// ReplicateFrom is the member that a cascading replica copies from, or "".
	ReplicateFrom string
	HBA           []string
	PoolHBA       []string // of pgbouncer

	visible *value.Dict // what selectors see, once somebody asked
}

// Service is a service with the members that serve it.
type Service struct {
	model.Service
	Servers []model.Server
	Pos     diag.Pos
}

// VIP is the virtual address of the primary.
type VIP struct {
	Address   string
	Mask      int
	Interface string // "" is the one that carries the node's own address
	Router    int    // VRRP's number for those who share it
}

// DNS is the cluster's DNS name and what it points at; an empty address means no record.
type DNS struct{ Name, Address string }

// Primary is the member that the inventory calls primary, nil unless there is exactly one.
func (c *Cluster) Primary() *Member {
	var found *Member
	for _, m := range c.Members {
		if m.Role != model.Primary {
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
func (c *Cluster) Member(host string) *Member {
	for _, m := range c.Members {
		if m.Name == host {
			return m
		}
	}
	return nil
}

// Upstream is the address that the cluster follows, "" if it leads itself.
func (c *Cluster) Upstream() string {
	if p := c.Primary(); p != nil {
		return p.Upstream
	}
	return ""
}

// Standby tells whether the cluster follows another one.
func (c *Cluster) Standby() bool { return c.Upstream() != "" }

// Scope is the name under which Patroni knows the cluster in etcd.
func (c *Cluster) Scope() string {
	if c.Mode == "citus" {
		return c.Shard
	}
	return c.Name
}

func (r *resolver) pgClusters() {
	names, members := r.Clusters("pg_cluster")
	for _, name := range names {
		c := &Cluster{Name: name, infra: infra.Nodes(r.Env), etcd: etcd.Of(r.Env)}
		for _, n := range members[name] {
			if m := pgMember(c, n); m != nil {
				c.Members = append(c.Members, m)
				n.AddFacts(func() *value.Dict { return c.Vars(m) })
			}
		}
		if len(c.Members) == 0 {
			continue
		}
		r.pgCluster(c)
		r.Env.SetPart("pgsql", append(Of(r.Env), c))
	}
}

// pgMember identifies an instance; nil if its number or role is missing.
func pgMember(c *Cluster, n *product.Host) *Member {
	seq, ok := product.ToInt(n.Vars.Own("pg_seq"))
	role := n.Vars.Own("pg_role")
	if !ok || role == nil {
		return nil
	}
	return &Member{Host: n, Seq: seq, Role: model.Role(value.Str(role)), Instance: model.InstanceName(c.Name, seq), Upstream: n.Vars.Text("pg_upstream")}
}

// pgCluster resolves what the members share, from the variables of the primary.
func (r *resolver) pgCluster(c *Cluster) {
	first := c.Members[0]
	if p := c.Primary(); p != nil {
		first = p
	}
	vars := first.Vars
	c.Pos = vars.Pos("pg_cluster")
	c.Mode, c.Version = vars.Text("pg_mode"), vars.NumberOr("pg_version", 0)
	r.kernel(c, vars)
	c.Shard, c.Group = vars.Text("pg_shard"), vars.NumberOr("pg_group", 0)
	if c.Shard == "" {
		c.Shard = c.Name
	}
	c.Stores = r.stores(vars)
	r.rtoPlan(c, vars)
	r.pgVIP(c, vars)
	r.pgDNS(c, vars)
	r.services(c, vars)
	r.provider(c, vars)
	r.serviceAddresses(c, vars)
	r.extensions(c, vars)
	r.locales(c, vars)
	r.pgCheck(c, vars)
	r.settings(c, vars)
	c.loads(vars)
	r.passwords(c, vars)
	r.poolUsers(vars)
	for _, m := range c.Members {
		m.HBA = r.hba(c, m, false)
		m.PoolHBA = r.hba(c, m, true)
	}
}

func (r *resolver) rtoPlan(c *Cluster, vars product.Vars) {
	plans, _ := vars.Get("pg_rto_plan").(*value.Dict)
	if plans == nil {
		return
	}
	plan, _ := plans.At(vars.Text("pg_rto")).(*value.List)
	if plan == nil {
		plan, _ = plans.At("norm").(*value.List)
	}
	if plan == nil {
		r.Errorf(vars.Pos("pg_rto_plan"), "pg_rto_plan has no plan %s", vars.Text("pg_rto"))
		return
	}
	var err error
	if c.RTO, err = model.RTOPlan(plan.Items); err != nil {
		r.AddError(vars.Pos("pg_rto_plan"), err)
	}
}

// Addresses are those of all members, sorted as text.
func (c *Cluster) Addresses() []string {
	list := make([]string, len(c.Members))
	for i, m := range c.Members {
		list[i] = m.Name
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// stores tells whether the backup repository that is chosen is one of objects.
func (r *resolver) stores(vars product.Vars) bool {
	repos, _ := vars.Get("pgbackrest_repo").(*value.Dict)
	if !vars.Bool("pgbackrest_enabled") || repos == nil {
		return false
	}
	repo, _ := repos.At(vars.Text("pgbackrest_method")).(*value.Dict)
	return repo != nil && repo.At("type") == "s3"
}

// Hosts are those of all members, by first appearance.
func (c *Cluster) Hosts() []string {
	hosts := make([]string, len(c.Members))
	for i, m := range c.Members {
		hosts[i] = m.Name
	}
	return hosts
}

// Of are the PostgreSQL clusters of env.
func Of(env *product.Environment) []*Cluster {
	all, _ := env.Part("pgsql").([]*Cluster)
	return all
}

// ClusterOf finds a cluster by name, or gives nil.
func ClusterOf(env *product.Environment, name string) *Cluster {
	for _, c := range Of(env) {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// resolver finds PostgreSQL clusters.
type resolver struct{ *product.Resolver }
