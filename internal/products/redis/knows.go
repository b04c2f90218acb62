package redis

import (
	"pig/internal/product"
	"pig/internal/value"
)

// Knows are the parameters whose passwords hosts have in their files.
func (Product) Knows(vars *value.Dict) *value.Dict {
	return product.Pick(vars, "redis_password", "redis_sentinel_monitor")
}
