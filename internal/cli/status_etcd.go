package cli

import (
	"pig/internal/format"
	"pig/internal/health"
	"pig/internal/params"
	"pig/internal/product"
	"pig/internal/products/etcd"
	"pig/internal/value"
)

// etcdSubject asks each member for its unit and its certificates, and one that runs for the members and the alarms.
func (s *session) etcdSubject(env *product.Environment) subject {
	e := etcd.Of(env)
	return subject{name: e.Name, unit: "etcd", ask: func(on func(string) *question) {
		for _, m := range e.Members {
			vars := s.vars(env, m.Name)
			on(m.Name).runs("etcd").ask(health.AboutCertificates, "handshake", value.DictOf("targets", value.NewList(
				value.DictOf("name", "etcd for clients", "host", m.Name, "port", vars.At("etcd_port"), "speak", "tls", "cert", "/etc/etcd/server.crt"),
				value.DictOf("name", "etcd for members", "host", m.Name, "port", vars.At("etcd_peer_port"), "speak", "tls", "cert", "/etc/etcd/server.crt"),
			)))
		}
	}, then: func(answers map[string]health.Answer, on func(string) *question) {
		for _, m := range e.Members {
			if answers[m.Name].Units["etcd"] != "active" {
				continue
			}
			vars := s.vars(env, m.Name)
			on(m.Name).ask(health.AboutEtcd, "etcd_state", params.Protect(value.DictOf("endpoints", value.NewList("https://"+format.HostPort(m.Name, value.Str(vars.At("etcd_port")))),
				"ca", "/etc/pki/ca.crt", "root_password", vars.At("etcd_root_password"))))
			return
		}
	}, tell: func(answers map[string]health.Answer) health.Cluster { return health.Etcd(e, answers) }}
}
