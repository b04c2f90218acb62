//go:build linux

package node

import (
	"context"
	"fmt"
	"os"
	"os/user"
	"strconv"
	"sync"
)

// Live is the machine that this process runs on. It is safe for concurrent use.
type Live struct {
	packages sync.Mutex // one package transaction at a time
	dpkg     dpkgStatus
	lock     machineLock
	pieces   pieces
	units    unitBus
}

// NewLive is the machine itself.
func NewLive() *Live { return &Live{units: unitBus{socket: systemdSocket}} }

// For gives the machine as seen and changed by one task.
func (l *Live) For(t Task) (System, error) {
	if t.Record == nil {
		t.Record = func(Change) {}
	}
	id, err := identify(t.User)
	if err != nil {
		return nil, err
	}
	return &liveSystem{live: l, task: t, id: id}, nil
}

type liveSystem struct {
	live *Live
	task Task
	id   identity
}

func (s *liveSystem) Files() Files       { return liveFiles{s} }
func (s *liveSystem) Accounts() Accounts { return liveAccounts{s} }
func (s *liveSystem) Packages() Packages { return apt{s} }
func (s *liveSystem) Services() Services { return systemd{s} }
func (s *liveSystem) Net() Net           { return liveNet{s} }
func (s *liveSystem) User() string       { return s.id.name }

// ActsAsRoot tells a shadow whose rules to foresee.
func (s *liveSystem) ActsAsRoot() bool { return s.id.uid == 0 }

// Await polls.
func (s *liveSystem) Await(ctx context.Context, w Wait) error { return Poll(ctx, w) }

// Do takes the steps.
func (s *liveSystem) Do(ctx context.Context, c Change, steps func(context.Context) error) error {
	if err := steps(ctx); err != nil {
		return err
	}
	s.record(c)
	return nil
}

// Foreseen is what only a plan does.
func (s *liveSystem) Foreseen(string) (string, bool) { return "", false }

func (s *liveSystem) record(c Change) { s.task.Record(c) }

// identity is the account that a task acts as.
type identity struct {
	name     string
	uid, gid int
	groups   []int
	home     string
	shell    string
	other    bool // it is not the account of this process, so each access must be made on its behalf
}

func identify(name string) (identity, error) {
	self := os.Geteuid()
	if name == "" {
		name = strconv.Itoa(self)
	}
	a, ok, err := readUser(name)
	if err != nil {
		return identity{}, err
	}
	if !ok {
		if u, err := user.LookupId(name); err == nil { // an account that is in no file of ours
			uid, _ := strconv.Atoi(u.Uid)
			gid, _ := strconv.Atoi(u.Gid)
			return identity{name: u.Username, uid: uid, gid: gid, home: u.HomeDir, shell: "/bin/sh", other: uid != self}, nil
		}
		return identity{}, fmt.Errorf("become_user: user %q not found on this node", name)
	}
	id := identity{name: a.Name, uid: a.UID, gid: a.GID, home: a.Home, shell: a.Shell, other: a.UID != self}
	if id.other && self != 0 {
		return identity{}, fmt.Errorf("acting as %s needs root, and this is uid %d", a.Name, self)
	}
	id.groups, err = groupIDs(a.Name)
	return id, err
}
