package module

import (
	"context"
	"testing"

	"pig/internal/value"
)

// What does not answer is not absent.
func TestHAProxyQuestions(t *testing.T) {
	t.Parallel()
	for service, q := range map[string]Question{
		"haproxy": {Unit: "haproxy.service", HTTP: false, Args: nil, Set: value.NewDict(), Ask: func(ctx context.Context, c *Call) error {
			_, err := haproxyBackends(ctx, c, "/run/haproxy/admin.sock", "s")
			return err
		}},
	} {
		t.Run(service, func(t *testing.T) { Unanswered(t, service, q) })
	}
}
