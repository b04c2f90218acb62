package engine

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"pig/internal/fleet"
	"pig/internal/module"
	"pig/internal/playbook"
	"pig/internal/value"
)

// A handler that a change calls for must run, whatever happens between the two: the task before it fails, the operator stops the
// run, the controller or the node dies. So the host notes the handler before the change is made (module.Pending), and the note goes
// when the handler has run. A run reads what an earlier one left, and takes it up where its playbook would notify the handler.

// LeftOver is what a plan and a run say of such a handler.
const LeftOver = "left from an interrupted run"

// noteOf is how a handler is known from one run to the next: by its role, file and name; by its play and the whole path of its playbook if it has
// no role; and by its place among those of which all that is the same.
func (r *run) noteOf(h *playbook.Task, cause string) module.Pending {
	by := r.knownBy(h)
	known := by
	for _, other := range r.playHandlers() {
		if other == h {
			break
		}
		if other.Name == h.Name && r.knownBy(other) == by {
			known += "\x00again"
		}
	}
	sum := sha256.Sum256([]byte(known))
	return module.Pending{ID: fmt.Sprintf("%x", sum[:12]), Handler: h.Title(), Cause: cause}
}

func (r *run) knownBy(h *playbook.Task) string {
	if h.Role != nil {
		return strings.Join([]string{h.Role.Name, path.Base(h.Pos.File), h.Name}, "\x00")
	}
	file := h.Pos.File
	if !strings.HasPrefix(file, playbook.Embedded) {
		if abs, err := filepath.Abs(file); err == nil {
			file = abs
		}
	}
	p := r.playRun.play
	return strings.Join([]string{p.Name, value.Str(p.Hosts), fmt.Sprint(r.rank), file, h.Name}, "\x00")
}

// handlerVars tell a handler that an earlier run left it: what its tasks registered then is not known any more.
func (r *run) handlerVars(t *playbook.Task) *value.Dict {
	if !r.left[t] {
		return nil
	}
	return value.DictOf("pig_left", true)
}

// callees are the handlers that a task notifies, as far as that can be told before it has run.
func (r *run) callees(t *playbook.Task, s *scope) (called []*playbook.Task) {
	handlers := r.playHandlers()
	for _, v := range r.notifications(t) {
		name, err := s.text(v, t.Pos)
		if err != nil {
			continue // its result may be needed for that; if it is wrong, notify tells
		}
		for _, h := range r.called(handlers, name) {
			if !contains(called, h) {
				called = append(called, h)
			}
		}
	}
	return called
}

// announceHandlers gives what the node has to note before the task changes it. If the task runs on another host, its own host
// notes it at once.
func (c *call) announceHandlers(ctx context.Context, on fleet.Host, planned bool) ([]module.Pending, error) {
	names := c.notifications(c.task)
	if len(names) == 0 {
		return nil, nil
	}
	if c.e.opt.Forgetful {
		return nil, c.strangers(names)
	}
	if err := c.strangers(names); err != nil || planned {
		return nil, err
	}
	list := c.notes()
	if len(list) == 0 || on.Name == c.Name {
		return list, nil
	}
	return nil, c.noteAtOnce(ctx, list)
}

// strangers is an error if the task notifies, among these names, a handler that nobody knows, before it changes what that handler would be told: afterwards no run
// would find a change any more. What a name with variables stands for may need the task's result.
func (c *call) strangers(names []value.Value) error {
	handlers := c.playHandlers()
	for _, v := range names {
		name, ok := v.(string)
		if !ok || strings.Contains(name, "{{") {
			continue
		}
		if len(c.called(handlers, name)) == 0 {
			return c.noHandler(c.task, name, handlers)
		}
	}
	return nil
}

// notes are the notes of the handlers that the task may notify.
func (c *call) notes() (list []module.Pending) {
	for _, h := range c.callees(c.task, c.scope) {
		list = append(list, c.noteOf(h, c.task.Title()))
	}
	return list
}

// noteAtOnce makes the task's host note handlers of a change that no module makes there.
func (c *call) noteAtOnce(ctx context.Context, list []module.Pending) error {
	c.elsewhere = true
	return c.tellPending(ctx, "noted", list)
}

// tellPending makes the host note handlers, or strike them out.
func (r *run) tellPending(ctx context.Context, state string, list []module.Pending) error {
	_, err := r.askPending(ctx, state, list)
	return err
}

// errAway is a host that did not answer: its next task tells.
var errAway = errors.New("the host does not answer")

func (r *run) askPending(ctx context.Context, state string, list []module.Pending) (Result, error) {
	items := value.NewList()
	for _, p := range list {
		items.Append(value.DictOf("id", p.ID, "handler", p.Handler, "cause", p.Cause))
	}
	t := &playbook.Task{Action: "pending"}
	args := value.DictOf("state", state, "handlers", items)
	c := &call{run: r, task: t, scope: r.scope(r.host, t, nil), args: args}
	on, err := c.connection(r.Name, c.scope)
	if err != nil {
		return Result{}, err
	}
	if r.playRun.root && !on.Local {
		t.Become, t.BecomeUser = true, "root"
	}
	res := c.node(ctx, "pending", args)
	switch {
	case res.Unreachable:
		return res, errAway
	case res.Failed:
		return res, fmt.Errorf("the notes of handlers: %s", res.Msg)
	}
	return res, nil
}

// recall reads what earlier runs left on the host: once, and before this run notes anything.
func (r *run) recall(ctx context.Context) error {
	r.recalled.Lock()
	defer r.recalled.Unlock()
	if r.pending != nil || r.e.opt.Forgetful {
		return nil
	}
	res, err := r.askPending(ctx, "read", nil)
	if errors.Is(err, errAway) || context.Cause(ctx) != nil {
		return nil //nolint:nilerr // the next task tells
	}
	if err != nil {
		return err
	}
	r.pending = map[string]module.Pending{}
	list, _ := res.Values.At("pending").(*value.List)
	if list == nil {
		return nil
	}
	for _, item := range list.Items {
		if d, ok := item.(*value.Dict); ok {
			id := value.Str(d.At("id"))
			r.pending[id] = module.Pending{ID: id, Handler: value.Str(d.At("handler")), Cause: value.Str(d.At("cause"))}
		}
	}
	return nil
}

// take tells whether an earlier run has left a handler, and makes it this play's.
func (r *run) take(h *playbook.Task) bool {
	r.recalled.Lock()
	defer r.recalled.Unlock()
	id := r.noteOf(h, "").ID
	_, ok := r.pending[id]
	delete(r.pending, id)
	return ok
}

// takeUp notifies those of a task's handlers that an earlier run has left.
func (r *run) takeUp(t *playbook.Task, s *scope) {
	for _, h := range r.callees(t, s) {
		if r.take(h) && !r.notified[h] {
			r.notified[h], r.left[h] = true, true
		}
	}
}

// takeUpRest notifies, at the end of a play, what its tasks would no longer notify. With tags much of a play is not to be touched.
func (r *run) takeUpRest(ctx context.Context) error {
	handlers := r.playHandlers()
	if r.e.opt.Forgetful || len(r.e.opt.Tags)+len(r.e.opt.SkipTags) > 0 || len(handlers) == 0 {
		return nil
	}
	if err := r.recall(ctx); err != nil {
		return err
	}
	for _, h := range handlers {
		if r.take(h) && !r.notified[h] {
			r.notified[h], r.left[h] = true, true
		}
	}
	return nil
}

// settle takes up handlers that an earlier run has left, and strikes out those that were noted for a change that is none: the
// playbook says so with changed_when, or goes on after a failure.
func (r *run) settle(ctx context.Context, t *playbook.Task, s *scope, result Result) error {
	if r.e.opt.Forgetful || len(r.notifications(t)) == 0 || result.Unreachable || result.Failed && !result.Ignored {
		return nil
	}
	r.takeUp(t, s)
	if !result.Noted || result.DidChange() && !result.Failed {
		return nil
	}
	var none []module.Pending
	for _, h := range r.callees(t, s) {
		if !r.notified[h] {
			none = append(none, r.noteOf(h, ""))
		}
	}
	if len(none) == 0 {
		return nil
	}
	return r.strike(ctx, none)
}

// strike removes notes. Those of a host that does not answer stay, and its handlers run once more.
func (r *run) strike(ctx context.Context, list []module.Pending) error {
	err := r.tellPending(ctx, "done", list)
	if errors.Is(err, errAway) || context.Cause(ctx) != nil {
		return nil //nolint:nilerr // the next task tells
	}
	return err
}

// strikeOut removes the notes of handlers that have run. A plan changes none.
func (r *run) strikeOut(ctx context.Context, done []*playbook.Task) error {
	if r.e.opt.Forgetful {
		return nil
	}
	if len(done) == 0 || r.e.opt.Plan {
		return nil
	}
	var list []module.Pending
	for _, h := range done {
		if !r.notified[h] {
			list = append(list, r.noteOf(h, ""))
		}
	}
	if err := r.strike(ctx, list); err != nil {
		t := &playbook.Task{Action: "pending", Name: "Strike out the handlers that have run"}
		s := r.scope(r.host, t, nil)
		return r.conclude(ctx, t, s, r.ref(t, s), failed(err), 0)
	}
	return nil
}
