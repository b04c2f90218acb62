package builtin

import (
	"context"
	"sync"

	"pig/internal/module"
	"pig/internal/value"
)

// single runs a module once at a time on a machine. Units of an apply begin side by side, and each makes the keys of the environment that are missing: two
// that look at once would both make one.
func single(m module.Module) module.Module {
	var one sync.Mutex
	run := m.Run
	m.Run = func(ctx context.Context, c *module.Call) (*value.Dict, error) {
		one.Lock()
		defer one.Unlock()
		return run(ctx, c)
	}
	return m
}
