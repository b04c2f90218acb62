package node

import (
	"pig/internal/product"
	"pig/internal/value"
)

// Knows are the parameters whose passwords hosts have in their files.
func (Product) Knows(vars *value.Dict) *value.Dict {
	return product.Pick(vars, "haproxy_admin_password", "vip_auth_pass")
}
