package modules

import (
	"strings"
	"testing"

	"pig/internal/module"
	"pig/internal/module/fake"
	"pig/internal/value"
)

func table() map[string]module.Module { return module.Table(Table()) }

// runFake runs a module on a machine of a test.
func runFake(t *testing.T, f *fake.Node, name string, args *value.Dict) module.Result {
	t.Helper()
	return module.Run(t.Context(), f, table(), module.Task{Module: name, Args: args, User: "postgres"})
}

// keysOf are the changes of a result: kind, ID and action of each.
func keysOf(r module.Result) string {
	var keys []string
	for _, c := range r.Changes {
		keys = append(keys, c.Kind+" "+c.ID+" "+c.Action)
	}
	return strings.Join(keys, "; ")
}
