package health

import (
	"pig/internal/format"
	"pig/internal/params"
	"pig/internal/product"
	"pig/internal/products/etcd"
	"pig/internal/value"
)

// etcdSubject asks each member for its unit and its certificates, and one that runs for the members and the alarms.
func etcdSubject(e *etcd.Cluster, varsOf func(host string) *value.Dict) Subject {
	return Subject{Name: e.Name, Unit: "etcd", Ask: func(on func(string) *Question) {
		for _, m := range e.Members {
			vars := varsOf(m.Name)
			on(m.Name).Runs("etcd").Ask(AboutCertificates, "handshake", value.DictOf("targets", value.NewList(
				value.DictOf("name", "etcd for clients", "host", m.Name, "port", vars.At("etcd_port"), "speak", "tls", "cert", "/etc/etcd/server.crt"),
				value.DictOf("name", "etcd for members", "host", m.Name, "port", vars.At("etcd_peer_port"), "speak", "tls", "cert", "/etc/etcd/server.crt"),
			)))
		}
	}, Then: func(answers map[string]Answer, on func(string) *Question) {
		for _, m := range e.Members {
			if answers[m.Name].Units["etcd"] != "active" {
				continue
			}
			vars := varsOf(m.Name)
			on(m.Name).Ask(AboutEtcd, "etcd_state", params.Protect(value.DictOf("endpoints", value.NewList("https://"+format.HostPort(m.Name, value.Str(vars.At("etcd_port")))),
				"ca", "/etc/pki/ca.crt", "root_password", vars.At("etcd_root_password"))))
			return
		}
	}, Tell: func(answers map[string]Answer) Cluster { return Etcd(e, answers) }}
}

// Subjects are the cluster.
func EtcdSubjects(e *product.Environment, varsOf func(host string) *value.Dict) (all []Subject) {
	if c := etcd.Of(e); c != nil {
		all = append(all, etcdSubject(c, varsOf))
	}
	return all
}
