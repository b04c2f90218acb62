package engine

import (
	"sync"

	"pig/internal/inventory"
	"pig/internal/module"
	"pig/internal/value"
)

// host is what the engine knows of a host, for as long as it runs.
type host struct {
	*inventory.Host
	inv     *value.Dict // variables of the inventory
	derived *value.Dict

	mu       sync.RWMutex
	facts    *value.Dict     // ansible_facts, without prefix
	injected *value.Dict     // the same as variables ansible_*
	set      *value.Dict     // set_fact and register
	heard    map[string]bool // which of set a node had a say in
	own      bool            // its facts are of this machine
	included *value.Dict     // include_vars

	recalled sync.Mutex                // one play reads what is pending
	pending  map[string]module.Pending // handlers that an earlier run left; nil before they were read
}

// host finds the state of a host by its name; nil if there is no such host.
func (e *Engine) host(name string) *host {
	e.mu.Lock()
	defer e.mu.Unlock()
	if h, ok := e.hosts[name]; ok {
		return h
	}
	h := e.Inventory.Host(name)
	if h == nil {
		return nil
	}
	if s, ok := e.hosts[h.Name]; ok && !h.Implicit { // it was asked for by an alias
		return s
	}
	s := &host{Host: h, facts: value.NewDict(), injected: value.NewDict(), set: value.NewDict(), included: value.NewDict(), heard: map[string]bool{}}
	s.inv = e.Inventory.Vars(h)
	if e.Protect != nil {
		s.inv = e.Protect(s.inv)
	}
	if e.Derived != nil {
		s.derived = e.Derived(name)
	}
	if s.derived == nil {
		s.derived = value.NewDict()
	}
	e.Redactor.Add(value.Secrets(s.inv)...)
	e.Redactor.Add(value.Secrets(s.derived)...)
	e.hosts[name] = s
	if !h.Implicit {
		e.hosts[h.Name] = s
	}
	return s
}

// tell keeps facts; heard says that a node told them.
func (h *host) tell(facts *value.Dict, heard bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.own = !heard && (h.own || h.facts.Len() == 0) // what a node said before is still there
	for k, v := range facts.All() {
		h.facts.Set(k, value.Clone(v))
		h.injected.Set("ansible_"+value.KeyText(k), value.Clone(v))
	}
}

// register keeps v under name; heard tells whether a node had a say in it.
func (h *host) register(name string, v value.Value, heard bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.set.Set(name, v)
	h.heard[name] = heard
}

// stranger is a host that the inventory does not have, as delegate_to may name one: of its variables only those of all hosts are known.
func (e *Engine) stranger(name string) *host {
	s := &host{Host: &inventory.Host{Name: name}, inv: value.NewDict(), derived: value.NewDict(), facts: value.NewDict(), injected: value.NewDict(),
		set: value.NewDict(), included: value.NewDict(), heard: map[string]bool{}}
	if all := e.Inventory.Group("all"); all != nil {
		s.inv = e.Inventory.GroupVars(all)
	}
	return s
}
