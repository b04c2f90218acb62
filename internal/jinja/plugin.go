package jinja

import (
	"errors"
	"fmt"
	"strings"

	"pig/internal/diag"
	"pig/internal/value"
)

// plugin is a filter or a test.
type plugin struct {
	name   string
	params []string // the names of the arguments after the input; *x takes the rest, **x all other keywords
	flags  flags
	run    func(c *call) (value.Value, error)

	named          int // how many of params take one argument
	star, starStar bool
}

type (
	filter = plugin
	test   = plugin
)

// flags tell what a plugin can deal with by itself.
type flags uint8

const (
	// structural plugins rearrange elements or treat them one by one: they see containers as they are, with elements
	// that are lazy, undefined or unknown. All others get finished values, with no such thing inside.
	structural flags = 1 << iota
	// takesUndefined plugins can be given something undefined.
	takesUndefined
	// takesUnknown plugins can be given something unknown.
	takesUnknown
	// isTest: the result is a bool.
	isTest
	// keepsSecrets plugins mark secrets in their results themselves, or have none in them.
	keepsSecrets
)

// table is a set of plugins by name.
type table map[string]*plugin

// add puts a plugin in under its names, which spec lists; params lists those of its arguments.
func (t table) add(spec, params string, fl flags, run func(c *call) (value.Value, error)) {
	names := strings.Fields(spec)
	p := &plugin{name: names[0], params: strings.Fields(params), flags: fl, run: run}
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

// test adds a test.
func (t table) test(spec, params string, fl flags, run func(c *call) (bool, error)) {
	t.add(spec, params, fl|isTest, func(c *call) (value.Value, error) { return run(c) })
}

func (t table) merge(other table) {
	for name, p := range other {
		t[name] = p
	}
}

// find gives the plugin of a name, which may be a full one like ansible.builtin.bool.
func (t table) find(name string) *plugin {
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

// env is what a plugin may ask of the evaluation that uses it.
type env interface {
	// Attr is obj.name, and Item obj[key], as a template sees them.
	Attr(obj value.Value, name string) (value.Value, error)
	Item(obj, key value.Value) (value.Value, error)
	// Method is a method of a mapping, bound to it; ok is false if mappings have none of that name.
	Method(d *value.Dict, name string) (method value.Value, ok bool)
	// Pos is where the template starts.
	Pos() diag.Pos
	// Filter and Test are those of a name, or nil.
	Filter(name string) *plugin
	Test(name string) *plugin
	// Permit refuses a file of this machine that a node chose: name as the template has it, path as it is found.
	Permit(name, path string) error
	// Changed notes that a template changes a list or mapping, so that what was remembered of variables is dropped.
	Changed()
}

// call is one use of a plugin.
type call struct {
	env  env
	p    *plugin
	in   value.Value
	arg  []value.Value // by parameter; notGiven where there is none
	rest []value.Value
	kw   *value.Dict // other keywords, or nil
}

type absent struct{}

// notGiven is an argument that was left out.
var notGiven value.Value = absent{}

func (c *call) bind(args []value.Value, kw *value.Dict) error {
	if c.p.named > 0 {
		c.arg = make([]value.Value, c.p.named)
	}
	n := copy(c.arg, args)
	for i := n; i < len(c.arg); i++ {
		c.arg[i] = notGiven
	}
	if n < len(args) {
		if !c.p.star {
			return fmt.Errorf("takes at most %d arguments but %d were given", c.p.named+1, len(args)+1)
		}
		c.rest = args[n:]
	}
	if kw == nil {
		return nil
	}
	for k, v := range kw.All() {
		if err := c.bindNamed(c.p.params[:c.p.named], k, v, n, c.p.starStar); err != nil {
			return err
		}
	}
	return nil
}

func (c *call) bindNamed(params []string, k, v value.Value, given int, starStar bool) error {
	for i, p := range params {
		if p == k {
			if i < given {
				return fmt.Errorf("got multiple values for argument '%s'", p)
			}
			c.arg[i] = v
			return nil
		}
	}
	if !starStar {
		return fmt.Errorf("got an unexpected keyword argument '%s'", value.Display(k))
	}
	if c.kw == nil {
		c.kw = value.NewDict()
	}
	c.kw.Set(k, v)
	return nil
}

// use runs p on its input and arguments, with all that holds for every plugin: undefined and unknown operands, secrets,
// and the wording of errors.
func use(e env, p *plugin, in value.Value, args []value.Value, kw *value.Dict) (value.Value, error) {
	if p.flags&(takesUndefined|takesUnknown) != takesUndefined|takesUnknown {
		v := firstSpecial(in, args, kw)
		switch v.(type) {
		case value.Undefined:
			if p.flags&takesUndefined == 0 {
				return v, nil
			}
		case value.Unknown:
			if p.flags&takesUnknown == 0 {
				return v, nil
			}
		}
	}
	if _, soft := in.(implicitElse); soft && p.flags&takesUndefined == 0 {
		in = ""
	}
	if m, ok := in.(Mapping); ok && p.flags&structural == 0 {
		var err error
		if in, err = finalize(m); err != nil {
			return nil, err
		}
	}
	c := &call{env: e, p: p, in: in}
	if err := c.bind(args, kw); err != nil {
		return nil, p.failure(nil, err)
	}
	var seen survey
	if stop, err := p.look(&seen, in, args, kw); stop != nil || err != nil {
		return stop, err
	}
	v, err := p.run(c)
	if err != nil {
		var u *UndefinedError
		if errors.As(err, &u) && p.flags&isTest == 0 && p.name != "regex_search" {
			return value.Undefined{Hint: u.Hint, Name: u.Name, Pos: u.Pos}, nil
		}
		if u, ok := asUnknown(err); ok {
			return u, nil
		}
		return nil, p.failure(&seen, err)
	}
	if p.flags&(isTest|keepsSecrets) != 0 {
		return v, nil
	}
	return seen.taint(v), nil
}

// look surveys the operands of a plugin. stop is the result if the plugin need not run.
func (p *plugin) look(seen *survey, in value.Value, args []value.Value, kw *value.Dict) (stop value.Value, err error) {
	visit := seen.visit
	if p.flags&structural != 0 {
		visit = seen.shallow
	}
	if err := visit(in, 0); err != nil {
		return nil, err
	}
	for _, v := range args {
		if err := visit(v, 0); err != nil {
			return nil, err
		}
	}
	if kw != nil {
		for _, v := range kw.All() {
			if err := visit(v, 0); err != nil {
				return nil, err
			}
		}
	}
	switch {
	case seen.undefined != nil && p.flags&takesUndefined == 0:
		return *seen.undefined, nil
	case seen.unknown != nil && p.flags&takesUnknown == 0:
		return *seen.unknown, nil
	}
	return nil, nil
}

// shallow looks at v only, not into it.
func (s *survey) shallow(v value.Value, _ int) error {
	switch v.(type) {
	case *value.List, *value.Dict, value.Tuple, view:
		return nil
	}
	return s.visit(v, 0)
}

// failure words the failure of a plugin. What secrets are in its message cannot be told, so of a secret's failure
// nothing is told.
func (p *plugin) failure(seen *survey, err error) error {
	kind := "filter"
	if p.flags&isTest != 0 {
		kind = "test"
	}
	var d *diag.Diagnostic
	var u *UndefinedError
	if errors.As(err, &d) || errors.As(err, &u) {
		return err
	}
	if _, ok := asUnknown(err); ok {
		return err
	}
	reason := err.Error()
	if seen != nil && len(seen.secrets) > 0 {
		reason = "reason not shown, since the input or an argument is secret"
	}
	if p.flags&isMethod != 0 {
		return fmt.Errorf("%s() failed: %s", p.name, reason)
	}
	return fmt.Errorf("the %s plugin '%s' failed: %s", kind, p.name, reason)
}

func (f *frame) evalFilter(n *filterNode) (value.Value, error) {
	var in value.Value
	var err error
	if n.in == nil {
		in, _ = f.local(captured)
	} else if in, err = f.eval(n.in); err != nil {
		return nil, err
	}
	args, kw, err := f.args(&n.args)
	if err != nil {
		return nil, err
	}
	defer f.r.s.written(n.in, &n.args)()
	v, err := use(f, n.f.(*plugin), in, args, kw)
	if err != nil {
		return nil, f.at(n.offset(), err)
	}
	return f.locate(v, n.offset()), nil
}

// locate gives an undefined value the place where it arose, if it has none.
func (f *frame) locate(v value.Value, offset int) value.Value {
	if u, ok := v.(value.Undefined); ok && !u.Pos.Known() {
		u.Pos = f.pos(offset)
		return u
	}
	return v
}

func (f *frame) evalTest(n *testNode) (value.Value, error) {
	in, err := f.eval(n.in)
	if err != nil {
		return nil, err
	}
	args, kw, err := f.args(&n.args)
	if err != nil {
		return nil, err
	}
	defer f.r.s.written(n.in, &n.args)()
	v, err := use(f, n.t.(*plugin), in, args, kw)
	if err != nil {
		return nil, f.at(n.offset(), err)
	}
	if b, ok := v.(bool); ok && n.not {
		return !b, nil
	}
	return v, nil
}
