package etcd

import (
	"pig/internal/format"
	"pig/internal/health"
	"pig/internal/params"
	"pig/internal/product"
	"pig/internal/value"
)

// aboutMembers asks for the members that etcd knows, and for its alarms (etcd_state).
const aboutMembers = "etcd"

// subject asks each member for its unit and its certificates, and one that runs for the members and the alarms.
func subject(e *Cluster, varsOf func(host string) *value.Dict) health.Subject {
	return health.Subject{Name: e.Name, Unit: "etcd", Ask: func(on func(string) *health.Question) {
		for _, m := range e.Members {
			vars := varsOf(m.Name)
			on(m.Name).Runs("etcd").Ask(health.AboutCertificates, "handshake", value.DictOf("targets", value.NewList(
				value.DictOf("name", "etcd for clients", "host", m.Name, "port", vars.At("etcd_port"), "speak", "tls", "cert", "/etc/etcd/server.crt"),
				value.DictOf("name", "etcd for members", "host", m.Name, "port", vars.At("etcd_peer_port"), "speak", "tls", "cert", "/etc/etcd/server.crt"),
			)))
		}
	}, Then: func(answers map[string]health.Answer, on func(string) *health.Question) {
		for _, m := range e.Members {
			if answers[m.Name].Units["etcd"] != "active" {
				continue
			}
			vars := varsOf(m.Name)
			on(m.Name).Ask(aboutMembers, "etcd_state", params.Protect(value.DictOf("endpoints", value.NewList("https://"+format.HostPort(m.Name, value.Str(vars.At("etcd_port")))),
				"ca", "/etc/pki/ca.crt", "root_password", vars.At("etcd_root_password"))))
			return
		}
	}, Tell: func(answers map[string]health.Answer) health.Cluster { return status(e, answers) }}
}

// Subjects are the cluster.
func (Product) Subjects(e *product.Environment, varsOf func(host string) *value.Dict) (all []health.Subject) {
	if c := Of(e); c != nil {
		all = append(all, subject(c, varsOf))
	}
	return all
}
