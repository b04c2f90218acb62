package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os/exec"
	"strings"
	"sync"
)

// Shadow is a machine as it would be after what was planned so far. It is made for one plan and may be used by several
// tasks at once.
type Shadow struct {
	live Machine

	mu       sync.Mutex
	files    plannedFiles
	users    map[string]*Account // nil: removed
	groups   map[string]*Group
	handed   []handed
	packages map[string]string // name -> version, "" if removed
	units    map[string]Unit
	restarts map[string]bool   // units that start, again or for the first time
	facts    map[string]string // that changes make
	lists    bool              // the repositories will change, or their lists will be fetched for the first time
	stale    bool              // the lists of the same repositories will be fetched again
	started  bool              // some service will start
	installs bool              // some package will come
	skipped  int               // commands that were not run, whose effects nobody can tell
	changed  bool              // something is planned
	partial  bool              // other tasks, which are not planned here, come first
}

// NewShadow starts a plan on top of what live is now.
func NewShadow(live Machine) *Shadow {
	return &Shadow{
		live: live, files: newPlannedFiles(), users: map[string]*Account{}, groups: map[string]*Group{},
		packages: map[string]string{}, units: map[string]Unit{}, restarts: map[string]bool{}, facts: map[string]string{},
	}
}

// NewPartial starts a plan of some tasks on a machine on which others come first, such as those of other tags on a machine that is not
// installed: what is absent may be there by then.
func NewPartial(live Machine) *Shadow {
	s := NewShadow(live)
	s.partial = true
	return s
}

// For gives the planned machine to one task. An account that is only planned may act: what it may read is then read as
// the agent itself.
func (s *Shadow) For(t Task) (System, error) {
	if t.Record == nil {
		t.Record = func(Change) {}
	}
	live, err := s.live.For(Task{User: t.User, Env: t.Env})
	if err != nil {
		if !s.mayHaveUser(t.User) {
			return nil, err
		}
		if live, err = s.live.For(Task{Env: t.Env}); err != nil {
			return nil, err
		}
		return &shadowSystem{shadow: s, live: live, task: t, user: t.User, planned: true}, nil
	}
	return &shadowSystem{shadow: s, live: live, task: t, user: live.User()}, nil
}

func (s *Shadow) mayHaveUser(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.users[name] != nil || s.unsure("")
}

// unsure tells whether something that is absent now may be there by then: a package, a command or an earlier task might bring it. The
// caller holds the lock. path is "" for what is no file.
func (s *Shadow) unsure(path string) bool {
	return s.partial || s.skipped > 0 || s.installs && (path == "" || packaged(path))
}

// packaged tells whether path lies where distributions' packages put things.
func packaged(path string) bool {
	for _, top := range []string{"/etc/", "/usr/", "/bin/", "/sbin/", "/lib/", "/lib64/", "/var/", "/opt/", "/run/", "/srv/"} {
		if strings.HasPrefix(path, top) {
			return true
		}
	}
	return false
}

type shadowSystem struct {
	shadow  *Shadow
	live    System
	task    Task
	user    string
	planned bool // the account that acts is itself only planned
}

func (s *shadowSystem) Files() Files       { return shadowFiles{s} }
func (s *shadowSystem) Accounts() Accounts { return shadowAccounts{s} }
func (s *shadowSystem) Packages() Packages { return shadowPackages{s} }
func (s *shadowSystem) Services() Services { return shadowServices{s} }
func (s *shadowSystem) Net() Net           { return shadowNet{s} }
func (s *shadowSystem) User() string       { return s.user }

// record takes down what a change makes so, too.
func (s *shadowSystem) record(c Change) {
	s.shadow.mu.Lock()
	maps.Copy(s.shadow.facts, c.Makes)
	s.shadow.changed = true
	s.shadow.mu.Unlock()
	s.task.Record(c)
}

// Foreseen tells what a change before this makes so.
func (s *shadowSystem) Foreseen(fact string) (string, bool) {
	s.shadow.mu.Lock()
	defer s.shadow.mu.Unlock()
	if fact == AnyChange {
		return "", s.shadow.changed || s.shadow.skipped > 0
	}
	v, ok := s.shadow.facts[fact]
	return v, ok
}

// Await looks once.
func (s *shadowSystem) Await(ctx context.Context, w Wait) error { return Look(ctx, w) }

// Do takes no step.
func (s *shadowSystem) Do(_ context.Context, c Change, _ func(context.Context) error) error {
	s.record(c)
	return nil
}

func (s *shadowSystem) Exec(ctx context.Context, c Cmd) (Output, error) {
	s.shadow.mu.Lock()
	unsure := s.shadow.unsure("")
	s.shadow.mu.Unlock()
	switch {
	case c.Sees != nil:
		return s.judge(ctx, c)
	case c.ReadOnly && s.notYet(ctx, c.Needs):
		return Output{}, fmt.Errorf("%s: %w", c.Argv[0], ErrNotYet)
	case c.ReadOnly && s.brings(c.Brought):
		return Output{}, fmt.Errorf("the output of %s, once %s is installed: %w", c.Argv[0], c.Brought, ErrUnknown)
	case c.ReadOnly && s.planned:
		return Output{}, fmt.Errorf("output of %s as user %s, who does not exist yet: %w", c.Argv[0], s.user, ErrUnknown)
	case c.ReadOnly:
		var err error
		if c.Sees, err = s.plannedAt(c.Reads); err != nil {
			return Output{}, fmt.Errorf("the output of %s: %w", c.Argv[0], err)
		}
		out, err := s.live.Exec(ctx, c)
		if unsure && (errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist)) {
			return Output{}, fmt.Errorf("output of %s, which is not installed yet: %w", c.Argv[0], ErrUnknown)
		}
		return out, err
	case c.Verify:
		return Output{}, nil
	case c.Change != nil:
		s.record(ExecChange(c))
		return Output{}, nil
	}
	s.shadow.mu.Lock()
	s.shadow.skipped++
	s.shadow.mu.Unlock()
	return Output{}, fmt.Errorf("the output of %s: %w", c.Argv[0], ErrUnknown)
}

// restarts tells whether the plan starts unit, again or for the first time.
func (s *shadowSystem) restarts(unit string) bool {
	s.shadow.mu.Lock()
	defer s.shadow.mu.Unlock()
	return s.shadow.restarts[UnitName(unit)]
}

// brings tells whether the plan installs a package.
func (s *shadowSystem) brings(name string) bool {
	s.shadow.mu.Lock()
	defer s.shadow.mu.Unlock()
	return name != "" && s.shadow.packages[name] != "" || name == AnyPackage && len(s.shadow.packages) > 0
}

// notYet tells whether unit is down now and started by the plan.
func (s *shadowSystem) notYet(ctx context.Context, unit string) bool {
	if unit == "" {
		return false
	}
	s.shadow.mu.Lock()
	planned, ok := s.shadow.units[UnitName(unit)]
	some := len(s.shadow.units) > 0
	s.shadow.mu.Unlock()
	if unit == AnyUnit {
		return some
	}
	if !ok || !planned.Running() {
		return false
	}
	u, err := s.live.Services().Unit(ctx, unit)
	return err != nil || !u.Running()
}
