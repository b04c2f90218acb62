package modules

import (
	"context"
	"net"
	"testing"

	"pig/internal/module"
	"pig/internal/module/moduletest"
	redis "pig/internal/products/redis/model"
	"pig/internal/products/redis/peer"
	"pig/internal/value"
)

// What does not answer is not absent.
func TestRedisQuestions(t *testing.T) {
	t.Parallel()
	for service, q := range map[string]moduletest.Question{
		"redis": {Unit: "redis-6379.service", HTTP: false, Args: redisArgs(), Set: value.NewDict(), Ask: func(ctx context.Context, c *module.Call) error {
			_, err := newRedis(c, redis.Addr{Host: "a", Port: 6379}, "redis-6379.service", "").ask1(ctx, "PING")
			return err
		}, Serve: func(conn net.Conn) { peer.Serve(conn, func([]string) redis.Reply { return "PONG" }) }},
	} {
		t.Run(service, func(t *testing.T) { moduletest.Unanswered(t, service, q) })
	}
}
