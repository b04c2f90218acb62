package redis

import "pig/internal/params"

func Validate(v *params.Validator) {
	for _, c := range v.Clusters("redis_cluster") {
		for _, h := range c.Hosts {
			v.ClaimPorts(h, "redis_instances", "a Redis instance")
		}
	}
}
