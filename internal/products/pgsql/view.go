package pgsql

import "pig/internal/value"

func (c *Cluster) view() *value.Dict {
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

// databases are those that the cluster's primary declares.
func (c *Cluster) databases() []string {
	var names []string
	if p := c.Primary(); p != nil {
		for _, db := range p.Vars.Objects("pg_databases") {
			if db.TextOr("state", "create") != "absent" {
				names = append(names, db.Text("name"))
			}
		}
	}
	return names
}
