package redis

import "pig/internal/value"

func (c *Cluster) view() *value.Dict {
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
