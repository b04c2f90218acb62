package engine

import (
	"fmt"

	"pig/internal/fleet"
	"pig/internal/playbook"
)

// Reach tells how a host of the inventory is reached, as its variables and the options say, without reaching it.
func (e *Engine) Reach(name string) (fleet.Host, error) {
	h := e.host(name)
	if h == nil {
		return fleet.Host{}, fmt.Errorf("host %q not found in the inventory", name)
	}
	pr := &playRun{e: e, play: &playbook.Play{}, root: true}
	t := &playbook.Task{}
	r := &run{playRun: pr, host: h}
	s := pr.scope(h, t, nil)
	return (&call{run: r, task: t, scope: s}).connection(name, s)
}
