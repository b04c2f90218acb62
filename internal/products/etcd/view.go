package etcd

import "pig/internal/value"

func (c *Cluster) view() *value.Dict {
	members := value.NewList()
	for _, m := range c.Members {
		members.Append(value.DictOf("name", m.Instance, "ip", m.Name))
	}
	return value.DictOf("cluster", c.Name, "quorum", int64(c.Quorum()), "members", members)
}
