package imitation

import "maps"

// Cloner is what members of a cluster hold together, able to be copied.
type Cloner interface{ Clone() any }

// Clone is the same world once more, as it is now: with the same files and clusters, and with its daemons started anew, which have
// read what is on disk. Events and counts begin anew.
func (w *World) Clone() *World {
	w.mu.Lock()
	c := &World{universe: w.universe, boot: w.boot, last: w.last, machines: map[string]*Machine{}, clusters: map[string]any{}, faults: NoFaults()}
	for name, v := range w.clusters {
		if one, ok := v.(Cloner); ok {
			c.clusters[name] = one.Clone()
		}
	}
	machines := maps.Clone(w.machines)
	w.mu.Unlock()
	for addr, m := range machines {
		c.machines[addr] = m.clone(c)
	}
	for _, m := range c.Machines() {
		m.boot(machines[m.addr])
	}
	c.events = nil
	return c
}

func (m *Machine) clone(w *World) *Machine {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := &Machine{world: w, universe: m.universe, addr: m.addr, packages: maps.Clone(m.packages), refreshed: m.refreshed, units: map[string]*unit{}, listeners: map[string]*Listener{}, pids: m.pids, hostname: m.hostname}
	c.tree, c.accounts = m.tree.clone(w.now), m.accounts.clone()
	for name, u := range m.units {
		v := *u
		v.daemon, v.jobs, v.active, v.sub, v.pid, v.counts = nil, make(chan struct{}, 1), "inactive", "dead", 0, Counts{}
		c.units[name] = &v
	}
	return c
}

// boot starts what ran on the machine that this is a copy of, the way it ran there.
func (m *Machine) boot(was *Machine) {
	for name := range was.Daemons() {
		u := m.units[name]
		if err := m.start(u, m.universe.programOf(name, u.loaded)); err != nil {
			panic("a copy of a daemon does not start: " + err.Error()) // a fault of the imitation
		}
		u.counts = Counts{}
	}
}
