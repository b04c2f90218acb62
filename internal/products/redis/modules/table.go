package modules

import "pig/internal/module"

// Table are the modules of Redis.
func Table() []module.Module {
	return []module.Module{redisPlace(), redisConfig(), redisReady(), redisRestart(), redisFollow(), redisSentinel(), redisCluster(), redisRebalance(), redisLeave(), redisState()}
}
