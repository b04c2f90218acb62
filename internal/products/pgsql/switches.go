package pgsql

import (
	"slices"

	"pig/internal/health"
	"pig/internal/product"
)

// Switches are the units of a member that parameters switch on.
func (Product) Switches(e *product.Environment, host string) []health.Switch {
	if !slices.ContainsFunc(Of(e), func(c *Cluster) bool { return slices.Contains(c.Hosts(), host) }) {
		return nil
	}
	return []health.Switch{
		{Unit: "pgbouncer", File: "/etc/pgbouncer/pgbouncer.ini", Begins: "; The pool in front of ", Params: []string{"pgbouncer_enabled"}},
		{Unit: "prometheus-pgbouncer-exporter", File: "/etc/default/prometheus-pgbouncer-exporter", Begins: "# The exporter of the pool of ", Params: []string{"pgbouncer_enabled", "pgbouncer_exporter_enabled"}},
		{Unit: "prometheus-postgres-exporter", File: "/etc/default/prometheus-postgres-exporter", Begins: "# The exporter of ", Params: []string{"pg_exporter_enabled"}},
		{Unit: "prometheus-pgbackrest-exporter", File: "/etc/default/prometheus-pgbackrest-exporter", Begins: `ARGS="--web.listen-address=:`, Params: []string{"pgbackrest_enabled", "pgbackrest_exporter_enabled"}},
	}
}
