package health

import (
	"pig/internal/params"
	"pig/internal/product"
	prredis "pig/internal/products/redis"
	"pig/internal/value"
)

// redisSubject asks each node for its instances.
func redisSubject(c *prredis.Cluster, varsOf func(host string) *value.Dict) Subject {
	return Subject{Name: c.Name, Unit: c.Unit(), Ask: func(on func(string) *Question) {
		for _, m := range c.Members {
			askRedis(on(m.Name), c, m, varsOf(m.Name))
		}
	}, Tell: func(answers map[string]Answer) Cluster { return Redis(c, answers) }}
}

// askRedis adds the instances of a node to what it is asked.
func askRedis(q *Question, c *prredis.Cluster, m *prredis.Member, vars *value.Dict) {
	ports := value.NewList()
	for _, i := range m.Instances {
		ports.Append(int64(i.Port))
		q.Runs(i.Name)
	}
	host := m.Name
	if bind := value.Str(vars.At("redis_bind_address")); bind != "" && bind != "0.0.0.0" && bind != "*" && bind != "::" {
		host = bind
	}
	q.Ask(AboutRedis, "redis_state", params.Protect(value.DictOf("host", host, "ports", ports, "mode", c.Mode, "password", vars.At("redis_password"), "renames", vars.At("redis_rename_commands"))))
}

// Subjects are the clusters.
func RedisSubjects(e *product.Environment, varsOf func(host string) *value.Dict) (all []Subject) {
	for _, c := range prredis.Of(e) {
		all = append(all, redisSubject(c, varsOf))
	}
	return all
}
