package redis

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/params"
	"pig/internal/product"
	"pig/internal/products/redis/model"
	"pig/internal/secret"
	"pig/internal/value"
)

// Cluster is a Redis cluster of any mode.
type Cluster struct {
	Name    string
	Mode    string // standalone, cluster or sentinel
	Pos     diag.Pos
	Members []*Member

	declared *model.Cluster
	monitors []params.Object // redis_sentinel_monitor
	r        *resolver
}

// Member is a node with its instances.
type Member struct {
	*product.Host
	Number    int // redis_node
	Instances []Instance
}

// Instance is one server process.
type Instance struct {
	Name      string // <redis_cluster>-<redis_node>-<port>
	Port      int
	ReplicaOf string // address and port of the primary with a blank between, or ""
	follows   model.Addr
	pos       diag.Pos
}

func (r *resolver) redis() {
	for _, n := range r.Env.Hosts {
		r.watchedPasswords(n)
	}
	names, members := r.Clusters("redis_cluster")
	var all model.Topology
	for _, name := range names {
		first := members[name][0]
		c := &Cluster{Name: name, Mode: first.Vars.Text("redis_mode"), Pos: first.Vars.Pos("redis_cluster"), r: r}
		for _, n := range members[name] {
			number, ok := product.ToInt(n.Vars.Own("redis_node"))
			instances, _ := n.Vars.Own("redis_instances").(*value.Dict)
			if !ok || instances == nil {
				continue
			}
			m := &Member{Host: n, Number: number, Instances: r.redisInstances(n, fmt.Sprintf("%s-%d", name, number), instances)}
			c.Members = append(c.Members, m)
			n.AddFacts(func() *value.Dict { return c.Vars(m) })
		}
		if len(c.Members) > 0 {
			r.Env.SetPart("redis", append(Of(r.Env), c))
			c.declare(first.Vars)
			all = append(all, c.declared)
		}
	}
	r.topology = all
	for _, p := range all.Check() {
		d := r.Errorf(r.redisPlace(p), "%s", p.Msg).WithRule("redis-cluster").WithHint("%s", p.Hint)
		if p.Warning {
			d.Severity = diag.Warning
		}
	}
}

// redisInstances reads instances by port. Ports are numbers in YAML, and texts where an inventory came as JSON.
func (r *resolver) redisInstances(n *product.Host, prefix string, declared *value.Dict) []Instance {
	var list []Instance
	for key, v := range declared.All() {
		port, ok := product.ToInt(key)
		if !ok {
			continue
		}
		i := Instance{Name: fmt.Sprintf("%s-%d", prefix, port), Port: port, pos: declared.KeyPos(key)}
		if !i.pos.Known() {
			i.pos = n.Vars.Pos("redis_instances")
		}
		if d, ok := v.(*value.Dict); ok && d.At("replica_of") != nil {
			i.ReplicaOf, i.pos = value.Str(d.At("replica_of")), d.ValuePos("replica_of")
			var err error
			if i.follows, err = model.ParseAddr(i.ReplicaOf); err != nil || i.follows.Words() != i.ReplicaOf {
				r.Errorf(i.pos, "replica_of must be an address and a port with a blank between, not %s", i.ReplicaOf).
					WithHint("write an address and a port, such as '10.10.10.10 6379'")
				i.follows = model.Addr{}
			}
		}
		if slices.ContainsFunc(list, func(o Instance) bool { return o.Port == port }) {
			r.Errorf(i.pos, "port %d is declared twice on %s", port, n.Name)
			continue
		}
		list = append(list, i)
	}
	slices.SortStableFunc(list, func(a, b Instance) int { return cmp.Compare(a.Port, b.Port) })
	return list
}

// declare makes the cluster's part of the topology.
func (c *Cluster) declare(vars product.Vars) {
	d := &model.Cluster{Name: c.Name, Mode: c.Mode, Password: vars.Text("redis_password"), Replicas: vars.NumberOr("redis_cluster_replicas", 1)}
	if s, ok := value.Plain(vars.Own("redis_password")); ok && s == "" {
		c.r.Errorf(vars.Pos("redis_password"), "redis_password of %s is empty: any client that can reach a port can read and write", c.Name).
			WithHint("remove redis_password from the inventory: pig generates a password").Severity = diag.Warning
	}
	if vars.Bool("redis_exporter_enabled") {
		d.Exporter = vars.NumberOr("redis_exporter_port", 9121)
	}
	for _, m := range c.Members {
		for _, i := range m.Instances {
			d.Instances = append(d.Instances, model.Instance{Name: i.Name, Addr: model.Addr{Host: m.Name, Port: i.Port}, Follows: i.follows})
		}
	}
	d.Renames = map[string]string{}
	if renamed, ok := vars.Get("redis_rename_commands").(*value.Dict); ok {
		for k, v := range renamed.All() {
			from, to := value.KeyText(k), value.Str(v)
			if err := model.CheckCommand(from); err != nil && !params.IsTemplate(from) {
				c.r.Errorf(renamed.KeyPos(from), "redis_rename_commands of %s: %v", c.Name, err).Severity = diag.Warning
			}
			moved := slices.ContainsFunc(slices.Collect(maps.Keys(d.Renames)), func(n string) bool { return strings.EqualFold(n, to) })
			if model.IsCommand(to) && !moved {
				c.r.Errorf(renamed.ValuePos(from), "command %s of %s cannot be renamed to %s: Redis has a command of that name", from, c.Name, to)
			}
			for other, name := range d.Renames {
				if to != "" && strings.EqualFold(name, to) {
					c.r.Errorf(renamed.KeyPos(from), "commands %s and %s of %s cannot have one name: Redis does not start", other, from, c.Name)
				}
			}
			d.Renames[from] = to
		}
	}
	c.declared = d
	if c.Mode != model.Sentinels {
		return
	}
	c.monitors = vars.Objects("redis_sentinel_monitor")
	for _, o := range c.monitors {
		d.Monitors = append(d.Monitors, model.Monitor{
			Name: o.Text("name"), Primary: model.Addr{Host: o.Text("host"), Port: o.NumberOr("port", 6379)}, Quorum: o.NumberOr("quorum", 1),
			Password: o.TextOr("password", c.r.redisPassword(o.Text("name"))), Remove: params.ToBool(o.At("remove")),
		})
	}
}

// redisPlace is where a problem stands.
func (r *resolver) redisPlace(p model.Problem) diag.Pos {
	for _, c := range Of(r.Env) {
		if c.Name != p.Cluster {
			continue
		}
		if p.Monitor > 0 {
			return c.monitors[p.Monitor-1].Pos
		}
		for _, m := range c.Members {
			for _, i := range m.Instances {
				if i.Name == p.Instance {
					return i.pos
				}
			}
		}
		return c.Pos
	}
	return diag.Pos{}
}

// Endpoints are all instances as address:port, by member and port.
func (c *Cluster) Endpoints() []string {
	var list []string
	for _, m := range c.Members {
		for _, i := range m.Instances {
			list = append(list, model.Addr{Host: m.Name, Port: i.Port}.String())
		}
	}
	return list
}

// Declared tells whether any Redis cluster of the inventory has an instance at an address:port.
func (c *Cluster) Declared(at string) bool {
	a, err := model.ParseAddr(at)
	if err != nil || c.r == nil {
		return false
	}
	_, _, found := c.r.topology.Find(a)
	return found
}

// Hosts are the nodes of the cluster.
func (c *Cluster) Hosts() []string {
	var hosts []string
	for _, m := range c.Members {
		hosts = append(hosts, m.Name)
	}
	return hosts
}

// Watches are the names of the clusters whose primaries the sentinels of this one watch.
func (c *Cluster) Watches() []string {
	var names []string
	for _, mon := range c.declared.Monitors {
		if of, _, ok := c.r.topology.Find(mon.Primary); ok && !slices.Contains(names, of.Name) {
			names = append(names, of.Name)
		}
	}
	return names
}

// Vars are the facts about the cluster as a member sees it: its instances, the endpoints of all, what sentinels watch.
func (c *Cluster) Vars(m *Member) *value.Dict {
	instances := value.NewList()
	for _, i := range m.Instances {
		instances.Append(c.instance(m, i))
	}
	return value.DictOf("redis_nodename", fmt.Sprintf("%s-%d", c.Name, m.Number), "redis_instance_list", instances,
		"redis_cluster_endpoints", value.Strings(c.Endpoints()), "redis_cluster_members", value.Strings(c.Hosts()), "redis_monitors", c.monitorValues())
}

// instance is an instance as roles see it: peers are the others with the same primary, or of the same native cluster, watchers the sentinels that watch it.
func (c *Cluster) instance(m *Member, i Instance) *value.Dict {
	t, self := c.r.topology, model.Addr{Host: m.Name, Port: i.Port}
	_, declared, _ := t.Find(self)
	_, upstream, _ := t.Find(i.follows)
	root, _ := t.Root(declared)
	peers, watchers := value.NewList(), value.NewList()
	group := t.Group(root)
	if c.Mode == model.Native {
		group = nil
		for _, o := range c.declared.Instances {
			group = append(group, o.Addr)
		}
	}
	for _, a := range group {
		if a != self && c.Mode != model.Sentinels {
			peers.Append(a.String())
		}
	}
	for _, o := range t {
		for _, mon := range o.Monitors {
			if mon.Primary != root || mon.Remove || c.Mode != model.Standalone {
				continue
			}
			for _, s := range o.Instances {
				watchers.Append(value.DictOf("address", s.Addr.String(), "name", mon.Name, "password", sealed(o.Password)))
			}
		}
	}
	return value.DictOf("name", i.Name, "port", int64(i.Port), "replica_of", i.ReplicaOf, "chained", upstream.Follows.Known(), "peers", peers, "watchers", watchers)
}

// monitorValues are the primaries to watch, with what the inventory knows of them.
func (c *Cluster) monitorValues() *value.List {
	all := value.NewList()
	for i, mon := range c.declared.Monitors {
		group := value.NewList()
		for _, a := range c.r.topology.Group(mon.Primary) {
			group.Append(a.String())
		}
		d := value.DictOf("name", mon.Name, "address", mon.Primary.String(), "quorum", int64(mon.Quorum), "password", sealed(mon.Password), "remove", mon.Remove, "group", group)
		for _, field := range []string{"down_after_milliseconds", "failover_timeout", "parallel_syncs"} {
			if v := c.monitors[i].At(field); v != nil {
				d.Set(field, v)
			}
		}
		renames := value.NewDict()
		for _, o := range Of(c.r.Env) {
			if of, _, ok := (model.Topology{o.declared}).Find(mon.Primary); ok && of == o.declared {
				for _, from := range slices.Sorted(maps.Keys(o.declared.Renames)) {
					renames.Set(from, o.declared.Renames[from])
				}
			}
		}
		d.Set("renames", renames)
		all.Append(d)
	}
	return all
}

func sealed(password string) value.Value {
	if password == "" {
		return ""
	}
	return secret.New(password)
}

// Of are the Redis clusters of env.
func Of(env *product.Environment) []*Cluster {
	all, _ := env.Part("redis").([]*Cluster)
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

// resolver finds Redis clusters.
type resolver struct {
	*product.Resolver
	topology model.Topology
}

// alone tells whether nobody looks for the instances of a node from elsewhere: it is a standalone cluster of one node, without replicas, that no
// sentinels watch.
func alone(e *product.Environment, n *product.Host) bool {
	watched := slices.ContainsFunc(e.Hosts, func(h *product.Host) bool {
		return slices.ContainsFunc(h.Vars.Objects("redis_sentinel_monitor"), func(o params.Object) bool { return o.Text("host") == n.Name })
	})
	for _, c := range Of(e) {
		for _, m := range c.Members {
			if m.Host != n {
				continue
			}
			follows := slices.ContainsFunc(m.Instances, func(i Instance) bool { return i.ReplicaOf != "" })
			return !watched && !follows && c.Mode == "standalone" && len(c.Members) == 1
		}
	}
	return !watched
}
