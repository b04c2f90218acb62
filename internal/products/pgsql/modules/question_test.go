package modules

import (
	"context"
	"testing"

	"pig/internal/module"
	"pig/internal/module/moduletest"
	"pig/internal/value"
)

// What does not answer is not absent.
func TestPgQuestions(t *testing.T) {
	t.Parallel()
	for service, q := range map[string]moduletest.Question{
		"patroni's cluster": {Unit: "patroni.service", HTTP: true, Args: patroniArgs(), Set: value.DictOf("url", "http://a:8008"), Ask: func(ctx context.Context, c *module.Call) error {
			_, err := newPatroni(ctx, c).glance(ctx)
			return err
		}},
		"patroni's configuration": {Unit: "patroni.service", HTTP: true, Args: patroniArgs(), Set: value.DictOf("url", "http://a:8008"), Ask: func(ctx context.Context, c *module.Call) error {
			_, err := newPatroni(ctx, c).resting(ctx)
			return err
		}},
		"postgres": {Unit: "patroni.service", HTTP: false, Hurried: true, Args: psqlArgs(), Set: value.DictOf("bin_dir", "/bin"), Ask: func(ctx context.Context, c *module.Call) error {
			var target map[string]any
			return newPsql(c).query(ctx, "postgres", "SELECT 1", &target)
		}},
	} {
		t.Run(service, func(t *testing.T) { moduletest.Unanswered(t, service, q) })
	}
}
