// Package fleet keeps one agent running on each host that a run needs, and passes tasks to it.
package fleet

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"pig/internal/agentbin"
	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/transport"
	"pig/internal/value"
)

// Host says how to reach a host and with which rights to act there.
type Host struct {
	transport.Target
	Become         bool   // the agent runs as root through sudo
	BecomePassword string // for sudo
	BecomeExe      string // "" is sudo
}

// Unreachable is a host that could not be talked to: it is down, or it let nobody in. Nothing is known of what it did last.
type Unreachable struct {
	Host string
	Err  error
}

func (u *Unreachable) Error() string { return u.Err.Error() }
func (u *Unreachable) Unwrap() error { return u.Err }

// dialRamp is how many connections are opened at once: sshd drops unauthenticated ones beyond MaxStartups, and bastions
// before that.
const dialRamp = 16

// Fleet holds the agents of one run. It is safe for concurrent use.
type Fleet struct {
	ssh    transport.Config
	agents *agentbin.Store
	ramp   chan struct{}
	begin  func(context.Context, Host) (*session, error) // starts an agent

	local   *node.Live // this machine, for connection: local
	shadow  *node.Shadow
	modules map[string]module.Module

	mu       sync.Mutex
	sessions map[key]*slot
	first    map[string]Task // of hosts, by name: what each agent does there before anything else
	closed   bool
}

// key tells sessions apart: with root's rights and without are two agents on a host.
type key struct {
	name   string
	addr   string
	user   string
	become bool
}

func keyOf(h Host) key { return key{h.Name, h.Addr, h.Target.User, h.Become} }

// slot is a session that is there or is being made; many tasks may wait for it.
type slot struct {
	ready   chan struct{}
	session *session
	err     error
}

// made tells whether the session is there, or could not be made. A nil slot is neither.
func (s *slot) made() bool {
	if s == nil {
		return false
	}
	select {
	case <-s.ready:
		return true
	default:
		return false
	}
}

// close ends the session, if there is one. One that is still being made ends when its dialling has an end.
func (s *slot) close() {
	if s.made() && s.session != nil {
		s.session.close()
	}
}

// New reaches hosts as conf says; modules are for this machine itself, which needs no agent.
func New(conf transport.Config, modules map[string]module.Module) *Fleet {
	local := node.NewLive()
	f := &Fleet{
		ssh: conf, agents: agentbin.NewStore(), ramp: make(chan struct{}, dialRamp), sessions: map[key]*slot{},
		local: local, shadow: node.NewShadow(local), modules: modules,
	}
	f.begin = f.start
	return f
}

// Task is a module call for a host.
type Task struct {
	module.Task
	Planned bool
	Timeout time.Duration
}

// Run executes t on h. The error is an *Unreachable, or ctx's; a task that failed tells so in its result. A connection that was lost before t
// was sent, as a busy machine may lose one, is made anew once.
func (f *Fleet) Run(ctx context.Context, h Host, t Task) (module.Result, error) {
	if h.Local && (!h.Become || os.Geteuid() == 0) {
		return f.here(ctx, t), nil
	}
	r, err := f.send(ctx, h, t)
	if errors.Is(err, errUnsent) && !t.Planned && ctx.Err() == nil { // what a plan has foreseen so far died with the agent
		f.lost(h)
		r, err = f.send(ctx, h, t)
	}
	return r, err
}

// send executes t in the session of h, which it opens if there is none.
func (f *Fleet) send(ctx context.Context, h Host, t Task) (module.Result, error) {
	s, err := f.session(ctx, h)
	if err != nil {
		return module.Result{}, err
	}
	if t.User == "" {
		t.User = s.user
	}
	r, err := s.run(ctx, t)
	if err != nil && ctx.Err() == nil {
		f.forget(h, s)
		err = &Unreachable{Host: h.Name, Err: err}
	}
	return r, err
}

// here executes t on this machine, in this process.
func (f *Fleet) here(ctx context.Context, t Task) module.Result {
	if t.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, t.Timeout, fmt.Errorf("the task took longer than the timeout of %s", t.Timeout))
		defer cancel()
	}
	if t.Planned {
		return module.Run(ctx, f.shadow, f.modules, t.Task)
	}
	return module.Run(ctx, f.local, f.modules, t.Task)
}

// Connect makes sure that an agent runs on h.
func (f *Fleet) Connect(ctx context.Context, h Host) error {
	_, err := f.session(ctx, h)
	return err
}

func (f *Fleet) session(ctx context.Context, h Host) (*session, error) {
	k := keyOf(h)
	f.mu.Lock()
	s, ok := f.sessions[k]
	if !ok {
		s = &slot{ready: make(chan struct{})}
		f.sessions[k] = s
		go f.open(context.WithoutCancel(ctx), h, s)
	}
	f.mu.Unlock()
	select {
	case <-s.ready:
		return s.session, s.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// open is bounded by the connection's own deadlines. A host that failed stays failed for this run: asking it again for
// every task would hold up everybody.
func (f *Fleet) open(ctx context.Context, h Host, s *slot) {
	defer close(s.ready)
	f.ramp <- struct{}{}
	defer func() { <-f.ramp }()
	session, err := f.begin(ctx, h)
	if err == nil {
		err = f.introduce(ctx, h, session)
	}
	if err != nil {
		s.err = &Unreachable{Host: h.Name, Err: err}
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed { // nobody is left to end it
		session.close()
		s.err = &Unreachable{Host: h.Name, Err: errors.New("the run has ended")}
		return
	}
	s.session = session
}

// First makes every agent that starts on one of hosts from now on do t before anything else: one that takes the place of another, after a
// reboot or a lost connection, holds the host's lock as the other did. An agent that fails at t is not used. The zero Task ends it.
func (f *Fleet) First(hosts []string, t Task) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.first = map[string]Task{}
	for _, h := range hosts {
		if t.Module != "" {
			f.first[h] = t
		}
	}
}

// introduce does what an agent on h has to do first.
func (f *Fleet) introduce(ctx context.Context, h Host, s *session) error {
	f.mu.Lock()
	t, ok := f.first[h.Name]
	f.mu.Unlock()
	if !ok {
		return nil
	}
	t.Args = value.Clone(t.Args).(*value.Dict) //nolint:forcetypeassert // a clone has the type of its original
	r, err := s.run(ctx, t)
	if err == nil && r.Failed != "" {
		err = errors.New(r.Failed)
	}
	if err != nil {
		s.close()
	}
	return err
}

func (f *Fleet) forget(h Host, s *session) {
	s.close()
	f.mu.Lock()
	defer f.mu.Unlock()
	if slot := f.sessions[keyOf(h)]; slot.made() && slot.session == s {
		slot.session, slot.err = nil, &Unreachable{Host: h.Name, Err: fmt.Errorf("the connection was lost: %w", s.cause())}
	}
}

// lost forgets a session of h that failed, so that the next task on it connects anew.
func (f *Fleet) lost(h Host) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.dropFailed(keyOf(h))
}

// dropFailed forgets a session that could not be made or was lost. The caller has the lock.
func (f *Fleet) dropFailed(k key) {
	if s := f.sessions[k]; s.made() && s.session == nil {
		delete(f.sessions, k)
	}
}

// Reset forgets what is known of h, so that the next task connects anew: after a reboot, or meta: reset_connection.
func (f *Fleet) Reset(h Host) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for k, s := range f.sessions {
		if k.name == h.Name {
			f.end(k, s)
		}
	}
}

// Afresh ends all agents, with what was planned on them: the next task on a host connects anew, and finds the host as it is.
func (f *Fleet) Afresh() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.shadow = node.NewShadow(f.local)
	for k, s := range f.sessions {
		f.end(k, s)
	}
}

// end forgets an agent, and ends it if it has begun. The caller has the lock.
func (f *Fleet) end(k key, s *slot) {
	delete(f.sessions, k)
	s.close()
}

// Retry forgets which hosts could not be reached, so that each is tried once more.
func (f *Fleet) Retry() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for k := range f.sessions {
		f.dropFailed(k)
	}
}

// Close ends all agents.
func (f *Fleet) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	for _, s := range f.sessions {
		s.close()
	}
	f.sessions = map[key]*slot{}
}
