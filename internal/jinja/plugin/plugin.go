package plugin

import (
	"fmt"
	"strings"

	"pig/internal/value"
)

// IsMethod: errors are told as they are.
const IsMethod = KeepsSecrets << 1

// AnyOperand marks methods that put their arguments, whatever they are, into a container.
const AnyOperand = Structural | TakesUndefined | TakesUnknown | KeepsSecrets | IsMethod

// Plugin is a filter or a test.
type Plugin struct {
	Name   string
	params []string // the names of the arguments after the input; *x takes the rest, **x all other keywords
	flags  Flags
	run    func(c *Call) (value.Value, error)

	named          int // how many of params take one argument
	star, starStar bool
}

// Flags tell what a plugin can deal with by itself.
type Flags uint8

const (
	// Structural plugins rearrange elements or treat them one by one: they see containers as they are, with elements
	// that are lazy, undefined or unknown. All others get finished values, with no such thing inside.
	Structural Flags = 1 << iota
	// TakesUndefined plugins can be given something undefined.
	TakesUndefined
	// TakesUnknown plugins can be given something unknown.
	TakesUnknown
	// IsTest: the result is a bool.
	IsTest
	// KeepsSecrets plugins mark secrets in their results themselves, or have none in them.
	KeepsSecrets
)

// Table is a set of plugins by name.
type Table map[string]*Plugin

// Add puts a plugin in under its names, which spec lists; params lists those of its arguments.
func (t Table) Add(spec, params string, fl Flags, run func(c *Call) (value.Value, error)) {
	names := strings.Fields(spec)
	p := &Plugin{Name: names[0], params: strings.Fields(params), flags: fl, run: run}
	p.named = len(p.params)
	for i, name := range p.params {
		if name[0] == '*' {
			p.named = min(p.named, i)
			p.star = p.star || name[1] != '*'
			p.starStar = p.starStar || name[1] == '*'
		}
	}
	for _, n := range names {
		t[n] = p
	}
}

// Test adds a test.
func (t Table) Test(spec, params string, fl Flags, run func(c *Call) (bool, error)) {
	t.Add(spec, params, fl|IsTest, func(c *Call) (value.Value, error) { return run(c) })
}

// Merge adds the plugins of another table.
func (t Table) Merge(other Table) {
	for name, p := range other {
		t[name] = p
	}
}

// Find gives the plugin of a name, which may be a full one like ansible.builtin.bool.
func (t Table) Find(name string) *Plugin {
	if p := t[name]; p != nil {
		return p
	}
	for _, prefix := range [...]string{"ansible.builtin.", "ansible.legacy.", "community.general.", "ansible.utils.", "ansible.netcommon."} {
		if short, ok := strings.CutPrefix(name, prefix); ok {
			return t[short]
		}
	}
	return nil
}

// Unknown stands for a plugin of a collection that pig does not have: the template is refused where it is used, and only there, as branches
// that nobody takes may name it.
func Unknown(kind, name string) *Plugin {
	t := Table{}
	t.Add(name, "*args **kw", AnyOperand, func(*Call) (value.Value, error) { return nil, fmt.Errorf("No %s named '%s'.", kind, name) }) //nolint:revive,staticcheck // Jinja's own words
	return t[name]
}
