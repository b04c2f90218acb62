package resolve

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"pig/internal/value"
)

// RedisCluster is a Redis cluster of any mode.
type RedisCluster struct {
	Name    string
	Mode    string // standalone, cluster or sentinel
	Members []*RedisMember
}

// RedisMember is a node with its instances.
type RedisMember struct {
	*Node
	Number    int // redis_node
	Instances []RedisInstance
}

// RedisInstance is one server process.
type RedisInstance struct {
	Name      string // <redis_cluster>-<redis_node>-<port>
	Port      int
	ReplicaOf string // address and port of the primary with a blank between, or ""
}

func (r *resolver) redis() {
	names, members := r.clusters("redis_cluster")
	for _, name := range names {
		c := &RedisCluster{Name: name, Mode: members[name][0].vars.text("redis_mode")}
		for _, n := range members[name] {
			number, ok := asInt(n.vars.own("redis_node"))
			instances, _ := n.vars.own("redis_instances").(*value.Dict)
			if !ok || instances == nil {
				continue
			}
			m := &RedisMember{Node: n, Number: number, Instances: r.redisInstances(fmt.Sprintf("%s-%d", name, number), instances)}
			c.Members = append(c.Members, m)
			n.facts = append(n.facts, func() *value.Dict { return c.Vars(m) })
		}
		if len(c.Members) > 0 {
			r.env.Redis = append(r.env.Redis, c)
		}
	}
}

// redisInstances reads instances by port. Ports are numbers in YAML, and texts where an inventory came as JSON.
func (r *resolver) redisInstances(prefix string, declared *value.Dict) []RedisInstance {
	var list []RedisInstance
	for key, v := range declared.All() {
		port, ok := asInt(key)
		if !ok {
			continue
		}
		i := RedisInstance{Name: fmt.Sprintf("%s-%d", prefix, port), Port: port}
		if d, ok := v.(*value.Dict); ok && d.At("replica_of") != nil {
			i.ReplicaOf = value.Str(d.At("replica_of"))
			if len(strings.Fields(i.ReplicaOf)) != 2 {
				r.errorf(d.ValuePos("replica_of"), "replica_of must be an address and a port with a blank between, not %s", i.ReplicaOf).
					WithHint("such as '10.10.10.10 6379'")
			}
		}
		list = append(list, i)
	}
	slices.SortStableFunc(list, func(a, b RedisInstance) int { return cmp.Compare(a.Port, b.Port) })
	return list
}

// Endpoints are all instances as address:port, by member and port.
func (c *RedisCluster) Endpoints() []string {
	var list []string
	for _, m := range c.Members {
		for _, i := range m.Instances {
			list = append(list, fmt.Sprintf("%s:%d", m.Name, i.Port))
		}
	}
	return list
}

// Vars are the facts about the cluster as a member sees it: its instances, and the endpoints of all.
func (c *RedisCluster) Vars(m *RedisMember) *value.Dict {
	instances := value.NewList()
	for _, i := range m.Instances {
		instances.Append(value.DictOf("name", i.Name, "port", int64(i.Port), "replica_of", i.ReplicaOf))
	}
	return value.DictOf("redis_nodename", fmt.Sprintf("%s-%d", c.Name, m.Number), "redis_instance_list", instances,
		"redis_cluster_endpoints", value.Strings(c.Endpoints()))
}
