package redis

import (
	"slices"

	"pig/internal/health"
	"pig/internal/product"
)

// Switches are the units of a node that parameters switch on.
func (Product) Switches(e *product.Environment, host string) []health.Switch {
	if !slices.ContainsFunc(Of(e), func(c *Cluster) bool {
		return slices.ContainsFunc(c.Members, func(m *Member) bool { return m.Name == host })
	}) {
		return nil
	}
	return []health.Switch{{Unit: "redis_exporter", File: "/etc/systemd/system/redis_exporter.service", Begins: "# Metrics of the Redis instances of this node.", Params: []string{"redis_exporter_enabled"}}}
}
