package pgsql

import (
	"pig/internal/product"
	"pig/internal/value"
)

// Knows are the parameters whose passwords members have in their files: of the backup repositories, the one that is used.
func (Product) Knows(vars *value.Dict) *value.Dict {
	d := product.Pick(vars, "pg_replication_password", "pg_monitor_password", "pg_admin_password", "pg_dbsu_password", "patroni_password", "pg_etcd_password",
		"pg_users", "pgbackrest_repo", "pgsodium_key")
	if repos, ok := d.At("pgbackrest_repo").(*value.Dict); ok {
		d.Set("pgbackrest_repo", repos.At(value.Str(vars.At("pgbackrest_method"))))
	}
	return d
}
