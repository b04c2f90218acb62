package jinja

import (
	"pig/internal/jinja/filters"
	"pig/internal/jinja/lookups"
	"pig/internal/jinja/python"
	"pig/internal/jinja/runtime"
	"pig/internal/jinja/syntax"
	"pig/internal/pyre"
)

// What an engine is made with, and what it gives. Package runtime describes them.
type (
	// Engine compiles templates and keeps them. It is safe for concurrent use.
	Engine = runtime.Engine
	// Scope renders for one host and task. One goroutine uses it at a time.
	Scope = runtime.Scope
	// Options are what an Engine needs from its surroundings. All may be left out.
	Options = runtime.Options
	// TextOptions say how a template file is read.
	TextOptions = runtime.TextOptions
	// Files is how lookups read files.
	Files = runtime.Files
	// Filter is a filter of the caller.
	Filter = runtime.Filter
	// Test is a test of the caller.
	Test = runtime.Test
	// Lookup gives the values that lookup() and with_<name> see.
	Lookup = runtime.Lookup
)

// What a caller may implement: where names are looked up, where values were read, and what a node had a say in.
type (
	// Variables is where a Scope looks names up.
	Variables = runtime.Variables
	// Positions tells where the value of a variable was read from.
	Positions = runtime.Positions
	// Origins tells which variables hold what a node said.
	Origins = runtime.Origins
	// Guard refuses a file of this machine that a node chose by what it said.
	Guard = runtime.Guard
	// Mapping is a read-only mapping whose values are made when they are asked for, like hostvars.
	Mapping = python.Mapping
)

// The causes of errors, to be asked for with errors.As.
type (
	// UndefinedError tells that a template used a variable or attribute that does not exist.
	UndefinedError = python.UndefinedError
	// SyntaxError tells that a text is not valid Jinja2.
	SyntaxError = syntax.Error
)

// ErrNotKept says that a plan keeps nothing of what a lookup makes.
var ErrNotKept = runtime.ErrNotKept

// Omit is the value of the variable omit: an argument that has it counts as not given.
var Omit = python.Omit

// New makes an engine with all filters, tests and lookups.
func New(opts Options) *Engine {
	opts = opts.WithDefaults()
	regexps := &pyre.Cache{}
	src := filters.Sources{Now: opts.Now, Getenv: opts.Getenv, Random: opts.Random, Regexps: regexps}
	return runtime.New(opts, runtime.Parts{
		Filters: filters.Filters(src), Tests: filters.Tests(src),
		Lookups: lookups.Table(lookups.Sources{Getenv: opts.Getenv, Random: opts.Random, Regexps: regexps}),
	})
}

// IsTemplate tells whether a text of a playbook or inventory is more than itself.
func IsTemplate(text string) bool { return syntax.IsTemplate(text) }
