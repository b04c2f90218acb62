package runtime

import (
	"errors"
	"math/rand/v2"
	"os"
	"time"

	"pig/internal/diag"
	"pig/internal/jinja/methods"
	"pig/internal/jinja/plugin"
	"pig/internal/jinja/syntax"
	"pig/internal/value"
)

// Options are what an Engine needs from its surroundings. All may be left out.
type Options struct {
	// Now is the clock; the default is the real one.
	Now func() time.Time
	// Load finds a template by the name in include, import, extends or lookup('template'); from is the file that asks.
	// An error that is fs.ErrNotExist means that there is none.
	Load func(name, from string) (text, file string, err error)
	// Files serves the lookups file, fileglob and first_found.
	Files Files
	// Getenv serves lookup('env'); the default is os.LookupEnv.
	Getenv func(name string) (string, bool)
	// Random serves the filters random and shuffle without a seed.
	Random func() uint64
	// Lookups, Filters and Tests are added to those that are built in.
	Lookups map[string]Lookup
	Filters map[string]Filter
	Tests   map[string]Test
	// ManagedText is the value of ansible_managed; the default is "Ansible managed".
	ManagedText string
	// BrokenConditionals lets conditions be of any type, by their truth, as before ansible-core 2.19.
	BrokenConditionals bool
	// MaxPasses bounds the calls and the passes of loops of one evaluation; the default is 5 million.
	MaxPasses int
}

// Files is how lookups read files. from is the file that the lookup stands in, for relative names.
type Files interface {
	// Find gives the path of a file by the search rules for kind (files, templates, vars); an error that is
	// fs.ErrNotExist if there is none.
	Find(kind, name, from string) (path string, err error)
	Read(path string) ([]byte, error)
	// Glob gives the files that match a pattern, sorted.
	Glob(pattern, from string) ([]string, error)
}

// Keeper is what Files may implement to keep what a lookup makes: a password.
type Keeper interface {
	// Update replaces the content of a file of this machine by what change makes of it; present says whether there is one. nil leaves it as it is.
	// What would be written in a run is not in a plan: the error is ErrNotKept.
	Update(name string, change func(content []byte, present bool) ([]byte, error)) error
}

// ErrNotKept says that a plan keeps nothing.
var ErrNotKept = errors.New("a plan keeps nothing")

// Lookup gives the values that lookup() and with_<name> see. args and kwargs are finished values.
type Lookup func(s *Scope, args []value.Value, kwargs *value.Dict) (*value.List, error)

// Filter is a filter of the caller. It gets finished values, in which nothing is undefined or unknown, and need not care
// for secrets: what it returns is as secret as what it got.
type Filter func(s *Scope, in value.Value, args []value.Value, kwargs *value.Dict) (value.Value, error)

// Test is a test of the caller; see Filter.
type Test func(s *Scope, in value.Value, args []value.Value, kwargs *value.Dict) (bool, error)

// defaultPasses is enough for every host to look at every other of a few thousand.
const defaultPasses = 5_000_000

// Engine compiles templates and keeps them. It is safe for concurrent use.
type Engine struct {
	opts    Options
	filters plugin.Table
	tests   plugin.Table
	lookups map[string]Lookup
	globals map[string]value.Value
	methods methods.Set

	playbook, files, expressions cache // by text, of the usual syntaxes
	other                        cache // by templateKey
}

// Parts are the filters, tests and lookups that an engine is made of.
type Parts struct {
	Filters, Tests plugin.Table
	Lookups        map[string]Lookup
}

// WithDefaults are the options with what was left out.
func (o Options) WithDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Getenv == nil {
		o.Getenv = os.LookupEnv
	}
	if o.Random == nil {
		o.Random = rand.Uint64 //nolint:gosec // it spreads load and guards nothing
	}
	if o.ManagedText == "" {
		o.ManagedText = "Ansible managed"
	}
	if o.MaxPasses == 0 {
		o.MaxPasses = defaultPasses
	}
	return o
}

// New makes an engine of parts, to which it adds those of the options. The parts are its own from then on.
func New(opts Options, p Parts) *Engine {
	e := &Engine{opts: opts, filters: p.Filters, tests: p.Tests, lookups: p.Lookups, methods: methods.New()}
	for name, fn := range opts.Filters {
		e.filters.Add(name, "*args **kwargs", 0, func(c *plugin.Call) (value.Value, error) {
			if err := c.Finish(); err != nil {
				return nil, err
			}
			return fn(c.Env.(*frame).r.s, c.In, c.Rest, c.KW)
		})
	}
	for name, fn := range opts.Tests {
		e.tests.Test(name, "*args **kwargs", 0, func(c *plugin.Call) (bool, error) {
			if err := c.Finish(); err != nil {
				return false, err
			}
			return fn(c.Env.(*frame).r.s, c.In, c.Rest, c.KW)
		})
	}
	for name, fn := range opts.Lookups {
		e.lookups[name] = fn
	}
	e.globals = e.builtinGlobals()
	return e
}

func (e *Engine) filter(name string) *plugin.Plugin { return e.filters.Find(name) }
func (e *Engine) test(name string) *plugin.Plugin   { return e.tests.Find(name) }

// FilterNames are the names of all filters, TestNames of all tests and LookupNames of all lookups, in no order.
func (e *Engine) FilterNames() []string { return names(e.filters) }

// TestNames are the names of all tests.
func (e *Engine) TestNames() []string { return names(e.tests) }

// LookupNames are the names of all lookups.
func (e *Engine) LookupNames() []string { return names(e.lookups) }

func names[T any](m map[string]T) []string {
	out := make([]string, 0, len(m))
	for name := range m {
		out = append(out, name)
	}
	return out
}

// Scope makes a scope for one host and task.
func (e *Engine) Scope(vars Variables) *Scope {
	return &Scope{e: e, vars: vars, memo: map[string]value.Value{}, heard: map[string]bool{}, origin: &origin{}}
}

// CheckExpression tells what is wrong with the syntax of a bare expression, if anything.
func (e *Engine) CheckExpression(src string, pos diag.Pos) error {
	_, err := e.expression(src, pos)
	return err
}

// CheckText tells what is wrong with the syntax of a text of a playbook or inventory, if anything.
func (e *Engine) CheckText(text string, pos diag.Pos) error {
	if !syntax.IsTemplate(text) {
		return nil
	}
	_, err := e.playbookText(text, pos)
	return err
}
