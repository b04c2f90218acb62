package module

import (
	"strings"
	"testing"

	"pig/internal/module/fake"
	"pig/internal/value"
)

// runFake runs a module on a machine of a test.
func runFake(t *testing.T, f *fake.Node, module string, args *value.Dict) Result {
	t.Helper()
	return Run(t.Context(), f, Table(), Task{Module: module, Args: args, User: "postgres"})
}

// keysOf are the changes of a result: kind, ID and action of each.
func keysOf(r Result) string {
	var keys []string
	for _, c := range r.Changes {
		keys = append(keys, c.Kind+" "+c.ID+" "+c.Action)
	}
	return strings.Join(keys, "; ")
}
