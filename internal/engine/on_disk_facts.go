package engine

import (
	"context"
	"strings"

	"pig/internal/playbook"
	"pig/internal/value"
)

// keepFacts keeps the facts in the result of a module that pig lacks. Names that choose a connection, and those of variables that somebody else
// has set, are dropped: a node cannot set them.
func (c *call) keepFacts(ctx context.Context, r Result) Result {
	answered, ok := r.Values.At("ansible_facts").(*value.Dict)
	if !ok {
		return r
	}
	known, own := value.NewDict(), value.NewDict()
	var dropped []string
	for k, v := range answered.All() {
		name := value.KeyText(k)
		switch {
		case strings.HasPrefix(name, "ansible_"):
			known.Set(name, v)
		case steers(name) || !playbook.IsVariable(name) || len(name) > maxFactName || own.Len() >= maxFacts || c.isSet(name):
			dropped = append(dropped, name)
		default:
			own.Set(name, v)
		}
	}
	facts, others := factsOf(known)
	hosts, err := c.factHosts(ctx)
	if err != nil {
		return notLearned(err)
	}
	for _, h := range hosts {
		h.tell(facts, r.Heard)
		h.tellAs(own, "", r.Heard)
	}
	c.e.dropped(c.Name, append(dropped, others...))
	return r
}

// isSet tells whether a name is that of a variable which is no fact.
func (c *call) isSet(name string) bool {
	c.host.mu.Lock()
	fact := c.host.injected.Has(name)
	c.host.mu.Unlock()
	if fact {
		return false
	}
	_, set, _ := c.scope.vars.Lookup(name)
	return set
}
