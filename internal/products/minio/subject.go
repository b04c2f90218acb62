package minio

import (
	"pig/internal/format"
	"pig/internal/health"
	"pig/internal/params"
	"pig/internal/product"
	"pig/internal/value"
)

// aboutMinio asks what the server says of its cluster (minio_state).
const aboutMinio = "minio"

// subject asks each node for its server.
func subject(c *Cluster, varsOf func(host string) *value.Dict) health.Subject {
	return health.Subject{Name: c.Name, Unit: c.Unit(), Ask: func(on func(string) *health.Question) {
		for _, m := range c.Members {
			askMinio(on(m.Name), m, varsOf(m.Name))
		}
	}, Tell: func(answers map[string]health.Answer) health.Cluster { return status(c, answers) }}
}

// askMinio adds a node's server to what it is asked: as root of the object storage, for the drives as this server sees them.
func askMinio(q *health.Question, m *Member, vars *value.Dict) {
	q.Runs(Units...)
	scheme := "http"
	if params.ToBool(vars.At("minio_https")) {
		scheme = "https"
	}
	q.Ask(aboutMinio, "minio_state", params.Protect(value.DictOf("endpoint", scheme+"://"+format.HostPort(m.Name, value.Str(vars.At("minio_port"))), "ca", "/etc/pki/ca.crt",
		"access_key", vars.At("minio_access_key"), "secret_key", vars.At("minio_secret_key"), "names", value.NewList(m.Nodename, m.Name))))
}

// Subjects are the clusters.
func (Product) Subjects(e *product.Environment, varsOf func(host string) *value.Dict) (all []health.Subject) {
	for _, c := range Of(e) {
		all = append(all, subject(c, varsOf))
	}
	return all
}
