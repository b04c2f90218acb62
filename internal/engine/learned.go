package engine

import (
	"context"
	"errors"

	"pig/internal/diag"
	"pig/internal/playbook"
	"pig/internal/value"
)

// factHosts are the hosts that get the facts of a task: its own, all that share it with run_once, and with delegate_facts the one that
// delegate_to names.
func (c *call) factHosts(ctx context.Context) ([]*host, error) {
	delegated, err := c.scope.flag(c.closest(c.task, func(k *playbook.Keywords) value.Value { return k.DelegateFacts }), c.task.Pos, false)
	if err != nil {
		return nil, err
	}
	if delegated {
		if err := c.turnOf(ctx); err != nil { // several hosts may set the facts of one: the last one in order wins
			return nil, err
		}
		name, heard, err := c.target()
		if err != nil {
			return nil, err
		}
		h := c.e.host(name)
		switch {
		case h == nil:
			return nil, diag.Errorf(c.task.Pos, "cannot delegate facts: host %q not found in the inventory", name)
		case heard && name != c.Name && h.Implicit:
			return nil, diag.Errorf(c.task.Pos, "cannot delegate facts: what a host sent cannot choose this machine")
		}
		return []*host{h}, nil
	}
	once, err := c.scope.flag(c.closest(c.task, func(k *playbook.Keywords) value.Value { return k.RunOnce }), c.task.Pos, false)
	if err != nil || !once {
		return []*host{c.host}, err
	}
	var hosts []*host
	with := c.sharing(c.task)
	for _, r := range c.runs {
		if r.sharing(c.task) == with {
			hosts = append(hosts, r.host)
		}
	}
	return hosts, nil
}

// notLearned is the result of a task whose facts belong to nobody, or to a host that only a run can name.
func notLearned(err error) Result {
	if errors.Is(err, errUnknownHost) {
		return unknown("the host that delegate_to names")
	}
	return failed(err)
}
