// Package products is the list of the products that pig knows.
package products

import (
	"pig/internal/product"
	"pig/internal/products/docker"
	"pig/internal/products/etcd"
	"pig/internal/products/infra"
	prminio "pig/internal/products/minio"
	"pig/internal/products/node"
	prpgsql "pig/internal/products/pgsql"
	prredis "pig/internal/products/redis"
)

// All are the products, in order of need.
func All() []product.Product {
	return []product.Product{infra.Product{}, node.Product{}, etcd.Product{}, prminio.Product{}, prpgsql.Product{}, prredis.Product{}, docker.Product{}}
}
