package imitation

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"pig/internal/node"
)

// Machine is one machine. It stays what it is when agents on it come and go.
type Machine struct {
	world    *World
	universe *Universe
	addr     string

	mu        sync.Mutex
	tree      *tree
	accounts  accounts
	packages  map[string]string // name to version
	refreshed bool
	units     map[string]*unit
	listeners map[string]*Listener
	holder    *process // of the lock
	held      string
	pids      int
	deeds     int // what was changed, in all
	hostname  string
}

func newMachine(w *World, addr string, u *Universe) *Machine {
	m := &Machine{world: w, universe: u, addr: addr, packages: map[string]string{}, units: map[string]*unit{}, listeners: map[string]*Listener{}, pids: 100, hostname: "debian"}
	m.tree = newTree(w.now)
	m.accounts = newAccounts()
	for _, f := range u.Base {
		m.lay(f)
	}
	return m
}

// Addr is the machine's address.
func (m *Machine) Addr() string { return m.addr }

// six tells whether the machine has an IPv6 address, beside that of its loopback.
func (m *Machine) six() bool { return strings.Contains(m.addr, ":") }

// Hostname is the name in force.
func (m *Machine) Hostname() string { return m.hostname }

// SetHostname changes it.
func (m *Machine) SetHostname(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.hostname = name
}

// For gives the machine to one task, as an agent does that lives as long as the machine.
func (m *Machine) For(t node.Task) (node.System, error) { return (&process{Machine: m}).For(t) }

// process is an agent at work on the machine. What it does ends with it.
type process struct {
	*Machine
	login string // the account that tasks act as which name none
	mu    sync.Mutex
	dead  error
	kill  func()
	cut   func()
	// hushed is closed when nothing goes through its streams any more.
	hushed chan struct{}
}

func (p *process) end(why error) {
	p.mu.Lock()
	first := p.dead == nil
	if first {
		p.dead = why
	}
	p.mu.Unlock()
	if !first {
		return
	}
	p.Machine.mu.Lock()
	if p.holder == p {
		p.holder, p.held = nil, ""
	}
	p.Machine.mu.Unlock()
	if p.kill != nil {
		p.kill()
	}
}

func (p *process) gone() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.dead
}

// For gives the machine to one task.
func (p *process) For(t node.Task) (node.System, error) {
	if t.Record == nil {
		t.Record = func(node.Change) {}
	}
	name := t.User
	if name == "" {
		name = p.login
	}
	if name == "" {
		name = "root"
	}
	p.Machine.mu.Lock()
	defer p.Machine.mu.Unlock()
	a, ok := p.accounts.user(name)
	if !ok {
		return nil, fmt.Errorf("become_user: user %q not found on this node", name)
	}
	return &system{process: p, task: t, id: a}, nil
}

// system is the machine as one account, during one task.
type system struct {
	*process
	task node.Task
	id   *node.Account
}

func (s *system) Files() node.Files       { return files{s} }
func (s *system) Accounts() node.Accounts { return people{s} }
func (s *system) Packages() node.Packages { return apt{s} }
func (s *system) Services() node.Services { return systemd{s} }
func (s *system) Net() node.Net           { return network{s} }
func (s *system) User() string            { return s.id.Name }

// ActsAsRoot tells a shadow whose rules to foresee.
func (s *system) ActsAsRoot() bool { return s.id.UID == 0 }

// Await polls, in the time of the world.
func (s *system) Await(ctx context.Context, w node.Wait) error { return node.Poll(ctx, w) }

// Foreseen is what only a plan does.
func (s *system) Foreseen(string) (string, bool) { return "", false }

// Do takes the steps. Each of them is a deed; the change of which they are part is none.
func (s *system) Do(ctx context.Context, c node.Change, steps func(context.Context) error) error {
	err := s.gone()
	if err == nil {
		err = steps(ctx)
	}
	if err == nil {
		err = s.gone()
	}
	if err == nil {
		s.task.Record(c)
	}
	return err
}

// change does something that lasts, and records it. Faults happen here, before and after.
func (s *system) change(what string, do func() (node.Change, bool, error)) error {
	if err := s.gone(); err != nil {
		return err
	}
	fault := s.world.fault()
	turn := fault.turn(what)
	if err := fault.before(turn, s.process, what); err != nil {
		return err
	}
	c, changed, err := do()
	if err != nil {
		return err
	}
	s.Machine.mu.Lock()
	s.deeds++
	s.Machine.mu.Unlock()
	if changed {
		s.task.Record(c)
	}
	return fault.after(turn, s.process, what)
}

// locked runs do with the state of the machine to itself.
func (m *Machine) locked(do func() error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return do()
}

func (s *system) Lock(holder string) error {
	if err := s.gone(); err != nil {
		return err
	}
	return s.locked(func() error {
		if s.holder != nil && s.holder != s.process {
			if s.held == holder {
				return nil
			}
			return &node.Locked{Holder: s.held}
		}
		s.holder, s.held = s.process, holder
		return nil
	})
}

func (s *system) Unlock() error {
	return s.locked(func() error {
		if s.holder == s.process {
			s.holder, s.held = nil, ""
		}
		return nil
	})
}

func (s *system) Holder() (string, error) { return s.Machine.Holder(), nil }

func (s *system) Evict(context.Context) (string, error) {
	s.Machine.mu.Lock()
	holder, who := s.holder, s.held
	s.Machine.mu.Unlock()
	if holder == nil || holder == s.process {
		return "", nil
	}
	holder.end(errKilled)
	return who, nil
}

// Holder tells who has the machine's lock, "" if nobody.
func (m *Machine) Holder() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.held
}

// Deeds is how many things were done on the machine.
func (m *Machine) Deeds() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.deeds
}

// Exec runs a command of the imitation.
func (s *system) Exec(ctx context.Context, c node.Cmd) (node.Output, error) {
	if len(c.Argv) == 0 {
		return node.Output{}, fmt.Errorf("no command given")
	}
	if err := s.gone(); err != nil {
		return node.Output{}, err
	}
	if c.ReadOnly || c.Verify {
		return s.run(ctx, c)
	}
	var out node.Output
	err := s.change(strings.Join(c.Argv, " "), func() (_ node.Change, _ bool, err error) {
		out, err = s.run(ctx, c)
		if err == nil && out.RC == 0 && c.Change != nil {
			return node.ExecChange(c), true, nil
		}
		return node.Change{}, false, err
	})
	return out, err
}
