package health

import (
	"pig/internal/product"
	"pig/internal/products/infra"
	"pig/internal/value"
)

// infraUnits are the services of an infra node.
var infraUnits = []Switched{
	{"nginx_enabled", "nginx"}, {"dns_enabled", "dnsmasq"}, {"vmetrics_enabled", "victoria-metrics"}, {"vmalert_enabled", "vmalert"},
	{"alertmanager_enabled", "prometheus-alertmanager"}, {"blackbox_enabled", "prometheus-blackbox-exporter"},
	{"grafana_enabled", "grafana-server"}, {"vlogs_enabled", "vlogs"}, {"vtraces_enabled", "vtraces"},
}

// infraSubject asks the infra nodes for their services.
func infraSubject(env *product.Environment, varsOf func(host string) *value.Dict) Subject {
	units := func(host string) []string { return Wanted(varsOf(host), nil, infraUnits) }
	return Subject{Name: "infra", Unit: "infra", Ask: func(on func(string) *Question) {
		for _, n := range infra.Nodes(env) {
			on(n.Name).Runs(units(n.Name)...)
		}
	}, Tell: func(answers map[string]Answer) Cluster {
		return Infra(infra.Nodes(env), answers, units)
	}}
}

// Subjects are the infra nodes.
func InfraSubjects(e *product.Environment, varsOf func(host string) *value.Dict) (all []Subject) {
	if len(infra.Nodes(e)) > 0 {
		all = append(all, infraSubject(e, varsOf))
	}
	return all
}
