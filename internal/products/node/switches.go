package node

import (
	"pig/internal/health"
	"pig/internal/product"
)

// Switches are the units of each host that parameters switch on.
func (Product) Switches(*product.Environment, string) []health.Switch {
	return []health.Switch{
		{Unit: "haproxy", File: "/etc/haproxy/haproxy.cfg", Begins: "# HAProxy of ", Params: []string{"haproxy_enabled"}},
		{Unit: "prometheus-node-exporter", File: "/etc/default/prometheus-node-exporter", Begins: `ARGS="--web.listen-address=:`, Params: []string{"node_exporter_enabled"}},
	}
}
