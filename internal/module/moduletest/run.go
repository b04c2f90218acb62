// Package moduletest holds modules to what all of them owe: a machine for their tests is in package fake.
package moduletest

import (
	"testing"

	"pig/internal/module"
	"pig/internal/module/builtin"
	"pig/internal/node"
	"pig/internal/value"
)

// Run runs a module of a product, or a generic one, on a machine of a test.
func Run(t *testing.T, product []module.Module, on node.Machine, name string, args *value.Dict) module.Result {
	t.Helper()
	return module.Run(t.Context(), on, builtin.Table(product), module.Task{Module: name, Args: args, User: "postgres"})
}
