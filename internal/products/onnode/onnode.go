// Package onnode lists what the products do on a node: the agent's half of package products.
package onnode

import "pig/internal/module"

// Modules are all modules of this build, by name: those that are no product's, and those of the products.
func Modules() map[string]module.Module {
	return module.Table(module.PgTable(), module.EtcdTable(), module.MinioTable(), module.RedisTable())
}
