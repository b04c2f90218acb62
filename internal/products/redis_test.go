package products

import (
	"fmt"
	"strings"
	"testing"

	"pig/internal/product"
	prredis "pig/internal/products/redis"
	"pig/internal/secret"
	"pig/internal/value"
)

func TestRedisMistakesPoint(t *testing.T) {
	t.Parallel()
	inv := loadText(t, `all:
  children:
    ms:
      hosts:
        10.0.0.1:
          redis_node: 1
          redis_instances:
            6379: {}
            6380: { replica_of: '10.0.0.1 6399' }
            '6379': {}
      vars: { redis_cluster: ms, redis_password: one }
    meta:
      hosts: { 10.0.0.2: { redis_node: 1, redis_instances: { 26379: {}, 26380: {}, 26381: {} } } }
      vars:
        redis_cluster: meta
        redis_mode: sentinel
        redis_sentinel_monitor:
          - { name: ms, host: 10.0.0.1, port: 6379, password: two, quorum: 5 }
    idle: { hosts: { 10.0.0.3: { redis_node: 1, redis_instances: { 26379: {}, 26380: {}, 26381: {} } } }, vars: { redis_cluster: idle, redis_mode: sentinel } }
    open: { hosts: { 10.0.0.5: { redis_node: 1, redis_instances: { 6379: {} } } }, vars: { redis_cluster: open, redis_password: '' } }
    spaced: { hosts: { 10.0.0.6: { redis_node: 1, redis_instances: { 6379: {} } } }, vars: { redis_cluster: spaced, redis_password: 'a "b' } }
    watch:
      hosts: { 10.0.0.7: { redis_node: 1, redis_instances: { 26379: {}, 26380: {}, 26381: {} } } }
      vars: { redis_cluster: watch, redis_mode: sentinel, redis_sentinel_monitor: [ { name: spaced, host: 10.0.0.6, port: 6379, password: 'a "b' } ] }
    native: { hosts: { 10.0.0.4: { redis_node: 1, redis_instances: { 6379: {}, 6380: {}, 6381: {} } } }, vars: { redis_cluster: native, redis_mode: cluster } }
`)
	_, diags := product.Resolve(inv, All(), product.Options{})
	var b strings.Builder
	for _, d := range diags {
		fmt.Fprintf(&b, "%s (%s)\n", strings.TrimPrefix(d.Error(), d.Pos.File), d.Hint)
	}
	golden(t, "testdata/resolve/redis-mistakes.golden", b.String())
}

func TestRedisFactsOfAMember(t *testing.T) {
	t.Parallel()
	env, diags := product.Resolve(load(t, "../../testdata/seed/redis.yml"), All(), product.Options{})
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	list := env.Vars("10.10.10.10").At("redis_instance_list").(*value.List)
	replica := list.Items[1].(*value.Dict)
	if got := value.Repr(replica.At("peers")); got != "['10.10.10.10:6379']" {
		t.Errorf("peers: %s", got)
	}
	if n := replica.At("watchers").(*value.List).Len(); n != 3 || replica.At("chained") != false || replica.At("replica_of") != "10.10.10.10 6379" {
		t.Errorf("%d watchers, %s", n, value.Repr(replica))
	}
	monitor := env.Vars("10.10.10.11").At("redis_monitors").(*value.List).Items[0].(*value.Dict)
	if got := value.Repr(monitor.At("group")); got != "['10.10.10.10:6379', '10.10.10.10:6380']" || monitor.At("address") != "10.10.10.10:6379" {
		t.Errorf("%s", value.Repr(monitor))
	}
	if _, ok := monitor.At("password").(secret.Text); !ok {
		t.Error("a password is no secret in the facts")
	}
	if w := prredis.ClusterOf(env, "redis-meta").Watches(); len(w) != 1 || w[0] != "redis-ms" {
		t.Errorf("it watches %v", w)
	}
	native := env.Vars("10.10.10.13").At("redis_instance_list").(*value.List).Items[0].(*value.Dict)
	if n := native.At("peers").(*value.List).Len(); n != 5 {
		t.Errorf("%d peers in a native cluster of six", n)
	}
}
