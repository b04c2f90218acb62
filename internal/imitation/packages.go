package imitation

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"pig/internal/node"
)

// Package is what a package brings.
type Package struct {
	Version  string
	Files    []Laid
	Users    []string // system accounts, each with a group of its name
	Units    []string // enabled, and started unless that is forbidden
	Needs    []string
	Provides []string
}

// Universe is what a distribution has: the files of a fresh installation, packages, and the programs and commands in them.
type Universe struct {
	Postgres string // the major version of PostgreSQL
	Base     []Laid
	Packages map[string]Package
	Programs map[string]Program // by unit; that of a template stands for its instances
	Served   map[string]Program // by the name of the program that a unit starts, where no unit is named
	Commands map[string]Command // by name
}

// programOf is what a unit of a name starts; text is what its files say.
func (u *Universe) programOf(name, text string) Program {
	for _, n := range unitNames(name) {
		if p, ok := u.Programs[n]; ok {
			return p
		}
	}
	words := strings.Fields(between(text, "ExecStart=", "\n", ""))
	if len(words) == 0 {
		return Program{}
	}
	return u.Served[path.Base(words[0])]
}

type apt struct{ *system }

func (a apt) Installed(_ context.Context, names []string) (map[string]string, error) {
	a.Machine.mu.Lock()
	defer a.Machine.mu.Unlock()
	found := map[string]string{}
	for _, n := range names {
		if v, ok := a.packages[n]; ok {
			found[n] = v
			continue
		}
		for other, v := range a.packages {
			if slices.Contains(a.universe.Packages[other].Provides, n) {
				found[n] = v
			}
		}
	}
	return found, nil
}

func (a apt) Candidates(_ context.Context, names []string) (map[string]string, error) {
	found := map[string]string{}
	for _, n := range names {
		if p, ok := a.universe.Packages[n]; ok {
			found[n] = p.Version
		}
	}
	return found, nil
}

func (a apt) Refresh(context.Context) error {
	return a.change("apt-get update", func() (node.Change, bool, error) {
		return node.Change{}, false, a.locked(func() error { a.refreshed = true; return nil })
	})
}

func (a apt) Refreshed() time.Time {
	if a.refreshed {
		return a.world.boot
	}
	return time.Time{}
}

func (a apt) Install(ctx context.Context, specs []string, o node.InstallOptions) error {
	names := node.BareNames(specs)
	before, err := a.Installed(ctx, names)
	if err != nil {
		return err
	}
	for _, n := range names {
		err := a.change("apt-get install "+n, func() (node.Change, bool, error) {
			if err := a.install(n, o.NoStart); err != nil {
				return node.Change{}, false, err
			}
			after, err := a.Installed(ctx, []string{n})
			return node.InstallChange(n, before[n], after[n]), before[n] != after[n], err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// install does what apt-get install does with one package and what it needs.
func (m *Machine) install(name string, quiet bool) error {
	p, ok := m.universe.Packages[name]
	if !ok {
		return m.world.unheardOf("the package %s", name)
	}
	m.mu.Lock()
	_, done := m.packages[name]
	m.packages[name] = p.Version
	m.mu.Unlock()
	if done {
		return nil
	}
	for _, need := range p.Needs {
		if err := m.install(need, quiet); err != nil {
			return err
		}
	}
	m.mu.Lock()
	for _, u := range p.Users {
		if _, ok := m.accounts.user(u); !ok {
			shell := "/usr/sbin/nologin"
			home := "/var/lib/" + u
			if err := m.addUser(u, node.AccountChange{System: true, Shell: &shell, Home: &home}); err != nil {
				m.mu.Unlock()
				return err
			}
		}
	}
	for _, f := range p.Files {
		m.lay(f)
	}
	for _, u := range p.Units {
		m.known(u).enabled = true
	}
	m.mu.Unlock()
	if quiet {
		return nil
	}
	for _, u := range p.Units {
		if err := m.drive(u, "start"); err != nil {
			return err
		}
	}
	return nil
}

func (a apt) Remove(ctx context.Context, names []string, purge, _ bool) error {
	before, err := a.Installed(ctx, names)
	if err != nil {
		return err
	}
	for _, n := range names {
		if before[n] == "" {
			continue
		}
		err := a.change("apt-get remove "+n, func() (node.Change, bool, error) {
			a.uninstall(n, purge)
			return node.RemovePackageChange(n, before[n]), true, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (m *Machine) uninstall(name string, purge bool) {
	p := m.universe.Packages[name]
	for _, u := range p.Units {
		if m.Daemon(u) != nil {
			_ = m.drive(u, "stop") // it runs, so it can be stopped
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.packages, name)
	for _, f := range p.Files {
		if strings.HasSuffix(f.Path, "/") || f.Config && !purge {
			continue
		}
		if s, err := m.tree.walk(f.Path, false, superuser, m.accounts.userName); err == nil && s.entry != nil {
			delete(s.dir.children, s.name)
		}
	}
	for _, u := range p.Units {
		delete(m.units, node.UnitName(u))
	}
}

// Install puts packages on the machine without telling anybody, for tests.
func (m *Machine) Install(names ...string) error {
	for _, n := range names {
		if err := m.install(n, true); err != nil {
			return fmt.Errorf("installing %s: %w", n, err)
		}
	}
	return nil
}
