package infra

import (
	"slices"

	"pig/internal/health"
	"pig/internal/product"
	"pig/internal/value"
)

// services are those of an infra node: the parameter that switches each on, and its unit.
var services = []string{
	"nginx_enabled", "nginx", "dns_enabled", "dnsmasq", "vmetrics_enabled", "victoria-metrics", "vmalert_enabled", "vmalert",
	"alertmanager_enabled", "prometheus-alertmanager", "blackbox_enabled", "prometheus-blackbox-exporter",
	"grafana_enabled", "grafana-server", "vlogs_enabled", "vlogs", "vtraces_enabled", "vtraces",
}

// subject asks the infra nodes for their services.
func subject(env *product.Environment, varsOf func(host string) *value.Dict) health.Subject {
	units := func(host string) []string { return wanted(varsOf(host)) }
	return health.Subject{Name: "infra", Unit: "infra", Ask: func(on func(string) *health.Question) {
		for _, n := range Nodes(env) {
			on(n.Name).Runs(units(n.Name)...)
		}
	}, Tell: func(answers map[string]health.Answer) health.Cluster {
		return status(Nodes(env), answers, units)
	}}
}

// wanted are the units of a host: vmalert has nothing to judge without VictoriaMetrics.
func wanted(vars *value.Dict) []string {
	units := health.Wanted(vars, nil, services...)
	return slices.DeleteFunc(slices.Clone(units), func(unit string) bool { return unit == "vmalert" && !slices.Contains(units, "victoria-metrics") })
}

// Subjects are the infra nodes.
func (Product) Subjects(e *product.Environment, varsOf func(host string) *value.Dict) (all []health.Subject) {
	if len(Nodes(e)) > 0 {
		all = append(all, subject(e, varsOf))
	}
	return all
}
