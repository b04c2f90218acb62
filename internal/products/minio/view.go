package minio

import "pig/internal/value"

func (c *Cluster) view() *value.Dict {
	members := value.NewList()
	for _, m := range c.Members {
		members.Append(value.DictOf("name", m.Instance, "ip", m.Name, "nodename", m.Nodename, "dirs", value.Strings(m.Dirs)))
	}
	return value.DictOf("cluster", c.Name, "volumes", c.Volumes, "members", members)
}
