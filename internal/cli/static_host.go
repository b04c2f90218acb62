package cli

import (
	"pig/internal/engine"
	"pig/internal/inventory"
	"pig/internal/jinja"
	"pig/internal/value"
)

// hostVars are what templates in the inventory may use before any host is asked: -e, the host's variables, Ansible's about the inventory, and what
// known has.
type hostVars struct {
	staticVars
	run   *runner
	host  *inventory.Host
	known func(name string) (value.Value, bool)
}

func (s *runner) hostVars(h *inventory.Host, known func(string) (value.Value, bool)) hostVars {
	return hostVars{staticVars{s.extra, s.inventory.Vars(h)}, s, h, known}
}

// Lookup implements jinja.Variables.
func (v hostVars) Lookup(name string) (value.Value, bool, bool) {
	if val, ok := v.magic(name); ok {
		return val, false, true
	}
	if val, template, ok := v.staticVars.Lookup(name); ok {
		return val, template, true
	}
	if v.known == nil {
		return nil, false, false
	}
	val, ok := v.known(name)
	return val, ok, ok
}

// magic are Ansible's variables about the inventory.
func (v hostVars) magic(name string) (value.Value, bool) {
	switch name {
	case "hostvars":
		return varsOfHosts{v.run}, true
	case "omit":
		return jinja.Omit, true
	}
	return engine.OfInventory(v.run.inventory, v.host, name)
}

// varsOfHosts are the variables of each host, rendered when they are asked for.
type varsOfHosts struct{ run *runner }

// Item implements jinja.Mapping.
func (m varsOfHosts) Item(key value.Value) (value.Value, bool, error) {
	name, _ := value.Plain(key)
	h := m.run.inventory.Host(name)
	if h == nil {
		return nil, false, nil
	}
	return m.run.templates.Scope(m.run.hostVars(h, nil)).Vars(), true, nil
}

// Keys implements jinja.Mapping.
func (m varsOfHosts) Keys() (keys []value.Value) {
	for _, h := range m.run.inventory.Hosts() {
		keys = append(keys, h.Name)
	}
	return keys
}
