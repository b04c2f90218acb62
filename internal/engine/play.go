package engine

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"pig/internal/diag"
	"pig/internal/inventory"
	"pig/internal/playbook"
	"pig/internal/value"
)

// playRun is one batch of hosts going through a play.
type playRun struct {
	e        *Engine
	play     *playbook.Play
	rank     int // among plays of which name, hosts and file are the same
	runs     []*run
	all      []string // every host of the play, over all batches
	sched    schedule
	handlers []*playbook.Task
	vars     *value.Dict            // of vars_files
	late     []value.Value          // vars_files whose names depend on the host
	lateVars map[string]*value.Dict // what they say, by host
	settings settings
	root     bool // some task may become another user, so agents run as root

	telling   sync.Mutex // a task is told of before its first result
	mu        sync.Mutex
	moved     *sync.Cond // some host has gone on, or has left; goes with mu
	once      map[string]*onceSlot
	started   map[string]bool
	throttles map[*playbook.Task]chan struct{}
	loaded    map[string][]inclusion
	aborted   error // why every host has to stop
	failures  int
	exceeded  bool   // more hosts failed than max_fail_percentage allows
	alarms    int    // failures of tasks with any_errors_fatal: each host takes them for its own
	alarm     Result // the last of them
	alarmAt   place
	ended     bool // end_play: no other batch begins
}

// onceSlot is the result of a run_once task.
type onceSlot struct {
	done   chan struct{}
	result Result
	err    error
}

// play runs p on the hosts that its pattern and the limit select, batch after batch.
func (e *Engine) play(ctx context.Context, p *playbook.Play, rank int, only []string) error {
	all, err := e.playHosts(p)
	if err != nil {
		return err
	}
	if len(only) > 0 {
		all = slices.DeleteFunc(all, func(h *inventory.Host) bool { return !slices.Contains(only, h.Name) })
	}
	hosts := ordered(slices.DeleteFunc(slices.Clone(all), func(h *inventory.Host) bool { return e.fates.dead(h.Name) }), p.Order)
	names := hostNames(all)
	name := e.playName(p)
	if len(hosts) == 0 {
		e.Sink.PlayStarted(p, name, nil)
		return nil
	}
	batches, err := e.batches(p, hosts)
	if err != nil {
		return err
	}
	vars, late, err := e.playVars(p)
	if err != nil {
		return err
	}
	set, err := e.settings(p)
	if err != nil {
		return err
	}
	for _, batch := range batches {
		e.Sink.PlayStarted(p, name, hostNames(batch))
		pr := e.newPlayRun(p, batch, names, vars)
		pr.settings, pr.rank, pr.late = set, rank, late
		if err := pr.run(ctx); err != nil {
			return err
		}
		if pr.exceeded {
			e.Sink.HostsGone() // once all have told how their last task ended
		}
		switch {
		case !e.opt.FreeByDefault && (pr.exceeded || pr.allFailed()):
			return errRunEnds // as in Ansible: what comes after a batch that failed as a whole may need what it did
		case pr.ended || len(batches) > 1 && pr.allFailed():
			return nil // so that the rest of a fleet stays up
		}
	}
	return nil
}

func (e *Engine) playHosts(p *playbook.Play) ([]*inventory.Host, error) {
	v, err := e.Templates.Scope(&globalVars{e}).Value(value.Clone(p.Hosts), p.Pos)
	if err != nil {
		return nil, diag.At(p.Pos, err)
	}
	pattern := value.Str(v)
	if l, ok := v.(*value.List); ok {
		parts := make([]string, len(l.Items))
		for i, item := range l.Items {
			parts[i] = value.Str(item)
		}
		pattern = strings.Join(parts, ",")
	}
	hosts, warnings, err := e.Inventory.Select(pattern)
	for _, w := range warnings {
		e.Sink.Warned(w.Error())
	}
	if err != nil {
		return nil, diag.At(p.Pos, err)
	}
	if e.opt.Limit != "" {
		limited, err := e.Inventory.Match(e.opt.Limit)
		if err != nil {
			return nil, err
		}
		hosts = slices.DeleteFunc(hosts, func(h *inventory.Host) bool { return !slices.Contains(limited, h) })
	}
	hosts = slices.DeleteFunc(hosts, func(h *inventory.Host) bool { return e.host(h.Name) == nil })
	return hosts, nil
}

func hostNames(hosts []*inventory.Host) []string {
	names := make([]string, len(hosts))
	for i, h := range hosts {
		names[i] = h.Name
	}
	return names
}

func ordered(hosts []*inventory.Host, order string) []*inventory.Host {
	byName := func(a, b *inventory.Host) int { return strings.Compare(a.Name, b.Name) }
	switch order {
	case "reverse_inventory":
		slices.Reverse(hosts)
	case "sorted":
		slices.SortFunc(hosts, byName)
	case "reverse_sorted":
		slices.SortFunc(hosts, func(a, b *inventory.Host) int { return byName(b, a) })
	}
	return hosts
}

// batches cuts hosts as serial says: a number, a percentage, or a list of those of which the last one repeats.
func (e *Engine) batches(p *playbook.Play, hosts []*inventory.Host) ([][]*inventory.Host, error) {
	if p.Serial == nil {
		return [][]*inventory.Host{hosts}, nil
	}
	v, err := e.Templates.Scope(&globalVars{e}).Value(value.Clone(p.Serial), p.Pos)
	if err != nil {
		return nil, diag.At(p.Pos, err)
	}
	steps := []value.Value{v}
	if l, ok := v.(*value.List); ok {
		steps = l.Items
	}
	var batches [][]*inventory.Host
	for i := 0; len(hosts) > 0 && len(steps) > 0; i++ {
		n, err := batchSize(steps[min(i, len(steps)-1)], len(hosts)+taken(batches))
		if err != nil {
			return nil, diag.Errorf(p.Pos, "serial: %v", err)
		}
		n = min(n, len(hosts))
		batches = append(batches, hosts[:n])
		hosts = hosts[n:]
	}
	return batches, nil
}

func taken(batches [][]*inventory.Host) int {
	n := 0
	for _, b := range batches {
		n += len(b)
	}
	return n
}

func batchSize(v value.Value, total int) (int, error) {
	text := value.Str(v)
	if pct, ok := strings.CutSuffix(text, "%"); ok {
		f, err := strconv.ParseFloat(pct, 64)
		if err != nil {
			return 0, fmt.Errorf("invalid percentage %q: want a number and %%", text)
		}
		return max(1, int(math.Floor(f/100*float64(total)))), nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, fmt.Errorf("invalid number of hosts %q: want a number or a percentage", text)
	}
	if n <= 0 {
		return total, nil
	}
	return n, nil
}

func (e *Engine) newPlayRun(p *playbook.Play, batch []*inventory.Host, all []string, vars *value.Dict) *playRun {
	pr := &playRun{
		e: e, play: p, all: all, vars: vars, once: map[string]*onceSlot{}, started: map[string]bool{},
		throttles: map[*playbook.Task]chan struct{}{}, loaded: map[string][]inclusion{}, root: e.opt.Become || playBecomes(p),
	}
	pr.moved = sync.NewCond(&pr.mu)
	for i, h := range batch {
		pr.runs = append(pr.runs, &run{playRun: pr, host: e.host(h.Name), index: i, notified: map[*playbook.Task]bool{}, left: map[*playbook.Task]bool{}})
	}
	for _, r := range p.Roles {
		pr.addHandlers(r.Handlers)
	}
	pr.addHandlers(p.Handlers)
	strategy := strings.TrimPrefix(e.playText(p, p.Strategy), "ansible.builtin.")
	if strategy == "" && e.opt.FreeByDefault {
		strategy = "free"
	}
	if strategy == "free" || strategy == "host_pinned" {
		pr.sched = free{}
	} else {
		pr.sched = newLinear(len(pr.runs))
	}
	return pr
}

func (pr *playRun) addHandlers(tasks []*playbook.Task) {
	pr.mu.Lock()
	defer pr.mu.Unlock()
	for _, t := range tasks {
		if !slices.Contains(pr.handlers, t) {
			pr.handlers = append(pr.handlers, t)
		}
	}
}

func (pr *playRun) run(ctx context.Context) error {
	errs := make([]error, len(pr.runs))
	var hosts sync.WaitGroup
	for i, r := range pr.runs {
		hosts.Go(func() {
			defer r.leave()
			errs[i] = r.play(ctx)
		})
	}
	hosts.Wait()
	for _, err := range errs {
		var host *hostError
		if err != nil && !errors.As(err, &host) && !errors.Is(err, errEndHost) && !errors.Is(err, errAborted) && !errors.Is(err, ErrStopped) {
			return err
		}
	}
	return context.Cause(ctx)
}

func (pr *playRun) allFailed() bool {
	for _, r := range pr.runs {
		if !r.e.fates.dead(r.Name) {
			return false
		}
	}
	return true
}

// abort stops every host of the play at its next task.
func (pr *playRun) abort(why error) {
	pr.mu.Lock()
	defer pr.mu.Unlock()
	if pr.aborted == nil {
		pr.aborted = why
	}
}

// endPlay stops every host of the play, and the batches that have not begun.
func (pr *playRun) endPlay() {
	pr.abort(errEndHost)
	pr.mu.Lock()
	defer pr.mu.Unlock()
	pr.ended = true
}

func (pr *playRun) abortCause() error {
	pr.mu.Lock()
	defer pr.mu.Unlock()
	return pr.aborted
}

// failed counts a host that failed against max_fail_percentage.
func (pr *playRun) failed(r *run) {
	pr.mu.Lock()
	pr.failures++
	limit := pr.settings.maxFail
	exceeded := limit != nil && float64(pr.failures)*100/float64(len(pr.runs)) > *limit
	pr.exceeded = pr.exceeded || exceeded
	pr.mu.Unlock()
	if exceeded {
		pr.abort(fmt.Errorf("%w: more than %v%% of the hosts failed", errAborted, *limit))
	}
}

// playBecomes tells whether any task of p may act as another user.
func playBecomes(p *playbook.Play) bool {
	if p.Become != nil && p.Become != false {
		return true
	}
	blocks := append([]*playbook.Block{p.PreTasks, p.Tasks, p.PostTasks}, p.RoleTasks...)
	for _, b := range blocks {
		if b != nil && blockBecomes(b) {
			return true
		}
	}
	handlers := p.Handlers
	for _, r := range p.Roles {
		handlers = append(handlers, r.Handlers...)
	}
	for _, t := range handlers {
		if taskBecomes(t) {
			return true
		}
	}
	return false
}

func taskBecomes(t *playbook.Task) bool {
	// What an include brings is not known yet: take it that it needs root.
	return t.Become != nil && t.Become != false || t.Action == "include_tasks" || t.Action == "include_role"
}

func blockBecomes(b *playbook.Block) bool {
	if b.Become != nil && b.Become != false {
		return true
	}
	for _, nodes := range [][]playbook.Node{b.Body, b.Rescue, b.Always} {
		for _, n := range nodes {
			switch n := n.(type) {
			case *playbook.Block:
				if blockBecomes(n) {
					return true
				}
			case *playbook.Task:
				if taskBecomes(n) {
					return true
				}
			}
		}
	}
	return false
}
