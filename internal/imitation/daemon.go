package imitation

import (
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"pig/internal/node"
)

// Program is what runs when a unit is started.
type Program struct {
	// Reads are the files, and directories of files, that it reads when it starts; Reloads those that a reload makes it read again.
	// Without Reloads it cannot reload.
	Reads, Reloads []string
	Oneshot        bool
	Takes          time.Duration // between its end and its start in a restart
	// Start brings it up with what it has read; Reload and Stop are for what else it has to do then.
	Start  func(*Daemon) error
	Reload func(*Daemon) error
	Stop   func(*Daemon)
}

// Daemon is a running program, with its configuration as it has read it.
type Daemon struct {
	Machine *Machine
	Unit    string
	PID     int
	Read    map[string]string // by path; a path that was not there is missing
	State   any               // the program's own
	reads   []string
}

// unitOf is what a daemon has read of its unit files, beside its own.
const unitOf = "(unit files)"

// read takes down the content of files as it is. The caller holds the lock of the machine.
func (d *Daemon) read(paths []string) {
	for _, p := range paths {
		maps.DeleteFunc(d.Read, func(at, _ string) bool { return at == p || strings.HasPrefix(at, p+"/") })
		if !slices.Contains(d.reads, p) {
			d.reads = append(d.reads, p)
		}
	}
	maps.Copy(d.Read, d.Machine.contents(paths))
}

// contents are files, and those below directories, by path. The caller holds the lock.
func (m *Machine) contents(paths []string) map[string]string {
	all := map[string]string{}
	for _, p := range paths {
		if text, ok := m.peek(p); ok {
			all[p] = text
		}
		for _, f := range m.below(p) {
			all[f], _ = m.peek(f)
		}
	}
	return all
}

// Stale are the files of which the daemon has another content than is on disk now.
func (d *Daemon) Stale() []string {
	d.Machine.mu.Lock()
	defer d.Machine.mu.Unlock()
	now := d.Machine.contents(d.reads)
	now[unitOf] = d.Machine.unitText(d.Unit)
	var stale []string
	for path, text := range now {
		if was, ok := d.Read[path]; !ok || was != text {
			stale = append(stale, path)
		}
	}
	for path := range d.Read {
		if _, ok := now[path]; !ok {
			stale = append(stale, path)
		}
	}
	slices.Sort(stale)
	return stale
}

// Daemon gives the running daemon of a unit, nil if it is down.
func (m *Machine) Daemon(unit string) *Daemon {
	m.mu.Lock()
	defer m.mu.Unlock()
	if u, ok := m.units[node.UnitName(unit)]; ok {
		return u.daemon
	}
	return nil
}

// Daemons are all that run, by unit.
func (m *Machine) Daemons() map[string]*Daemon {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := map[string]*Daemon{}
	for name, u := range m.units {
		if u.daemon != nil {
			all[name] = u.daemon
		}
	}
	return all
}

// Counts tells how often a unit was started, stopped and reloaded.
func (m *Machine) Counts(unit string) Counts {
	m.mu.Lock()
	defer m.mu.Unlock()
	if u, ok := m.units[node.UnitName(unit)]; ok {
		return u.counts
	}
	return Counts{}
}

// Listener is a port that a daemon has open. One that has neither HTTP nor Speak takes connections and says nothing.
type Listener struct {
	HTTP   http.Handler
	Speak  func(net.Conn)
	daemon *Daemon
}

// Listen opens a port; addr is an address of the machine, 0.0.0.0 for all of IPv4, :: for all of IPv6, or * for both.
func (d *Daemon) Listen(addr, port string, l Listener) error {
	d.Machine.mu.Lock()
	defer d.Machine.mu.Unlock()
	at := net.JoinHostPort(addr, port)
	for _, taken := range reaching(addr, port) {
		if other, ok := d.Machine.listeners[taken]; ok && other.daemon != d {
			return fmt.Errorf("bind: %s: address already in use", at)
		}
	}
	l.daemon = d
	d.Machine.listeners[at] = &l
	return nil
}

// reaching are the sockets that take what comes to an address.
func reaching(addr, port string) []string {
	all := "0.0.0.0"
	if strings.Contains(addr, ":") {
		all = "::"
	}
	return []string{net.JoinHostPort(addr, port), net.JoinHostPort(all, port), net.JoinHostPort("*", port)}
}

// Close closes all its ports.
func (d *Daemon) Close() {
	d.Machine.mu.Lock()
	defer d.Machine.mu.Unlock()
	maps.DeleteFunc(d.Machine.listeners, func(_ string, l *Listener) bool { return l.daemon == d })
}
