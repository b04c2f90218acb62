package resolve

import "pig/internal/value"

// View is the environment as people and programs may look at it: clusters with their members, roles, services and rules.
func (e *Environment) View() *value.Dict {
	d := value.NewDict()
	list := func(name string, n int, item func(int) value.Value) {
		if n == 0 {
			return
		}
		l := value.NewList()
		for i := range n {
			l.Append(item(i))
		}
		d.Set(name, l)
	}
	list("nodes", len(e.Nodes), func(i int) value.Value { return e.Nodes[i].view() })
	list("infra", len(e.Infra), func(i int) value.Value { return e.Infra[i].Name })
	if e.Etcd != nil {
		d.Set("etcd", e.Etcd.view())
	}
	list("minio", len(e.Minio), func(i int) value.Value { return e.Minio[i].view() })
	list("pgsql", len(e.Pg), func(i int) value.Value { return e.Pg[i].view() })
	list("redis", len(e.Redis), func(i int) value.Value { return e.Redis[i].view() })
	return d
}

func (n *Node) view() *value.Dict {
	d := value.DictOf("ip", n.Name, "cluster", n.Cluster)
	if n.Nodename != "" {
		d.Set("name", n.Nodename)
	}
	if n.VIP != nil {
		d.Set("vip", n.VIP.Address)
	}
	return d
}

func (c *EtcdCluster) view() *value.Dict {
	members := value.NewList()
	for _, m := range c.Members {
		members.Append(value.DictOf("name", m.Instance, "ip", m.Name))
	}
	return value.DictOf("cluster", c.Name, "quorum", int64(c.Quorum()), "members", members)
}

func (c *MinioCluster) view() *value.Dict {
	members := value.NewList()
	for _, m := range c.Members {
		members.Append(value.DictOf("name", m.Instance, "ip", m.Name, "nodename", m.Nodename, "dirs", value.Strings(m.Dirs)))
	}
	return value.DictOf("cluster", c.Name, "volumes", c.Volumes, "members", members)
}

func (c *RedisCluster) view() *value.Dict {
	members := value.NewList()
	for _, m := range c.Members {
		for _, i := range m.Instances {
			d := value.DictOf("name", i.Name, "ip", m.Name, "port", int64(i.Port))
			if i.ReplicaOf != "" {
				d.Set("replica_of", i.ReplicaOf)
			}
			members.Append(d)
		}
	}
	return value.DictOf("cluster", c.Name, "mode", c.Mode, "members", members)
}

func (c *PgCluster) view() *value.Dict {
	d := value.DictOf("cluster", c.Name, "mode", c.Mode, "version", int64(c.Version))
	if c.Mode == "citus" {
		d.Set("shard", c.Shard)
		d.Set("group", int64(c.Group))
	}
	members := value.NewList()
	for _, m := range c.Members {
		v := value.DictOf("name", m.Instance, "ip", m.Name, "role", string(m.Role))
		if m.Upstream != "" {
			v.Set("upstream", m.Upstream)
		}
		members.Append(v)
	}
	d.Set("members", members)
	if c.VIP != nil {
		d.Set("vip", c.VIP.Address)
	}
	if c.DNS.Address != "" {
		d.Set("dns", value.DictOf("name", c.DNS.Name, "ip", c.DNS.Address))
	}
	d.Set("services", c.serviceList())
	hba := value.NewDict()
	for _, m := range c.Members {
		hba.Set(m.Instance, value.DictOf("postgres", value.Strings(m.HBA), "pgbouncer", value.Strings(m.PoolHBA)))
	}
	d.Set("hba", hba)
	return d
}
