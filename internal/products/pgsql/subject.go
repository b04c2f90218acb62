package pgsql

import (
	"slices"
	"strings"

	"pig/internal/format"
	"pig/internal/health"
	"pig/internal/params"
	"pig/internal/product"
	"pig/internal/products/pgsql/model"
	"pig/internal/value"
)

// What members of a cluster are asked about.
const (
	aboutPatroni    = "patroni"     // Patroni's view of the cluster
	aboutPostgres   = "PostgreSQL"  // whether the server is what was declared (postgres_state)
	aboutShards     = "shards"      // how many shards a group of a distributed database has (citus_shards)
	aboutServices   = "services"    // where the services of the cluster lead to (handshake)
	aboutBackups    = "backups"     // pgbackrest_state
	aboutOwnBackups = "own backups" // the same, of a leader with a repository of its own that others began
)

// subject asks each member for its units, Patroni's view, the settings and rules that PostgreSQL has, and the certificates that clients
// meet; then where the services lead to, and the leader for the backups.
func subject(c *Cluster, varsOf func(host string) *value.Dict) health.Subject {
	units := func(host string) []string { return pgUnits(varsOf(host)) }
	return health.Subject{Name: c.Name, Unit: c.Unit(), Ask: func(on func(string) *health.Question) {
		for _, m := range c.Members {
			vars := varsOf(m.Name)
			on(m.Name).Runs(units(m.Name)...).
				Ask(aboutPatroni, "uri", value.DictOf("url", patroniURL(m.Name, vars), "ca_path", "/pg/cert/ca.crt", "timeout", int64(5), "read_only", true)).
				Ask(aboutPostgres, "postgres_state", pgStateArgs(c, vars)).
				Ask(health.AboutCertificates, "handshake", value.DictOf("targets", pgDoors(m, vars)))
		}
	}, Then: func(answers map[string]health.Answer, on func(string) *health.Question) {
		seen := RolesOf(c, answers)
		askServices(c, varsOf, seen, on)
		for _, m := range c.Members {
			vars := varsOf(m.Name)
			if m.Instance == seen.Leader && c.Mode == "citus" {
				on(m.Name).Ask(aboutShards, "citus_shards", value.DictOf("port", vars.At("pg_port"), "dbsu", vars.At("pg_dbsu"), "database", vars.At("pg_primary_db"), "group", int64(c.Group)))
			}
			if m.Instance == seen.Leader && c.Follows == nil && params.ToBool(vars.At("pgbackrest_enabled")) {
				about := aboutBackups
				if m.Role != model.Primary && value.Str(vars.At("pgbackrest_method")) == "local" {
					about = aboutOwnBackups
				}
				on(m.Name).Ask(about, "pgbackrest_state", value.DictOf("stanza", c.Name, "backup", params.ToBool(vars.At("pgbackrest_init_backup")), "dbsu", vars.At("pg_dbsu")))
			}
		}
	}, Tell: func(answers map[string]health.Answer) health.Cluster { return status(c, answers, units) }}
}

// pgUnits are what a member of a PostgreSQL cluster runs.
func pgUnits(vars *value.Dict) []string {
	return health.Wanted(vars, []string{"patroni"}, "pgbouncer_enabled", "pgbouncer", "haproxy_enabled", "haproxy")
}

func patroniURL(host string, vars *value.Dict) string {
	scheme := "http"
	if params.ToBool(vars.At("patroni_ssl_enabled")) {
		scheme = "https"
	}
	return scheme + "://" + format.HostPort(host, value.Str(vars.At("patroni_port"))) + "/cluster"
}

// pgStateArgs leaves out the limits of a cluster that follows another one: it may have more than is declared.
func pgStateArgs(c *Cluster, vars *value.Dict) *value.Dict {
	settings := value.NewDict()
	if declared, ok := vars.At("pg_parameters").(*value.Dict); ok {
		for k, v := range declared.All() {
			name := value.KeyText(k)
			if !params.IsTemplate(value.Str(v)) && (len(c.UpstreamHosts) == 0 || !slices.Contains(model.StandbyLimits(), strings.ToLower(name))) {
				settings.Set(name, v)
			}
		}
	}
	return value.DictOf("port", vars.At("pg_port"), "dbsu", vars.At("pg_dbsu"), "settings", settings, "initdb", pgChoices(vars))
}

// pgChoices are what initdb is told for a new cluster.
func pgChoices(vars *value.Dict) *value.Dict {
	choices := value.NewDict()
	for _, p := range []string{"pg_encoding", "pg_locale", "pg_lc_collate", "pg_lc_ctype"} {
		if text, known := textOf(vars, p); known {
			choices.Set(p, text)
		}
	}
	if sums := vars.At("pg_checksum"); !params.IsTemplate(sums) {
		choices.Set("pg_checksum", params.ToBool(sums) || value.Str(vars.At("pg_conf")) == "crit.yml")
	}
	return choices
}

// pgDoors are where clients of a member connect, and the certificate that they have to meet there.
func pgDoors(m *Member, vars *value.Dict) *value.List {
	const cert = "/pg/cert/server.crt"
	doors := value.NewList()
	if host := listens(m.Name, value.Str(vars.At("pg_listen"))); host != "" {
		doors.Append(value.DictOf("name", "PostgreSQL", "host", host, "port", vars.At("pg_port"), "speak", "postgres", "cert", cert))
		if params.ToBool(vars.At("pgbouncer_enabled")) {
			doors.Append(value.DictOf("name", "pgbouncer", "host", host, "port", vars.At("pgbouncer_port"), "speak", "postgres", "cert", cert))
		}
	}
	if params.ToBool(vars.At("patroni_ssl_enabled")) {
		doors.Append(value.DictOf("name", "Patroni's REST API", "host", m.Name, "port", vars.At("patroni_port"), "speak", "tls", "cert", cert))
	}
	return doors
}

// listens is an address of a member at which it listens, by pg_listen; "" for one that is not always its own.
func listens(host, declared string) string {
	for a := range strings.SplitSeq(declared, ",") {
		switch a = strings.TrimSpace(a); a {
		case "*", "0.0.0.0", "::", "${ip}", host:
			return host
		case "${lo}", "localhost", "127.0.0.1":
			return "127.0.0.1"
		}
	}
	return ""
}

// askServices asks each load balancer of the cluster where its services lead to.
func askServices(c *Cluster, varsOf func(host string) *value.Dict, seen Roles, on func(string) *health.Question) {
	balancers := c.Provider
	if len(balancers) == 0 {
		for _, m := range c.Members {
			if params.ToBool(varsOf(m.Name).At("haproxy_enabled")) {
				balancers = append(balancers, m.Name)
			}
		}
	}
	for _, host := range balancers {
		targets := value.NewList()
		for _, service := range c.Services {
			if names := servers(service, seen); len(names) > 0 && (service.IP == "*" || service.IP == host) {
				targets.Append(value.DictOf("name", "service "+service.Name, "host", host, "port", int64(service.Port), "speak", "postgres", "names", value.Strings(names)))
			}
		}
		if len(targets.Items) > 0 {
			on(host).Ask(aboutServices+" of "+c.Name, "handshake", value.DictOf("targets", targets))
		}
	}
}

// servers are the members that a service may lead to now, as far as its check says so; none where that is not known, or where it
// rightly leads to nobody.
func servers(service *Service, seen Roles) (names []string) {
	for _, to := range service.Servers {
		var fit bool
		switch service.Check {
		case "/primary", "/master", "/leader", "/read-write":
			fit = to.Name == seen.Leader && !seen.Standby
		case "/replica":
			fit = to.Name != seen.Leader && seen.Running(to.Name)
		case "/read-only":
			fit = seen.Running(to.Name)
		}
		if fit && to.Weight > 0 {
			names = append(names, to.Name)
		}
	}
	return names
}

// Subjects are the clusters.
func (Product) Subjects(e *product.Environment, varsOf func(host string) *value.Dict) (all []health.Subject) {
	for _, c := range Of(e) {
		all = append(all, subject(c, varsOf))
	}
	return all
}
