package modules

import (
	"context"
	"testing"

	"pig/internal/module"
	"pig/internal/module/moduletest"
	"pig/internal/value"
)

// What does not answer is not absent.
func TestHAProxyQuestions(t *testing.T) {
	t.Parallel()
	for service, q := range map[string]moduletest.Question{
		"haproxy": {Unit: "haproxy.service", HTTP: false, Args: nil, Set: value.NewDict(), Ask: func(ctx context.Context, c *module.Call) error {
			_, err := haproxyBackends(ctx, c, "/run/haproxy/admin.sock", "s")
			return err
		}},
	} {
		t.Run(service, func(t *testing.T) { moduletest.Unanswered(t, service, q) })
	}
}
