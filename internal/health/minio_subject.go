package health

import (
	"pig/internal/format"
	"pig/internal/params"
	"pig/internal/product"
	prminio "pig/internal/products/minio"
	"pig/internal/value"
)

// minioSubject asks each node for its server.
func minioSubject(c *prminio.Cluster, varsOf func(host string) *value.Dict) Subject {
	return Subject{Name: c.Name, Unit: c.Unit(), Ask: func(on func(string) *Question) {
		for _, m := range c.Members {
			askMinio(on(m.Name), m, varsOf(m.Name))
		}
	}, Tell: func(answers map[string]Answer) Cluster { return Minio(c, answers) }}
}

// askMinio adds a node's server to what it is asked: as root of the object storage, for the drives as this server sees them.
func askMinio(q *Question, m *prminio.Member, vars *value.Dict) {
	q.Runs(MinioUnits...)
	scheme := "http"
	if value.Truthy(vars.At("minio_https")) {
		scheme = "https"
	}
	q.Ask(AboutMinio, "minio_state", params.Protect(value.DictOf("endpoint", scheme+"://"+format.HostPort(m.Name, value.Str(vars.At("minio_port"))), "ca", "/etc/pki/ca.crt",
		"access_key", vars.At("minio_access_key"), "secret_key", vars.At("minio_secret_key"), "names", value.NewList(m.Nodename, m.Name))))
}

// Subjects are the clusters.
func MinioSubjects(e *product.Environment, varsOf func(host string) *value.Dict) (all []Subject) {
	for _, c := range prminio.Of(e) {
		all = append(all, minioSubject(c, varsOf))
	}
	return all
}
