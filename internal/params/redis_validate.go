package params

func validateRedis(v *validator) {
	for _, c := range v.clusters("redis_cluster") {
		for _, h := range c.hosts {
			v.claimPorts(h, "redis_instances", "a Redis instance")
		}
	}
}
