package engine

import (
	"errors"

	"pig/internal/inventory"
	"pig/internal/value"
)

// refresh reads the inventory anew. Hosts that tasks have added stay, as do facts and what tasks set.
func (r *run) refresh() error {
	if r.e.Reread == nil {
		return errors.New("the inventory cannot be read again")
	}
	fresh, err := r.e.Reread()
	if err != nil {
		return err
	}
	if r.inStep() && r.index != r.firstAlive() { // the first host did it for all
		return nil
	}
	return r.e.Inventory.Refresh(fresh, func(h *inventory.Host, vars *value.Dict) {
		r.e.mu.Lock()
		defer r.e.mu.Unlock()
		if m, ok := r.e.machines[h.Name]; ok {
			if r.e.Protect != nil {
				vars = r.e.Protect(vars)
			}
			m.mu.Lock()
			m.inv = vars
			m.mu.Unlock()
		}
	})
}

func (r *run) firstAlive() int {
	for i, other := range r.runs {
		if !r.e.fates.dead(other.Name) {
			return i
		}
	}
	return 0
}
