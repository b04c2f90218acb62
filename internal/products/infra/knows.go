package infra

import (
	"pig/internal/product"
	"pig/internal/value"
)

// Knows are the parameters whose passwords hosts have in their files.
func (Product) Knows(vars *value.Dict) *value.Dict {
	return product.Pick(vars, "grafana_admin_password", "grafana_view_password", "nginx_users", "pg_replication_password", "pg_monitor_password", "pg_admin_password", "patroni_password", "etcd_root_password", "pg_exporters")
}
