// Package engine runs plays: for each host and task it evaluates, sends, and collects.
//
// A host goes through a play in a goroutine of its own. Under the linear strategy a scheduler lets all hosts that are at
// the same task pass together; under the free strategy nobody waits for anybody. Nothing here knows whether the nodes
// are live or shadows, except that a plan's results may be unknown.
package engine

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"

	"pig/internal/diag"
	"pig/internal/fleet"
	"pig/internal/inventory"
	"pig/internal/jinja"
	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/payload"
	"pig/internal/playbook"
	"pig/internal/secret"
	"pig/internal/value"
)

// Nodes executes module calls; a *fleet.Fleet does.
type Nodes interface {
	Run(ctx context.Context, h fleet.Host, t fleet.Task) (module.Result, error)
	Reset(h fleet.Host)
}

// Options are what the operator chose for a run.
type Options struct {
	Plan          bool // on shadows: nothing is changed
	Diff          bool
	Forks         int // tasks at work at once, over all hosts; 0 is 50
	Tags          []string
	SkipTags      []string
	Limit         string
	ExtraVars     *value.Dict
	Become        bool
	BecomeUser    string
	BecomePass    string
	User          string // remote user
	Password      string // of the login
	KeyFile       string
	Timeout       time.Duration // of connections
	SSHCommon     string        // options of ssh, where the inventory has no ansible_ssh_common_args
	SSHExtra      string        // and no ansible_ssh_extra_args
	FlushAll      bool          // force handlers
	Forgetful     bool          // nodes note no handlers, as with ansible-playbook: what an interrupted run leaves is left
	StartAt       string
	Verbosity     int
	FreeByDefault bool // plays that name no strategy run free: pig's own do
	// Cluster is the cluster of a host: what runs once runs once in each, but for what is done on the controller. nil: once in the batch.
	Cluster     func(host string) string
	GatherFacts bool // plays that say nothing gather facts, as in Ansible
	Merge       bool // mappings of several levels of variables are merged: hash_behaviour = merge
	Dir         string
	Config      string // the ansible.cfg that was read
	Version     string
	Python      string // starts modules that pig lacks, where the variables of a host say nothing
	Key         []byte // seals what is planned, for a plan that is kept
}

// Deps are the parts that an engine works with.
type Deps struct {
	Inventory *inventory.Inventory
	Nodes     Nodes
	Modules   map[string]module.Module
	Loader    *playbook.Loader
	Files     *playbook.Files
	Templates *jinja.Engine
	Sink      Sink
	Redactor  *secret.Redactor
	// Protect turns the values of secret parameters into secrets. nil: none are.
	Protect func(vars *value.Dict) *value.Dict
	// Sealed is Protect for the value of one variable that is rendered: a fact, a result, an item.
	Sealed func(name string, v value.Value) value.Value
	// Derived gives the variables that follow from the whole inventory for a host. nil: none.
	Derived func(host string) *value.Dict
	// Defaults are variables below all others, templates in them rendered as in role defaults.
	Defaults *value.Dict
	// Now is the clock, Sleep waits until the time has come or ctx is done.
	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error
	Env   func(string) string
	// Ask asks the operator, who sees the answer if echo says so; nil: nobody is there.
	Ask func(prompt string, echo bool) (string, error)
	// Reread reads the inventory anew; nil: it cannot be.
	Reread func() (*inventory.Inventory, error)
}

// Engine runs plays one after the other and keeps what it learns of hosts in between.
type Engine struct {
	Deps
	opt Options
	*shared
	hosts map[string]*host // guarded by the lock of shared
	fates *fates
	jobs  *jobs
}

// shared is what all views of an engine have in common.
type shared struct {
	forks chan struct{}
	stop  chan struct{} // closed: finish the tasks at hand, begin no other

	stopOnce  sync.Once
	learnOnce sync.Once
	keeping   sync.Mutex // of files that lookups keep
	mu        sync.Mutex
	machines  map[string]*machine
	actions   map[string]action
	tags      playbook.TagFilter
	started   bool // start_at was reached
	stats     map[string]*Stats
	order     []string
	warned    map[string]bool // host and name of variables that a node wanted to set
	added     joins
	payloads  payloads
}

// Stats count what became of one host's tasks, as Ansible's recap does.
type Stats struct {
	OK, Changed, Unreachable, Failed, Skipped, Rescued, Ignored, Unknown int
}

// ErrStopped says that the operator asked to stop.
var ErrStopped = errors.New("stopped by the operator")

// New makes an engine.
func New(d Deps, o Options) *Engine {
	if o.Forks <= 0 {
		o.Forks = 50
	}
	if d.Sleep == nil {
		d.Sleep = node.Sleep
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Env == nil {
		d.Env = os.Getenv
	}
	if d.Redactor == nil {
		d.Redactor = secret.NewRedactor()
	}
	d.Sink = shown{d.Sink, d.Redactor}
	return &Engine{Deps: d, opt: o, shared: &shared{
		forks: make(chan struct{}, o.Forks), stop: make(chan struct{}), machines: map[string]*machine{}, actions: actions(),
		tags: playbook.NewTagFilter(o.Tags, o.SkipTags), started: o.StartAt == "", stats: map[string]*Stats{},
		warned: map[string]bool{}, payloads: payloads{made: map[string]payload.Payload{}},
	}, hosts: map[string]*host{}, fates: newFates(), jobs: newJobs()}
}

// learnSecrets makes the secrets of all hosts known before the first task: what is masked does not depend on who is first.
func (e *Engine) learnSecrets() {
	for _, h := range e.Inventory.Hosts() {
		vars := e.Inventory.Vars(h)
		if e.Protect != nil {
			vars = e.Protect(vars)
		}
		e.Redactor.Add(value.Secrets(vars)...)
		if e.Derived != nil {
			if derived := e.Derived(h.Name); derived != nil {
				e.Redactor.Add(value.Secrets(derived)...)
			}
		}
	}
}

// Stop lets every host finish its task and begin no other.
func (e *Engine) Stop() { e.stopOnce.Do(func() { close(e.stop) }) }

func (e *Engine) stopping() bool {
	select {
	case <-e.stop:
		return true
	default:
		return false
	}
}

// Actions names the actions that the engine itself knows, besides modules.
func Actions() []string {
	var names []string
	for n := range actions() {
		names = append(names, n)
	}
	return append(names, "import_tasks", "import_role", "import_playbook")
}

// FreeForm tells whether an action takes free-form text.
func FreeForm(modules map[string]module.Module) func(string) bool {
	return func(name string) bool {
		switch name {
		case "include_tasks", "import_tasks", "include_vars", "meta", "script", "import_role", "include_role":
			return true
		}
		m, ok := modules[name]
		return ok && m.Spec.Free != ""
	}
}

// Run runs plays in order, on the hosts in only if it names any. The error is of the machinery or the playbook; hosts that
// failed are told by Stats. Several calls may run side by side.
func (e *Engine) Run(ctx context.Context, plays []*playbook.Play, only ...string) error {
	e.learnOnce.Do(e.learnSecrets)
	defer e.jobs.during(ctx)()
	for i, p := range plays {
		err := e.play(ctx, p, rank(p, plays[:i]), only)
		if errors.Is(err, errRunEnds) {
			return nil
		}
		if err != nil {
			return err
		}
		if e.stopping() {
			return ErrStopped
		}
	}
	if e.opt.StartAt != "" && !e.began() {
		return diag.Errorf(diag.Pos{}, "task %q of --start-at-task not found", e.opt.StartAt)
	}
	return nil
}

// rank is how many plays before this one have the same name, hosts and file.
func rank(p *playbook.Play, before []*playbook.Play) (n int) {
	for _, b := range before {
		if b.Name == p.Name && value.Equal(b.Hosts, p.Hosts) && b.Pos.File == p.Pos.File {
			n++
		}
	}
	return n
}

// began tells whether the task was reached that a run is to begin at.
func (e *Engine) began() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.started
}

// Stats gives the counts of every host that took part, in order of appearance.
func (e *Engine) Stats() ([]string, map[string]Stats) {
	e.mu.Lock()
	defer e.mu.Unlock()
	all := map[string]Stats{}
	for n, s := range e.stats {
		all[n] = *s
	}
	return append([]string(nil), e.order...), all
}

// count changes the counts of a host.
func (e *Engine) count(name string, change func(*Stats)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	s, ok := e.stats[name]
	if !ok {
		s = &Stats{}
		e.stats[name] = s
		e.order = append(e.order, name)
	}
	change(s)
}

// With is the same engine, its hosts and what nodes told of themselves, that tells another sink what it does. What tasks register
// and set there, and hosts that fail, the others know nothing of: what depends on what is not for the engine to say.
func (e *Engine) With(sink Sink) *Engine {
	c := &Engine{Deps: e.Deps, opt: e.opt, shared: e.shared, hosts: map[string]*host{}, fates: newFates(), jobs: newJobs()}
	c.Sink = shown{sink, e.Redactor}
	return c
}

// Keyed is the same engine, which seals what it plans with key.
func (e *Engine) Keyed(key []byte) *Engine {
	c := &Engine{Deps: e.Deps, opt: e.opt, shared: e.shared, hosts: e.hosts, fates: e.fates, jobs: e.jobs}
	c.opt.Key = key
	return c
}
