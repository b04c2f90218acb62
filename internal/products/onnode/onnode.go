// Package onnode lists what the products do on a node: the agent's half of package products.
package onnode

import (
	"pig/internal/module"
	"pig/internal/module/builtin"
	"pig/internal/module/crypto"
	"pig/internal/module/postgresql"
	etcdmodules "pig/internal/products/etcd/modules"
	miniomodules "pig/internal/products/minio/modules"
	nodemodules "pig/internal/products/node/modules"
	pgmodules "pig/internal/products/pgsql/modules"
	redismodules "pig/internal/products/redis/modules"
)

// Modules are all modules of this build, by name: those that are no product's, those of community.crypto and community.postgresql, and those of the products.
func Modules() map[string]module.Module {
	return builtin.Table(pgmodules.Table(), etcdmodules.Table(), miniomodules.Table(), redismodules.Table(), nodemodules.Table(), postgresql.Table(), crypto.Table())
}
