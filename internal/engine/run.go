package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/playbook"
	"pig/internal/value"
)

// run is one host going through one play.
type run struct {
	*playRun
	*host
	index    int
	notified map[*playbook.Task]bool
	left     map[*playbook.Task]bool // notified by an earlier run, which did not get to them
	inFlush  bool
	at       place         // where it is now; goes with playRun.mu
	gone     bool          // it has left the play
	before   chan struct{} // closed when the host before this one has done the task at hand; nil: there is none
	done     chan struct{} // closed when this one has
	alarmed  int           // how many of the play's alarms it has taken for its own
	sets     sets
}

// arrive takes the host to a place, once its turn has come.
func (r *run) arrive(ctx context.Context, at place) error {
	if err := r.sched.arrive(ctx, r, at); err != nil {
		return err
	}
	r.playRun.mu.Lock()
	r.at = at
	r.playRun.mu.Unlock()
	r.moved.Broadcast()
	return nil
}

// leave takes the host out of the play.
func (r *run) leave() {
	r.sched.leave(r)
	r.playRun.mu.Lock()
	r.gone = true
	r.playRun.mu.Unlock()
	r.moved.Broadcast()
}

// claim takes the turn of a run_once task: the first of the hosts that share it and can still come to it has it, so that a plan and
// its apply choose the same one. The others wait for that host, and get its result.
func (r *run) claim(ctx context.Context, t *playbook.Task, at place) (slot *onceSlot, mine bool, err error) {
	wake := context.AfterFunc(ctx, r.moved.Broadcast)
	defer wake()
	with := r.sharing(t)
	key := fmt.Sprint(with, at)
	r.playRun.mu.Lock()
	defer r.playRun.mu.Unlock()
	for {
		if s, ok := r.once[key]; ok {
			return s, false, nil
		}
		if err := context.Cause(ctx); err != nil {
			return nil, false, err
		}
		if r.firstAt(t, at, with) {
			s := &onceSlot{done: make(chan struct{})}
			r.once[key] = s
			r.moved.Broadcast() // the others may have come here first, and wait for this
			return s, true, nil
		}
		r.moved.Wait()
	}
}

// sharing names the hosts that share a run_once task with this one: its cluster, if clusters are told apart, or "" for the whole batch.
func (r *run) sharing(t *playbook.Task) string {
	if r.e.opt.Cluster == nil || value.Equal(r.closest(t, func(k *playbook.Keywords) value.Value { return k.DelegateTo }), "localhost") {
		return ""
	}
	return r.e.opt.Cluster(r.Name)
}

// firstAt tells whether no host before this one that shares a run_once task (with, as sharing has it) can still come to its place. The caller
// holds the lock.
func (r *run) firstAt(t *playbook.Task, at place, with string) bool {
	for _, other := range r.runs[:r.index] {
		if !other.gone && slices.Compare(other.at, at) <= 0 && other.sharing(t) == with {
			return false
		}
	}
	return true
}

// hostError ends a host's play unless a rescue catches it.
type hostError struct {
	task        *playbook.Task
	result      Result
	unreachable bool
	shared      bool // of a run_once task that another host ran: nothing was counted for this one
}

func (e *hostError) Error() string { return e.result.Msg }

var (
	errEndHost = errors.New("meta: end_host")
	errEndRole = errors.New("meta: end_role")
	errAborted = errors.New("the play was aborted")
	errRunEnds = errors.New("the run ends here")
)

// Sections of a play, in order. The gaps are for the handlers that run after them.
const (
	sectionFacts = 10 * iota
	sectionPre
	sectionRoles
	sectionTasks
	sectionPost
	flushAfter = 5
)

// play takes the host through all sections.
func (r *run) play(ctx context.Context) error {
	err := r.sections(ctx)
	var he *hostError
	if errors.As(err, &he) {
		r.fail(he)
		force := r.playRun.settings.force || r.e.opt.FlushAll
		if force && !he.unreachable {
			return errors.Join(err, r.flush(ctx, place{sectionPost + flushAfter + 1}))
		}
	}
	if errors.Is(err, errEndHost) {
		return errors.Join(err, r.flush(ctx, place{sectionPost + flushAfter + 1}))
	}
	return err
}

func (r *run) fail(he *hostError) {
	r.e.fates.end(r.Name, he.unreachable)
	r.playRun.failed(r)
}

func (r *run) sections(ctx context.Context) error {
	p := r.playRun.play
	if err := r.gather(ctx, place{sectionFacts}); err != nil {
		return err
	}
	pre := func() error { return r.section(ctx, p.PreTasks, place{sectionPre}) }
	roles := func() error {
		for i, b := range p.RoleTasks {
			if err := r.block(ctx, b, place{sectionRoles, i}); err != nil {
				return err
			}
		}
		return r.section(ctx, p.Tasks, place{sectionTasks})
	}
	post := func() error { return r.section(ctx, p.PostTasks, place{sectionPost}) }
	for i, part := range []func() error{pre, roles, post} {
		if err := part(); err != nil {
			return err
		}
		at := place{[]int{sectionPre, sectionTasks, sectionPost}[i] + flushAfter}
		if i == 2 {
			if err := r.takeUpRest(ctx); err != nil {
				return err
			}
		}
		if err := r.flush(ctx, at); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) section(ctx context.Context, b *playbook.Block, at place) error {
	if b == nil {
		return nil
	}
	return r.block(ctx, b, at)
}

// block runs body, and rescue if it fails, and always in any case.
func (r *run) block(ctx context.Context, b *playbook.Block, at place) error {
	err := r.nodes(ctx, b.Body, at.at(0))
	var he *hostError
	if errors.As(err, &he) && !he.unreachable && len(b.Rescue) > 0 {
		if !he.shared {
			r.register("ansible_failed_task", value.DictOf("name", he.task.Name, "action", cmp.Or(he.task.Called, he.task.Action)), false)
			r.register("ansible_failed_result", he.result.Registered(), he.result.Heard)
			r.e.count(r.Name, func(s *Stats) { s.Rescued++; s.Failed-- })
		}
		err = r.nodes(ctx, b.Rescue, at.at(1))
	}
	if len(b.Always) > 0 && (err == nil || errors.As(err, &he) && !he.unreachable) {
		if e := r.nodes(ctx, b.Always, at.at(2)); e != nil {
			err = e
		}
	}
	if errors.Is(err, errEndRole) && b.Role != nil && (b.Parent == nil || b.Parent.Role != b.Role) {
		return nil
	}
	return err
}

func (r *run) nodes(ctx context.Context, nodes []playbook.Node, at place) error {
	for i, n := range nodes {
		var err error
		switch n := n.(type) {
		case *playbook.Block:
			err = r.block(ctx, n, at.at(i))
		case *playbook.Task:
			err = r.step(ctx, n, at.at(i))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// flush runs the handlers that were notified, in the order in which they are defined, until none is left.
func (r *run) flush(ctx context.Context, at place) (err error) {
	if r.inFlush {
		return nil
	}
	r.inFlush = true
	var done []*playbook.Task
	defer func() {
		r.inFlush = false
		err = errors.Join(err, r.strikeOut(ctx, done))
	}()
	for round := 0; len(r.notified) > 0; round++ {
		if round > 100 {
			return fmt.Errorf("handlers notify each other without end")
		}
		handlers := r.playHandlers()
		for i, t := range handlers {
			if !r.notified[t] {
				continue
			}
			delete(r.notified, t)
			if err := r.step(ctx, t, at.at(round).at(i)); err != nil {
				return err
			}
			done = append(done, t)
			delete(r.left, t)
		}
		for t := range r.notified { // notified, but nowhere to be found any more
			if !contains(handlers, t) {
				delete(r.notified, t)
			}
		}
	}
	return nil
}

// playHandlers are the handlers that the play has by now.
func (r *run) playHandlers() []*playbook.Task {
	r.playRun.mu.Lock()
	defer r.playRun.mu.Unlock()
	return append([]*playbook.Task(nil), r.handlers...)
}

func contains(tasks []*playbook.Task, t *playbook.Task) bool {
	for _, x := range tasks {
		if x == t {
			return true
		}
	}
	return false
}

// notify marks the handlers that go by name, or listen to it.
func (r *run) notify(t *playbook.Task, v value.Value, s *scope) error {
	name, err := s.text(v, t.Pos)
	if err != nil {
		return err
	}
	handlers := r.playHandlers()
	called := r.called(handlers, name)
	for _, h := range called {
		r.notified[h] = true
		delete(r.left, h)
	}
	if len(called) == 0 {
		return r.noHandler(t, name, handlers)
	}
	return nil
}

func (r *run) noHandler(t *playbook.Task, name string, handlers []*playbook.Task) error {
	return diag.Errorf(t.Pos, "handler %q not found", name).WithHint("%s", diag.DidYouMean(name, handlerNames(handlers)))
}

// called are the handlers that go by name, or listen to it; of several with one name the first of those that were defined last counts: of a
// role that comes later, or of the play.
func (r *run) called(handlers []*playbook.Task, name string) (called []*playbook.Task) {
	var byName *playbook.Task
	for _, h := range handlers {
		if slices.Contains(h.Listen, name) {
			called = append(called, h)
		}
		if h.Name == name || h.Role != nil && h.Title() == name || r.handlerName(h) == name {
			if byName == nil || byName.Role != h.Role {
				byName = h
			}
		}
	}
	if byName != nil && !contains(called, byName) {
		called = append(called, byName)
	}
	return called
}

// handlerName is the name of a handler with its variables: those of the play and of its role, too.
func (r *run) handlerName(h *playbook.Task) string {
	if !strings.Contains(h.Name, "{{") {
		return h.Name
	}
	name, err := r.scope(r.host, h, nil).text(h.Name, h.Pos)
	if err != nil {
		return r.e.plainText(h.Name) // as far as that goes
	}
	return name
}

func handlerNames(tasks []*playbook.Task) []string {
	var names []string
	for _, t := range tasks {
		names = append(append(names, t.Name), t.Listen...)
	}
	return names
}
