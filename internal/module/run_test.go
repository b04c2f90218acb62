package module

import (
	"testing"

	"pig/internal/value"
)

// runFake runs a module on a machine of a test.
func runFake(t *testing.T, f *fakeNode, module string, args *value.Dict) Result {
	t.Helper()
	return Run(t.Context(), f, table(), Task{Module: module, Args: args, User: "postgres"})
}

func table() map[string]Module { return Table(PgTable(), EtcdTable(), MinioTable(), RedisTable()) }
