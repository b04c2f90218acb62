package infra

import (
	"slices"

	"pig/internal/health"
	"pig/internal/product"
)

// Switches are the units of an infra node that parameters switch on.
func (Product) Switches(e *product.Environment, host string) []health.Switch {
	if !slices.ContainsFunc(Nodes(e), func(n *product.Host) bool { return n.Name == host }) {
		return nil
	}
	return []health.Switch{
		{Unit: "nginx", File: "/etc/nginx/conf.d/00-portal.conf", Begins: "# What the sites of the portal share.", Params: []string{"nginx_enabled"}, Or: "repo_enabled"},
		{Unit: "prometheus-nginx-exporter", File: "/etc/default/prometheus-nginx-exporter", Begins: `ARGS="--web.listen-address=127.0.0.1:`, Params: []string{"nginx_enabled", "nginx_exporter_enabled"}},
		{Unit: "dnsmasq", File: "/etc/dnsmasq.conf", Begins: "# DNS of this environment: ", Params: []string{"dns_enabled"}},
		{Unit: "victoria-metrics", File: "/etc/default/victoria-metrics", Begins: `ARGS="-httpListenAddr=127.0.0.1:`, Params: []string{"vmetrics_enabled"}},
		{Unit: "vmalert", File: "/etc/systemd/system/vmalert.service", Begins: "# Rules over the metrics: ", Params: []string{"vmalert_enabled", "vmetrics_enabled"}},
		{Unit: "prometheus-alertmanager", File: "/etc/default/prometheus-alertmanager", Begins: `ARGS="--config.file=/etc/prometheus/alertmanager.yml --storage.path=/infra/alertmgr `, Params: []string{"alertmanager_enabled"}},
		{Unit: "prometheus-blackbox-exporter", File: "/etc/default/prometheus-blackbox-exporter", Begins: `ARGS="--config.file=/etc/prometheus/blackbox.yml --web.listen-address=127.0.0.1:`, Params: []string{"blackbox_enabled"}},
		{Unit: "grafana-server", File: "/etc/grafana/grafana.ini", Begins: "# Grafana, below /ui/ of the portal.", Params: []string{"grafana_enabled"}},
		{Unit: "vlogs", File: "/etc/systemd/system/vlogs.service", Begins: "[Unit]\nDescription=victoria-logs\n", Params: []string{"vlogs_enabled"}},
		{Unit: "vtraces", File: "/etc/systemd/system/vtraces.service", Begins: "[Unit]\nDescription=victoria-traces\n", Params: []string{"vtraces_enabled"}},
		{Unit: "pig-drift.timer", File: "/etc/systemd/system/pig-drift.timer", Begins: "# When drift is measured: ", Params: []string{"pig_drift_enabled"}},
	}
}
