package runtime

import (
	"fmt"
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/jinja/python"
	"pig/internal/jinja/syntax"
	"pig/internal/secret"
	"pig/internal/value"
)

// Variables is where a Scope looks names up. The value is as it was read; trusted means that the strings in it are
// templates, to be rendered when they are used (inventory, playbook); other values (facts, registered results) are used
// as they are. The engine never changes them.
type Variables interface {
	Lookup(name string) (v value.Value, trusted bool, ok bool)
	Names() []string
}

// Positions is what Variables may implement to tell where the value of a variable was read from.
type Positions interface {
	Pos(name string) diag.Pos
}

// maxCalls bounds how deep variables, macros and functions call each other.
const maxCalls = 400

// lookup finds a name that is not local to the template.
func (r *render) lookup(name string) (value.Value, bool, error) {
	if name == "self" && len(r.blocks) > 0 {
		return selfBlocks{r}, true, nil
	}
	if !r.isolated {
		if v, ok, err := r.s.variable(name); ok || err != nil {
			return v, ok, err
		}
	}
	return r.s.global(name)
}

// selfBlocks is the variable self: the blocks of the template as functions.
type selfBlocks struct{ r *render }

func (b selfBlocks) TypeName() string { return "TemplateReference" }

// Callable implements python.Internal.
func (b selfBlocks) Callable() bool { return false }

func (b selfBlocks) attr(f *frame, name string) (value.Value, bool) {
	if b.r.blocks[name] == nil {
		return nil, false
	}
	return &function{name: name, fn: func(*frame, []value.Value, *value.Dict) (value.Value, error) {
		var out output
		err := f.block1(name, 0, true, 0, &out)
		return out.result(), err
	}}, true
}

func (s *Scope) global(name string) (value.Value, bool, error) {
	if v, ok := s.e.globals[name]; ok {
		return v, true, nil
	}
	return nil, false, nil
}

// variable gives a variable, rendered as far as one can see of it: its elements are rendered when they are used.
func (s *Scope) variable(name string) (value.Value, bool, error) {
	if v, ok := s.memo[name]; ok {
		s.origin.heard = s.origin.heard || s.heard[name]
		return v, true, nil
	}
	raw, trusted, ok := s.vars.Lookup(name)
	if !ok {
		return nil, false, nil
	}
	var pos diag.Pos
	if p, ok := s.vars.(Positions); ok {
		pos = p.Pos(name)
	}
	var v value.Value
	var err error
	s.named(name, func() { v, err = s.open(raw, trusted, pos, name) })
	if err != nil {
		return nil, true, err
	}
	if !value.IsUndefined(v) {
		s.memo[name] = v
	}
	return v, true, nil
}

// open renders v itself, not what is inside it. label names it in messages.
func (s *Scope) open(v value.Value, trusted bool, pos diag.Pos, label string) (value.Value, error) {
	switch x := v.(type) {
	case string:
		if !trusted || !syntax.IsTemplate(x) {
			return x, nil
		}
		return s.guarded(label, func() (value.Value, error) { return s.renderString(x, pos) })
	case secret.Text:
		if !trusted || !syntax.IsTemplate(x.Plain()) {
			return x, nil
		}
		v, err := s.guarded(label, func() (value.Value, error) { return s.renderString(x.Plain(), pos) })
		if err != nil && len(x.Parts()) == 0 { // the result is the secret, the template is none
			return nil, err
		}
		if err != nil {
			return nil, python.Placed(pos, fmt.Errorf("the template of the secret %s failed", label))
		}
		return allSecret(v), nil
	case value.Unsafe:
		return string(x), nil
	case value.Lazy:
		return s.guarded(label, x.Force)
	case *value.List:
		return s.openList(x, trusted, label), nil
	case value.Tuple:
		return value.Tuple(s.openList(value.NewList(x...), trusted, label).Items), nil
	case *value.Dict:
		return s.openDict(x, trusted, label), nil
	case python.Mapping:
		return linked{m: x, s: s, label: label}, nil
	}
	return v, nil
}

// linked is a Mapping of the caller, like hostvars. The scopes that it gives rise to learn what is being rendered
// already, so that a cycle through the variables of another host is found.
type linked struct {
	m     python.Mapping
	s     *Scope
	label string
}

// Item implements Mapping.
func (l linked) Item(key value.Value) (value.Value, bool, error) {
	v, ok, err := l.m.Item(key)
	if other, isScope := v.(scopeVars); isScope && other.s != l.s && other.s.level == 0 {
		other.s.name = l.label + "[" + value.Display(key) + "]"
		other.s.active = slices.Clone(l.s.active)
		other.s.inherited = len(other.s.active)
		other.s.outerDepth = l.s.depth + l.s.outerDepth
		other.s.origin = l.s.origin
	}
	return v, ok, err
}

// Keys implements Mapping.
func (l linked) Keys() []value.Value { return l.m.Keys() }

// allSecret makes every text in v a secret as a whole.
func allSecret(v value.Value) value.Value {
	if text, ok := value.Plain(v); ok {
		var parts []string
		if t, ok := v.(secret.Text); ok {
			parts = t.Parts()
		}
		return secret.Carrying(text, append([]string{text}, parts...)...)
	}
	done, err := python.Finalize(v)
	if err != nil {
		return v
	}
	s := python.Survey{Secrets: []secret.Text{secret.New("\x00")}}
	return s.Taint(done)
}

// openList copies a list; its elements are opened when they are used.
func (s *Scope) openList(l *value.List, trusted bool, label string) *value.List {
	c := &value.List{Items: make([]value.Value, len(l.Items)), At: l.At}
	for i, item := range l.Items {
		if closed(item, trusted) {
			item = &lazy{s: s, raw: item, trusted: trusted, pos: l.Pos(i), parent: label, key: int64(i)}
		}
		c.Items[i] = item
	}
	return c
}

func (s *Scope) openDict(d *value.Dict, trusted bool, label string) *value.Dict {
	c := d.Clone()
	for k, item := range c.All() {
		if closed(item, trusted) {
			pos := c.ValuePos(k)
			c.SetAt(k, &lazy{s: s, raw: item, trusted: trusted, pos: pos, parent: label, key: k}, c.KeyPos(k), pos)
		}
	}
	return c
}

// closed tells whether v changes when it is opened.
func closed(v value.Value, trusted bool) bool {
	switch x := v.(type) {
	case string:
		return trusted && syntax.IsTemplate(x)
	case secret.Text:
		return trusted && syntax.IsTemplate(x.Plain())
	case *value.List, *value.Dict, value.Tuple, value.Unsafe:
		return true
	}
	return false
}

// lazy is an element of a variable that has not been used yet.
type lazy struct {
	s       *Scope
	raw     value.Value
	trusted bool
	done    bool
	heard   bool // a node had a say in it
	pos     diag.Pos
	parent  string
	key     value.Value
	v       value.Value
}

// Held implements python.Holder.
func (l *lazy) Held() (value.Value, bool) { return l.v, l.done }

// Force implements value.Lazy.
func (l *lazy) Force() (value.Value, error) {
	if l.done {
		l.s.origin.heard = l.s.origin.heard || l.heard
		return l.v, nil
	}
	if l.s.level == 0 { // an element that is used by the template of another scope
		var err error
		defer l.s.begin(l.pos, &err)()
	}
	label := l.parent
	if label != "" {
		label += "." + value.Display(l.key)
	}
	var v value.Value
	var err error
	heard := l.s.Heard(func() { v, err = l.s.open(l.raw, l.trusted, l.pos, label) })
	if err == nil {
		l.done, l.v, l.heard = true, v, heard
	}
	if heard {
		l.s.blame(l.parent)
	}
	return v, err
}

// guarded renders a variable, unless that is going on already: then it needs itself.
func (s *Scope) guarded(label string, render func() (value.Value, error)) (value.Value, error) {
	if s.name != "" && label != "" {
		label = s.name + "." + label
	}
	if i := slices.Index(s.active, label); i >= 0 && label != "" {
		path := append(slices.Clone(s.active[i:]), label)
		return nil, fmt.Errorf("recursive loop detected in template: %s", strings.Join(path, " -> "))
	}
	if s.depth++; s.depth+s.outerDepth > maxCalls {
		s.depth--
		return nil, fmt.Errorf("variables are nested too deeply: %s", label)
	}
	s.active = append(s.active, label)
	v, err := render()
	s.active = s.active[:len(s.active)-1]
	s.depth--
	return v, err
}

// renderString evaluates a template for use inside another: what is undefined in it stays so until it is used.
func (s *Scope) renderString(text string, pos diag.Pos) (value.Value, error) {
	t, err := s.e.playbookText(text, pos)
	if err != nil {
		return nil, err
	}
	return s.evaluate(t, pos)
}

// evaluate runs a template. Its result may be undefined or unknown, and hold lazy elements.
func (s *Scope) evaluate(t *syntax.Template, base diag.Pos) (value.Value, error) {
	r := &render{s: s, t: t, base: base}
	root := &frame{r: r}
	v, err := s.result(r, root)
	if err != nil {
		if u, ok := python.AsUnknown(err); ok {
			return u, nil
		}
		if u, ok := python.AsUndefined(python.Placed(base, err)); ok {
			return u, nil
		}
		return nil, python.Placed(base, err)
	}
	return v, nil
}

func (s *Scope) result(r *render, root *frame) (value.Value, error) {
	if r.t.X != nil {
		return root.eval(r.t.X)
	}
	var out output
	if err := r.run(root, &out); err != nil {
		return nil, err
	}
	return withNewlines(r.t, out.result()), nil
}

// withNewlines gives a text that was printed the newlines at its end that the lexer took away.
func withNewlines(t *syntax.Template, v value.Value) value.Value {
	if t.EndLines == 0 {
		return v
	}
	text, ok := value.Plain(v)
	if !ok {
		return v
	}
	has := len(text) - len(strings.TrimRight(text, "\n"))
	if has >= t.EndLines {
		return v
	}
	return python.Tainted(text+strings.Repeat(t.Dialect.Newline, t.EndLines-has), v)
}
