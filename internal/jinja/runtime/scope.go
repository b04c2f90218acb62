package runtime

import (
	"fmt"
	"runtime/debug"
	"strings"

	"pig/internal/diag"
	"pig/internal/jinja/python"
	"pig/internal/jinja/syntax"
	"pig/internal/secret"
	"pig/internal/value"
)

// Scope renders for one host and task. It remembers what variables rendered to, so it lives as long as they stay the
// same; it is used by one goroutine at a time.
type Scope struct {
	e     *Engine
	vars  Variables
	files Files
	memo  map[string]value.Value
	heard map[string]bool // which of memo a node had a say in

	origin  *origin
	literal bool // the arguments of the running call stand in the template as they are

	name       string   // as another scope refers to it, like hostvars[node-1]
	inherited  int      // how many of active belong to the scopes that use this one
	outerDepth int      // of their calls
	active     []string // the variables that are being rendered
	depth      int      // of calls
	includes   int
	passes     int
	from       string // the file that the running lookup stands in
	level      int    // of evaluations by the caller: lookups and lazy values call back
	dirty      bool   // a template has changed a list or mapping
}

// SetFiles replaces Options.Files for this scope.
func (s *Scope) SetFiles(f Files) { s.files = f }

// Forget drops what was remembered: the variables have changed.
func (s *Scope) Forget() { clear(s.memo) }

// Engine is the engine that made the scope.
func (s *Scope) Engine() *Engine { return s.e }

// begin and its result bracket an evaluation: what templates changed in variables is forgotten after the outermost one,
// and a panic, which is a fault of the engine, becomes an error.
func (s *Scope) begin(pos diag.Pos, err *error) func() {
	if s.level == 0 {
		s.passes, s.depth, s.includes, s.active = 0, 0, 0, s.active[:s.inherited]
	}
	s.level++
	before := s.origin.heard
	if s.level == 1 {
		s.origin.heard = false // a lookup in this evaluation is not to blame for what an earlier one used
	}
	return func() {
		s.level--
		s.origin.heard = s.origin.heard || before
		if r := recover(); r != nil {
			*err = &diag.Diagnostic{
				Summary: "internal error of the template engine: " + strings.SplitN(fmt.Sprint(r), "\n", 2)[0],
				Detail:  string(debug.Stack()),
				Pos:     pos,
			}
			s.level = 0
			s.dirty = true
		}
		if s.level == 0 && s.dirty {
			clear(s.memo)
			s.dirty = false
		}
	}
}

// Value renders a value as it was read from a playbook: its strings are templates, as are the keys of its mappings. A
// string that is one expression gives the expression's value, of whatever type. The result is a copy that holds nothing
// lazy or undefined; it may hold value.Unknown and secret.Text, and is Omit if the whole value is to be omitted. Errors
// are Diagnostics at the place inside v, as far as that is known, else at pos.
func (s *Scope) Value(v value.Value, pos diag.Pos) (value.Value, error) {
	if text, ok := v.(string); ok && !syntax.IsTemplate(text) {
		return v, nil
	}
	return s.wholeValue(v, pos)
}

func (s *Scope) wholeValue(v value.Value, pos diag.Pos) (result value.Value, err error) {
	defer s.begin(pos, &err)()
	result, err = s.value(v, pos, 0)
	return result, s.report(err, pos)
}

func (s *Scope) value(v value.Value, pos diag.Pos, depth int) (value.Value, error) {
	if depth > python.MaxNesting {
		return nil, python.Placed(pos, fmt.Errorf("lists and mappings are nested too deeply"))
	}
	switch x := v.(type) {
	case string:
		if !syntax.IsTemplate(x) {
			return x, nil
		}
		return s.finished(s.renderString(x, pos))
	case *value.List:
		l := &value.List{Items: make([]value.Value, 0, len(x.Items)), At: x.At}
		for i, item := range x.Items {
			done, err := s.value(item, orPos(x.Pos(i), pos), depth+1)
			if err != nil {
				return nil, err
			}
			if done != python.Omit {
				l.Items = append(l.Items, done)
			}
		}
		if len(l.Items) != len(x.Items) {
			l.At = nil
		}
		return l, nil
	case *value.Dict:
		return s.valueDict(x, pos, depth)
	}
	opened, err := s.open(v, true, pos, "")
	return s.finished(opened, err)
}

func (s *Scope) valueDict(x *value.Dict, pos diag.Pos, depth int) (value.Value, error) {
	d := value.NewDictFor(x.Len())
	for k, item := range x.All() {
		keyPos, valPos := x.KeyPos(k), x.ValuePos(k)
		key := k
		if text, ok := k.(string); ok && syntax.IsTemplate(text) {
			var err error
			if key, err = s.finished(s.renderString(text, orPos(keyPos, pos))); err != nil {
				return nil, python.Placed(orPos(keyPos, pos), err)
			}
			if u, ok := key.(value.Unknown); ok {
				return u, nil
			}
			if _, ok := value.Hash(key); !ok {
				return nil, python.Placed(orPos(keyPos, pos), fmt.Errorf("unhashable type: '%s'", python.TypeName(key)))
			}
		}
		done, err := s.value(item, orPos(valPos, pos), depth+1)
		if err != nil {
			return nil, err
		}
		if done != python.Omit && key != python.Omit {
			d.SetAt(key, done, keyPos, valPos)
		}
	}
	return d, nil
}

func orPos(p, other diag.Pos) diag.Pos {
	if p.Known() {
		return p
	}
	return other
}

// finished makes the result of an evaluation what may leave the engine.
func (s *Scope) finished(v value.Value, err error) (value.Value, error) {
	if err != nil {
		return nil, err
	}
	return python.FinalizeStrict(v)
}

// Expression evaluates a bare expression, as in loop and until. The result is as that of Value, but cannot be Omit.
func (s *Scope) Expression(src string, pos diag.Pos) (result value.Value, err error) {
	defer s.begin(pos, &err)()
	t, err := s.e.expression(src, pos)
	if err != nil {
		return nil, s.report(err, pos)
	}
	result, err = s.finished(s.evaluate(t, pos))
	if err == nil && result == python.Omit {
		err = fmt.Errorf("a template was resolved to an Omit scalar")
	}
	return result, s.report(err, pos)
}

// Lookup gives one variable, rendered; ok is false if there is none of that name.
func (s *Scope) Lookup(name string) (result value.Value, ok bool, err error) {
	defer s.begin(diag.Pos{}, &err)()
	v, ok, err := s.variable(name)
	if err == nil && ok {
		v, err = s.finished(v, nil)
	}
	if err != nil {
		return nil, ok, s.report(err, s.posOf(name))
	}
	return v, ok, nil
}

func (s *Scope) posOf(name string) diag.Pos {
	if p, ok := s.vars.(Positions); ok {
		return p.Pos(name)
	}
	return diag.Pos{}
}

// Vars gives all variables of the scope as a Mapping, each rendered when it is asked for: for the variable vars, and for
// the elements of hostvars.
func (s *Scope) Vars() python.Mapping { return scopeVars{s} }

type scopeVars struct{ s *Scope }

// Item implements Mapping.
func (m scopeVars) Item(key value.Value) (v value.Value, ok bool, err error) {
	name, ok := key.(string)
	if !ok {
		return nil, false, nil
	}
	defer m.s.begin(diag.Pos{}, &err)()
	return m.s.variable(name)
}

// Keys implements Mapping.
func (m scopeVars) Keys() []value.Value {
	names := m.s.vars.Names()
	keys := make([]value.Value, 0, len(names))
	for _, n := range names {
		if n != "hostvars" && n != "vars" { // else there would be no end to them
			keys = append(keys, n)
		}
	}
	return keys
}

// TextOptions say how a template file is read. The zero value is the default of Ansible's template module.
type TextOptions struct {
	VariableStart, VariableEnd string
	BlockStart, BlockEnd       string
	CommentStart, CommentEnd   string
	NewlineSequence            string
	KeepBlockNewlines          bool // trim_blocks: false
	LstripBlocks               bool
	Vars                       *value.Dict // variables for this text alone, used as they are; may be nil
}

func (o *TextOptions) syntax() syntax.Dialect {
	syn := syntax.DefaultDialect()
	for _, p := range []struct {
		to   *string
		from string
	}{
		{&syn.VariableStart, o.VariableStart}, {&syn.VariableEnd, o.VariableEnd},
		{&syn.BlockStart, o.BlockStart}, {&syn.BlockEnd, o.BlockEnd},
		{&syn.CommentStart, o.CommentStart}, {&syn.CommentEnd, o.CommentEnd},
		{&syn.Newline, o.NewlineSequence},
	} {
		if p.from != "" {
			*p.to = p.from
		}
	}
	syn.TrimBlocks, syn.LstripBlocks = !o.KeepBlockNewlines, o.LstripBlocks
	return syn
}

// Text renders a template file. The result is a string, a secret.Text or a value.Unknown.
func (s *Scope) Text(text, file string, o TextOptions) (result value.Value, err error) {
	base := diag.Pos{File: file, Line: 1, Col: 1}
	defer s.begin(base, &err)()
	v, err := s.textValue(text, base, o)
	if err != nil {
		return nil, s.report(err, base)
	}
	return v, nil
}

func (s *Scope) textValue(text string, base diag.Pos, o TextOptions) (value.Value, error) {
	t, err := s.e.fileText(text, o.syntax(), base)
	if err != nil {
		return nil, err
	}
	r := &render{s: s, t: t, base: base}
	root := &frame{r: r}
	if o.Vars != nil {
		for k, v := range o.Vars.All() {
			opened, err := s.open(v, false, diag.Pos{}, "")
			if err != nil {
				return nil, err
			}
			root.set(value.KeyText(k), opened)
		}
	}
	v, err := s.result(r, root)
	if err != nil {
		if u, ok := python.AsUnknown(err); ok {
			return u, nil
		}
		return nil, err
	}
	if u, ok := v.(value.Undefined); ok {
		return nil, python.UsedUndefined(u)
	}
	plain, parts, unknown, err := python.AsText(v)
	switch {
	case err != nil:
		return nil, err
	case unknown != nil:
		return *unknown, nil
	case len(parts) > 0:
		return secret.Carrying(plain, parts...), nil
	case v == nil:
		return strings.Repeat(t.Dialect.Newline, t.EndLines), nil
	}
	return plain, nil
}
