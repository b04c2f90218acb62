package resolve

import "pig/internal/value"

// overview is the environment as the portal shows it and the name server knows it: what there is and where, without who may
// connect. Infra nodes see it as the variable infra_overview.
func (e *Environment) overview() *value.Dict {
	nodes, pg, redis, minio := value.NewList(), value.NewList(), value.NewList(), value.NewList()
	for _, n := range e.Nodes {
		v := n.view()
		v.Set("haproxy", n.vars.bool("haproxy_enabled"))
		v.Set("roles", value.Strings(e.rolesOf(n)))
		nodes.Append(v)
	}
	for _, c := range e.Pg {
		v := c.view()
		v.Delete("hba")
		v.Set("databases", value.Strings(c.databases()))
		pg.Append(v)
	}
	for _, c := range e.Redis {
		redis.Append(c.view())
	}
	for _, c := range e.Minio {
		minio.Append(c.view())
	}
	d := value.DictOf("nodes", nodes, "pgsql", pg, "redis", redis, "minio", minio)
	if e.Etcd != nil {
		d.Set("etcd", e.Etcd.view())
	}
	return value.DictOf("infra_overview", d)
}

// rolesOf names what runs on a node.
func (e *Environment) rolesOf(n *Node) []string {
	var roles []string
	for _, i := range e.Infra {
		if i == n {
			roles = append(roles, "infra")
		}
	}
	if e.Etcd != nil {
		for _, m := range e.Etcd.Members {
			if m.Node == n {
				roles = append(roles, m.Instance)
			}
		}
	}
	for _, c := range e.Minio {
		for _, m := range c.Members {
			if m.Node == n {
				roles = append(roles, m.Instance)
			}
		}
	}
	for _, c := range e.Pg {
		for _, m := range c.Members {
			if m.Node == n {
				roles = append(roles, m.Instance)
			}
		}
	}
	for _, c := range e.Redis {
		for _, m := range c.Members {
			if m.Node == n {
				for _, i := range m.Instances {
					roles = append(roles, i.Name)
				}
			}
		}
	}
	return roles
}

// databases are those that the cluster's primary declares.
func (c *PgCluster) databases() []string {
	var names []string
	if p := c.Primary(); p != nil {
		for _, db := range p.vars.objects("pg_databases") {
			if db.textOr("state", "create") != "absent" {
				names = append(names, db.text("name"))
			}
		}
	}
	return names
}
