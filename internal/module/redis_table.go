package module

// RedisTable are the modules of Redis.
func RedisTable() []Module {
	return []Module{redisConfig(), redisReady(), redisRestart(), redisFollow(), redisSentinel(), redisCluster(), redisRebalance(), redisLeave(), redisState()}
}
