package cli

import (
	"pig/internal/format"
	"pig/internal/health"
	"pig/internal/params"
	"pig/internal/product"
	"pig/internal/products/etcd"
	"pig/internal/products/infra"
	prminio "pig/internal/products/minio"
	prpgsql "pig/internal/products/pgsql"
	prredis "pig/internal/products/redis"
	"pig/internal/value"
)

// subject is something whose state can be asked for: what its nodes are asked, and what their answers tell.
type subject struct {
	name, unit string // unit is the one of a plan that makes it
	ask        func(on func(host string) *question)
	// then asks what follows from the first answers; nil for nothing.
	then func(answers map[string]health.Answer, on func(host string) *question)
	tell func(answers map[string]health.Answer) health.Cluster
}

// subjects are the clusters of env, and its infra nodes.
func (s *session) subjects(env *product.Environment) []subject {
	var all []subject
	if len(infra.Nodes(env)) > 0 {
		all = append(all, s.infraSubject(env))
	}
	if etcd.Of(env) != nil {
		all = append(all, s.etcdSubject(env))
	}
	for _, c := range prminio.Of(env) {
		all = append(all, subject{name: c.Name, unit: "minio:" + c.Name, ask: func(on func(string) *question) {
			for _, m := range c.Members {
				s.askMinio(on(m.Name), m, s.vars(env, m.Name))
			}
		}, tell: func(answers map[string]health.Answer) health.Cluster { return health.Minio(c, answers) }})
	}
	for _, c := range prpgsql.Of(env) {
		all = append(all, s.pgSubject(env, c))
	}
	for _, c := range prredis.Of(env) {
		all = append(all, subject{name: c.Name, unit: "redis:" + c.Name, ask: func(on func(string) *question) {
			for _, m := range c.Members {
				s.askRedis(on(m.Name), c, m, s.vars(env, m.Name))
			}
		}, tell: func(answers map[string]health.Answer) health.Cluster { return health.Redis(c, answers) }})
	}
	return all
}

func (s *session) infraSubject(env *product.Environment) subject {
	units := func(host string) []string { return wantedUnits(s.vars(env, host), nil, infraUnits) }
	return subject{name: "infra", unit: "infra", ask: func(on func(string) *question) {
		for _, n := range infra.Nodes(env) {
			on(n.Name).runs(units(n.Name)...)
		}
	}, tell: func(answers map[string]health.Answer) health.Cluster {
		return health.Infra(infra.Nodes(env), answers, units)
	}}
}

// switched is a unit that a parameter switches on.
type switched struct{ param, unit string }

var infraUnits = []switched{
	{"nginx_enabled", "nginx"}, {"dns_enabled", "dnsmasq"}, {"vmetrics_enabled", "victoria-metrics"}, {"vmalert_enabled", "vmalert"},
	{"alertmanager_enabled", "prometheus-alertmanager"}, {"blackbox_enabled", "prometheus-blackbox-exporter"},
	{"grafana_enabled", "grafana-server"}, {"vlogs_enabled", "vlogs"}, {"vtraces_enabled", "vtraces"},
}

func wantedUnits(vars *value.Dict, units []string, some []switched) []string {
	for _, u := range some {
		if v := vars.At(u.param); v == nil || value.Truthy(v) {
			units = append(units, u.unit)
		}
	}
	return units
}

// askMinio adds a node's server to what it is asked: as root of the object storage, for the drives as this server sees them.
func (s *session) askMinio(q *question, m *prminio.Member, vars *value.Dict) {
	q.runs(health.MinioUnits...)
	scheme := "http"
	if value.Truthy(vars.At("minio_https")) {
		scheme = "https"
	}
	q.ask(health.AboutMinio, "minio_state", params.Protect(value.DictOf("endpoint", scheme+"://"+format.HostPort(m.Name, value.Str(vars.At("minio_port"))), "ca", "/etc/pki/ca.crt",
		"access_key", vars.At("minio_access_key"), "secret_key", vars.At("minio_secret_key"), "names", value.NewList(m.Nodename, m.Name))))
}

// askRedis adds the instances of a node to what it is asked.
func (s *session) askRedis(q *question, c *prredis.Cluster, m *prredis.Member, vars *value.Dict) {
	ports := value.NewList()
	for _, i := range m.Instances {
		ports.Append(int64(i.Port))
		q.runs(i.Name)
	}
	host := m.Name
	if bind := value.Str(vars.At("redis_bind_address")); bind != "" && bind != "0.0.0.0" && bind != "*" && bind != "::" {
		host = bind
	}
	q.ask(health.AboutRedis, "redis_state", params.Protect(value.DictOf("host", host, "ports", ports, "mode", c.Mode, "password", vars.At("redis_password"), "renames", vars.At("redis_rename_commands"))))
}
