package modules

import (
	"context"
	"testing"

	"pig/internal/module"
	"pig/internal/module/moduletest"
	"pig/internal/value"
)

// What does not answer is not absent.
func TestEtcdQuestions(t *testing.T) {
	t.Parallel()
	for service, q := range map[string]moduletest.Question{
		"etcd": {Unit: "etcd.service", HTTP: true, Args: etcdArgs(), Set: value.DictOf("endpoints", value.NewList("http://a:2379")), Ask: func(ctx context.Context, c *module.Call) error {
			return newEtcd(c).ask(ctx, "kv/range", struct{}{}, nil)
		}},
	} {
		t.Run(service, func(t *testing.T) { moduletest.Unanswered(t, service, q) })
	}
}
