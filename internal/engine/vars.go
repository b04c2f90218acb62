package engine

import (
	"fmt"
	"regexp"

	"pig/internal/diag"
	"pig/internal/jinja"
	"pig/internal/playbook"
	"pig/internal/value"
)

// layer is one level of variable precedence.
type layer struct {
	vars    *value.Dict
	trusted bool                   // its strings are templates
	heard   func(name string) bool // tells whether a node had a say in a variable; nil: in none
}

func always(string) bool { return true }

// layers are the variables that a task sees, the strongest level first. They are looked up, never merged: a task asks for
// a handful of names out of hundreds.
type layers struct {
	magic  func(name string) (value.Value, bool)
	names  func() []string
	levels []layer
	local  *value.Dict // the first level: the loop's item, the result so far
	said   bool        // a node had a say in local
	reach  *value.Dict // the last level of a task: the way to its host
	joined func() bool // tells whether a node had a say in who is in which group
	merge  bool        // mappings of several levels are one: hash_behaviour = merge
}

// Lookup implements jinja.Variables.
func (l *layers) Lookup(name string) (value.Value, bool, bool) {
	if v, ok := l.magic(name); ok {
		return v, false, true
	}
	for i, level := range l.levels {
		v, ok := level.vars.Named(name)
		if !ok {
			continue
		}
		if d, isDict := v.(*value.Dict); isDict && l.merge && i > 0 { // the first level is the task's own
			v, trusted := l.merged(name, d, level.trusted, l.levels[i+1:])
			return v, trusted, true
		}
		return v, level.trusted, true
	}
	return nil, false, false
}

// Names implements jinja.Variables.
func (l *layers) Names() []string {
	seen := map[string]bool{}
	var names []string
	add := func(n string) {
		if !seen[n] {
			seen[n] = true
			names = append(names, n)
		}
	}
	for _, n := range l.names() {
		add(n)
	}
	for _, level := range l.levels {
		for k := range level.vars.All() {
			add(value.KeyText(k))
		}
	}
	return names
}

// Pos implements jinja.Positions.
func (l *layers) Pos(name string) diag.Pos {
	for _, level := range l.levels {
		if pos, ok := level.vars.NamedPos(name); ok {
			return pos
		}
	}
	return diag.Pos{}
}

// FromNode implements jinja.Origins.
func (l *layers) FromNode(name string) bool {
	if v, ok := l.magic(name); ok {
		return name == "ansible_facts" && v != nil || (name == "groups" || name == "group_names") && l.joined()
	}
	for _, level := range l.levels {
		if _, ok := level.vars.Named(name); ok {
			return level.heard != nil && level.heard(name)
		}
	}
	return false
}

func (l *layers) add(d *value.Dict, trusted bool) { l.addHeard(d, trusted, nil) }

func (l *layers) addHeard(d *value.Dict, trusted bool, heard func(string) bool) {
	if d != nil && d.Len() > 0 {
		l.levels = append(l.levels, layer{d, trusted, heard})
	}
}

// taskLayers are the variables for task t (nil outside of any) on host h, which local variables such as the loop's item
// go before. The order is Ansible's, strongest first.
func (pr *playRun) taskLayers(h *host, t *playbook.Task, local *value.Dict) *layers {
	e := pr.e
	l := &layers{levels: make([]layer, 0, 24)}
	m := &magic{pr: pr, h: h, t: t}
	l.magic, l.names, l.joined = m.lookup, magicNames, e.added.joined
	if local == nil {
		local = value.NewDict()
	}
	l.local, l.merge = local, e.opt.Merge
	l.levels = append(l.levels, layer{local, false, func(string) bool { return l.said }})
	l.add(e.opt.ExtraVars, true)
	var chain []*playbook.Block
	var role *playbook.Role
	if t != nil {
		chain, role = t.Chain(), t.Role
		for _, b := range chain {
			l.addHeard(b.Given, false, func(string) bool { return b.Heard })
			l.add(b.Params, true)
		}
	}
	h.mu.RLock()
	heard := h.heard
	l.addHeard(h.set, false, func(name string) bool { return heard[name] })
	l.add(h.included, true)
	facts := h.injected
	factsHeard := always
	if h.own {
		factsHeard = nil
	}
	h.mu.RUnlock()
	l.add(h.derived, true)
	if t != nil {
		l.add(t.Vars, true)
	}
	for _, b := range chain {
		if b.Parent != nil { // the root block repeats the play's own
			l.add(b.Vars, true)
		}
	}
	pr.roleLayers(l, role, func(r *playbook.Role) *value.Dict { return r.Vars })
	l.add(pr.filesOf(h), true)
	l.add(pr.vars, true)
	l.add(pr.play.Vars, true)
	l.addHeard(facts, false, factsHeard)
	l.addHeard(h.inv, true, e.added.vars(h.Name))
	pr.roleLayers(l, role, func(r *playbook.Role) *value.Dict { return r.Defaults })
	l.add(e.Defaults, true)
	if t != nil {
		l.reach = pr.reached(h, t)
		l.add(l.reach, true)
	}
	return l
}

// roleLayers adds one part of every role of the play: that of the task's own role first, then the others, the last one
// in the play winning.
func (pr *playRun) roleLayers(l *layers, own *playbook.Role, part func(*playbook.Role) *value.Dict) {
	if own != nil {
		l.add(part(own), true)
	}
	roles := pr.play.Roles
	for i := len(roles) - 1; i >= 0; i-- {
		if roles[i] != own {
			l.add(part(roles[i]), true)
		}
	}
}

// scope is what templates of one task on one host see.
type scope struct {
	*jinja.Scope
	vars *layers
}

// scope renders for one task on one host.
func (pr *playRun) scope(h *host, t *playbook.Task, local *value.Dict) *scope {
	vars := pr.taskLayers(h, t, local)
	s := &scope{Scope: pr.e.Templates.Scope(vars), vars: vars}
	s.SetFiles(&lookupFiles{pr: pr, t: t})
	return s
}

// text renders a value that has to be a text.
func (s *scope) text(v value.Value, pos diag.Pos) (string, error) {
	r, err := s.Value(v, pos)
	if err != nil {
		return "", err
	}
	return value.Str(r), nil
}

// flag renders a keyword that has to be a boolean; absent is the answer where it says nothing.
func (s *scope) flag(v value.Value, pos diag.Pos, absent bool) (bool, error) {
	if v == nil {
		return absent, nil
	}
	if b, ok := v.(bool); ok {
		return b, nil
	}
	r, err := s.Value(v, pos)
	if err != nil {
		return false, err
	}
	if r == jinja.Omit || value.IsUnknown(r) {
		return absent, nil
	}
	b, ok := boolean(r)
	if !ok {
		return false, diag.Errorf(pos, "invalid boolean %s: want true or false", value.Display(r))
	}
	return b, nil
}

// truth is Ansible's leniency for keywords: yes, on, true and 1 are true.
func truth(v value.Value) bool {
	b, _ := boolean(v)
	return b
}

// globalVars are the variables that no host has a say in: for hosts: and names of plays.
type globalVars struct{ e *Engine }

// Lookup implements jinja.Variables.
func (g *globalVars) Lookup(name string) (value.Value, bool, bool) {
	if g.e.opt.ExtraVars != nil {
		if v, ok := g.e.opt.ExtraVars.Get(name); ok {
			return v, true, true
		}
	}
	switch name {
	case "groups":
		return groups{g.e.Inventory}, false, true
	case "omit":
		return jinja.Omit, false, true
	}
	if g.e.Defaults != nil {
		if v, ok := g.e.Defaults.Get(name); ok {
			return v, true, true
		}
	}
	return nil, false, false
}

// Names implements jinja.Variables.
func (g *globalVars) Names() []string { return []string{"groups"} }

// title renders a name as far as it goes: what cannot be told yet is told as Ansible does, by its error.
func (s *scope) title(name string, pos diag.Pos) string {
	v, err := s.Value(name, pos)
	if err == nil {
		return value.Display(v)
	}
	errs := 0
	return inTemplate.ReplaceAllStringFunc(name, func(part string) string {
		v, err := s.Value(part, pos)
		if err != nil {
			errs++
			return fmt.Sprintf("<< error %d - %s >>", errs, words(err))
		}
		return value.Display(v)
	})
}

var inTemplate = regexp.MustCompile(`\{\{.*?\}\}`)
