package modules

import (
	"context"
	"testing"

	"pig/internal/module"
	"pig/internal/module/moduletest"
	minio "pig/internal/products/minio/model"
	"pig/internal/value"
)

// What does not answer is not absent.
func TestMinioQuestions(t *testing.T) {
	t.Parallel()
	for service, q := range map[string]moduletest.Question{
		"minio": {Unit: "minio.service", HTTP: true, Args: minioArgs(), Set: value.DictOf("endpoint", "http://a:9000"), Ask: func(ctx context.Context, c *module.Call) error {
			m := newMinio(c)
			m.root = minio.Credentials{AccessKey: "a", SecretKey: "b"}
			_, err := m.ask(ctx, "GET", admin("info"))
			return err
		}},
	} {
		t.Run(service, func(t *testing.T) { moduletest.Unanswered(t, service, q) })
	}
}
