package redis

import (
	"fmt"

	"pig/internal/health"
	"pig/internal/params"
	"pig/internal/product"
	"pig/internal/value"
)

// aboutRedis asks for the states of instances by port (redis_state).
const aboutRedis = "redis"

// subject asks each node for its instances.
func subject(c *Cluster, varsOf func(host string) *value.Dict) health.Subject {
	return health.Subject{Name: c.Name, Unit: c.Unit(), Ask: func(on func(string) *health.Question) {
		for _, m := range c.Members {
			askRedis(on(m.Name), c, m, varsOf(m.Name))
		}
	}, Tell: func(answers map[string]health.Answer) health.Cluster { return status(c, answers) }}
}

// askRedis adds the instances of a node to what it is asked.
func askRedis(q *health.Question, c *Cluster, m *Member, vars *value.Dict) {
	ports, names := value.NewList(), value.NewList()
	for _, i := range m.Instances {
		names.Append(i.Name)
		ports.Append(int64(i.Port))
		q.Runs(i.Name)
	}
	host := m.Name
	if bind := value.Str(vars.At("redis_bind_address")); bind != "" && bind != "0.0.0.0" && bind != "*" && bind != "::" {
		host = bind
	}
	q.Ask(aboutRedis, "redis_state", params.Protect(value.DictOf("host", host, "ports", ports, "mode", c.Mode, "node", fmt.Sprintf("%s-%d", c.Name, m.Number), "declared", names, "password", vars.At("redis_password"), "renames", vars.At("redis_rename_commands"))))
}

// Subjects are the clusters.
func (Product) Subjects(e *product.Environment, varsOf func(host string) *value.Dict) (all []health.Subject) {
	for _, c := range Of(e) {
		all = append(all, subject(c, varsOf))
	}
	return all
}
