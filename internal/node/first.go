package node

import (
	"context"
	"sync"
)

// First is sys, but calls before once, ahead of the first thing that may change the machine. If that fails nothing is changed.
func First(sys System, before func() error) System {
	return firstSystem{sys, sync.OnceValue(before)}
}

type firstSystem struct {
	System
	before func() error
}

// then does what changes something, once before has.
func (s firstSystem) then(do func() error) error {
	if err := s.before(); err != nil {
		return err
	}
	return do()
}

func (s firstSystem) Files() Files       { return firstFiles{s.System.Files(), s} }
func (s firstSystem) Accounts() Accounts { return firstAccounts{s.System.Accounts(), s} }
func (s firstSystem) Packages() Packages { return firstPackages{s.System.Packages(), s} }
func (s firstSystem) Services() Services { return firstServices{s.System.Services(), s} }
func (s firstSystem) Net() Net           { return firstNet{s.System.Net(), s} }

func (s firstSystem) Do(ctx context.Context, c Change, steps func(context.Context) error) error {
	return s.then(func() error { return s.System.Do(ctx, c, steps) })
}

func (s firstSystem) Exec(ctx context.Context, c Cmd) (out Output, err error) {
	if c.ReadOnly || c.Verify {
		return s.System.Exec(ctx, c)
	}
	err = s.then(func() (err error) { out, err = s.System.Exec(ctx, c); return err })
	return out, err
}

type firstFiles struct {
	Files
	s firstSystem
}

// The methods of firstFiles are those of Files that change something.
func (f firstFiles) Place(path string, size int64, a Attrs) error {
	return f.s.then(func() error { return f.Files.Place(path, size, a) })
}

func (f firstFiles) Write(path string, content []byte, a Attrs) error {
	return f.s.then(func() error { return f.Files.Write(path, content, a) })
}

func (f firstFiles) WriteUnknown(path string, a Attrs) error {
	return f.s.then(func() error { return f.Files.WriteUnknown(path, a) })
}

func (f firstFiles) Generate(path string, create func() ([]byte, error), a Attrs) (content []byte, err error) {
	err = f.s.then(func() (err error) { content, err = f.Files.Generate(path, create, a); return err })
	return content, err
}

func (f firstFiles) Mkdir(path string, a Attrs) error {
	return f.s.then(func() error { return f.Files.Mkdir(path, a) })
}

func (f firstFiles) Symlink(target, path string) error {
	return f.s.then(func() error { return f.Files.Symlink(target, path) })
}

func (f firstFiles) Hardlink(target, path string) error {
	return f.s.then(func() error { return f.Files.Hardlink(target, path) })
}

func (f firstFiles) Set(path string, follow bool, a Attrs) error {
	return f.s.then(func() error { return f.Files.Set(path, follow, a) })
}

func (f firstFiles) Touch(path string, a Attrs) error {
	return f.s.then(func() error { return f.Files.Touch(path, a) })
}

func (f firstFiles) Remove(path string) error {
	return f.s.then(func() error { return f.Files.Remove(path) })
}

func (f firstFiles) Rename(from, to string) error {
	return f.s.then(func() error { return f.Files.Rename(from, to) })
}

type firstAccounts struct {
	Accounts
	s firstSystem
}

func (a firstAccounts) AddUser(ctx context.Context, name string, c AccountChange) error {
	return a.s.then(func() error { return a.Accounts.AddUser(ctx, name, c) })
}

func (a firstAccounts) ModifyUser(ctx context.Context, name string, c AccountChange) error {
	return a.s.then(func() error { return a.Accounts.ModifyUser(ctx, name, c) })
}

func (a firstAccounts) RemoveUser(ctx context.Context, name string, home bool) error {
	return a.s.then(func() error { return a.Accounts.RemoveUser(ctx, name, home) })
}

func (a firstAccounts) AddGroup(ctx context.Context, name string, gid *int, system bool) error {
	return a.s.then(func() error { return a.Accounts.AddGroup(ctx, name, gid, system) })
}

func (a firstAccounts) ModifyGroup(ctx context.Context, name string, gid int) error {
	return a.s.then(func() error { return a.Accounts.ModifyGroup(ctx, name, gid) })
}

func (a firstAccounts) RemoveGroup(ctx context.Context, name string) error {
	return a.s.then(func() error { return a.Accounts.RemoveGroup(ctx, name) })
}

type firstPackages struct {
	Packages
	s firstSystem
}

func (p firstPackages) Install(ctx context.Context, specs []string, o InstallOptions) error {
	return p.s.then(func() error { return p.Packages.Install(ctx, specs, o) })
}

func (p firstPackages) Remove(ctx context.Context, names []string, purge, autoremove bool) error {
	return p.s.then(func() error { return p.Packages.Remove(ctx, names, purge, autoremove) })
}

type firstServices struct {
	Services
	s firstSystem
}

func (v firstServices) Start(ctx context.Context, name string, o UnitOptions) error {
	return v.s.then(func() error { return v.Services.Start(ctx, name, o) })
}

func (v firstServices) Stop(ctx context.Context, name string, o UnitOptions) error {
	return v.s.then(func() error { return v.Services.Stop(ctx, name, o) })
}

func (v firstServices) Restart(ctx context.Context, name string, o UnitOptions) error {
	return v.s.then(func() error { return v.Services.Restart(ctx, name, o) })
}

func (v firstServices) Reload(ctx context.Context, name string, o UnitOptions) error {
	return v.s.then(func() error { return v.Services.Reload(ctx, name, o) })
}

func (v firstServices) Enable(ctx context.Context, name string, on bool) error {
	return v.s.then(func() error { return v.Services.Enable(ctx, name, on) })
}

func (v firstServices) Mask(ctx context.Context, name string, on bool) error {
	return v.s.then(func() error { return v.Services.Mask(ctx, name, on) })
}

type firstNet struct {
	Net
	s firstSystem
}

func (n firstNet) HTTP(ctx context.Context, r Request) (res Response, err error) {
	if r.ReadOnly || r.Change == nil && (r.Method == "" || r.Method == "GET" || r.Method == "HEAD") {
		return n.Net.HTTP(ctx, r)
	}
	err = n.s.then(func() (err error) { res, err = n.Net.HTTP(ctx, r); return err })
	return res, err
}

func (n firstNet) Converse(ctx context.Context, c Conversation) error {
	if c.ReadOnly && c.Change == nil {
		return n.Net.Converse(ctx, c)
	}
	return n.s.then(func() error { return n.Net.Converse(ctx, c) })
}
