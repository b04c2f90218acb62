package engine

import (
	"maps"
	"sync"

	"pig/internal/inventory"
	"pig/internal/module"
	"pig/internal/value"
)

// host is what a view of the engine knows of a host, for as long as it runs. Views run side by side: what the tasks of one
// register, another one never sees, as if each were a run of ansible-playbook.
type host struct {
	*machine
	// What follows is replaced where it grows, never changed: scopes of tasks hold it.
	set      *value.Dict     // set_fact and register
	heard    map[string]bool // which of set a node had a say in
	included *value.Dict     // include_vars
}

// machine is what all views of the engine know of a host.
type machine struct {
	*inventory.Host
	inv     *value.Dict // variables of the inventory
	derived *value.Dict

	mu       sync.RWMutex // goes with what views know of the host too
	facts    *value.Dict  // ansible_facts, without prefix
	injected *value.Dict  // the same as variables ansible_*
	own      bool         // its facts are of this machine

	recalled sync.Mutex                // one play reads what is pending
	pending  map[string]module.Pending // handlers that an earlier run left; nil before they were read
}

func newMachine(h *inventory.Host, inv, derived *value.Dict) *machine {
	if derived == nil {
		derived = value.NewDict()
	}
	return &machine{Host: h, inv: inv, derived: derived, facts: value.NewDict(), injected: value.NewDict()}
}

func newHost(m *machine) *host {
	return &host{machine: m, set: value.NewDict(), heard: map[string]bool{}, included: value.NewDict()}
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
	s := newHost(e.machine(h, name))
	e.hosts[name] = s
	if !h.Implicit {
		e.hosts[h.Name] = s
	}
	return s
}

// machine finds what all views know of a host that goes by name. The caller holds the lock.
func (e *Engine) machine(h *inventory.Host, name string) *machine {
	if !h.Implicit {
		name = h.Name
	}
	if n, ok := e.machines[name]; ok {
		return n
	}
	inv := e.Inventory.Vars(h)
	if e.Protect != nil {
		inv = e.Protect(inv)
	}
	var derived *value.Dict
	if e.Derived != nil {
		derived = e.Derived(name)
	}
	n := newMachine(h, inv, derived)
	e.Redactor.Add(value.Secrets(n.inv)...)
	e.Redactor.Add(value.Secrets(n.derived)...)
	e.machines[name] = n
	return n
}

// tell keeps facts; heard says that a node told them.
func (h *host) tell(facts *value.Dict, heard bool) { h.tellAs(facts, "ansible_", heard) }

// tellAs keeps facts, also as variables of their names after prefix.
func (h *host) tellAs(facts *value.Dict, prefix string, heard bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.own = !heard && (h.own || h.facts.Len() == 0) // what a node said before is still there
	h.injected = h.injected.Clone()
	for k, v := range facts.All() {
		h.facts.Set(k, value.Clone(v))
		h.injected.Set(prefix+value.KeyText(k), value.Clone(v))
	}
}

// register keeps v under name; heard tells whether a node had a say in it.
func (h *host) register(name string, v value.Value, heard bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.set, h.heard = h.set.Clone(), maps.Clone(h.heard)
	h.set.Set(name, v)
	h.heard[name] = heard
}

// stranger is a host that the inventory does not have, as delegate_to may name one: of its variables only those of all hosts are known.
func (e *Engine) stranger(name string) *host {
	inv := value.NewDict()
	if all := e.Inventory.Group("all"); all != nil {
		inv = e.Inventory.GroupVars(all)
	}
	return newHost(newMachine(&inventory.Host{Name: name}, inv, nil))
}
