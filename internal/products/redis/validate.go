package redis

import "pig/internal/params"

// Validate checks what an inventory says of it.
func (Product) Validate(v *params.Validator) {
	for _, c := range v.Clusters("redis_cluster") {
		for _, h := range c.Hosts {
			v.ClaimPorts(h, "redis_instances", "a Redis instance")
		}
	}
}
