package engine

import (
	"cmp"
	"strings"

	"pig/internal/diag"
	"pig/internal/playbook"
	"pig/internal/value"
)

// arguments renders the arguments of t on top of module_defaults, nil if they are unknown as a whole, and tells in which of
// them a node had a say.
func (r *run) arguments(t *playbook.Task, s *scope) (*value.Dict, said, error) {
	heard := said{args: map[string]bool{}}
	raw, finished := r.withDefaults(t), (*value.Dict)(nil)
	if t.ArgsText != nil {
		var err error
		heard.names = s.Heard(func() { finished, err = argsFrom(t, s) })
		if err != nil || finished == nil {
			return nil, heard, err
		}
		finished = finished.Clone()
		for k := range t.Args.All() { // what the task itself says goes before args: "{{ mapping }}"
			finished.Delete(k)
		}
	}
	done := value.NewDict()
	for k, v := range raw.All() {
		if finished != nil && finished.Has(k) {
			continue
		}
		one := value.NewDict()
		one.SetAt(k, v, raw.KeyPos(k), raw.ValuePos(k))
		var rendered value.Value
		var err error
		said := s.Heard(func() { rendered, err = s.Value(one, t.Pos) })
		if err != nil {
			return nil, heard, argError(t, value.KeyText(k), err)
		}
		d, ok := rendered.(*value.Dict)
		if !ok {
			return nil, heard, nil
		}
		for k, v := range d.All() {
			done.SetAt(k, v, d.KeyPos(k), d.ValuePos(k))
			if said {
				heard.args[value.KeyText(k)] = true
			}
		}
		heard.names = heard.names || said && isTemplate(k)
	}
	if finished != nil {
		done.Update(finished)
	}
	return done, heard, nil
}

// argsFrom renders arguments that are one text: a mapping, or pairs; nil if they are unknown.
func argsFrom(t *playbook.Task, s *scope) (*value.Dict, error) {
	v, err := s.Value(t.ArgsText, t.Pos)
	if err != nil || value.IsUnknown(v) {
		return nil, err
	}
	switch v := v.(type) {
	case *value.Dict:
		return v, nil
	case string:
		pairs, _, err := playbook.ParsePairs(v, false)
		if err != nil {
			return nil, diag.At(t.Pos, err)
		}
		d := value.NewDict()
		for _, p := range pairs {
			d.Set(p[0], p[1])
		}
		return d, nil
	}
	return nil, diag.Errorf(t.Pos, "invalid arguments of %s: want a mapping, not %s", t.Action, value.TypeName(v))
}

// withDefaults are the arguments of t as they are written, on top of module_defaults.
func (r *run) withDefaults(t *playbook.Task) *value.Dict {
	defaults := r.moduleDefaults(t)
	if defaults == nil {
		return t.Args
	}
	defaults.Update(t.Args)
	return defaults
}

func (r *run) moduleDefaults(t *playbook.Task) *value.Dict {
	var merged *value.Dict
	apply := func(list []*value.Dict) {
		for _, d := range list {
			for k, v := range d.All() {
				if args, ok := v.(*value.Dict); ok && playbook.Bare(value.KeyText(k)) == t.Action {
					if merged == nil {
						merged = value.NewDict()
					}
					merged.Update(args)
				}
			}
		}
	}
	chain := t.Chain()
	for i := len(chain) - 1; i >= 0; i-- {
		apply(chain[i].ModuleDefaults)
	}
	apply(t.ModuleDefaults)
	return merged
}

// argumentError is an argument of a task that cannot be rendered.
type argumentError struct {
	action, name string
	err          error
}

func (a *argumentError) Error() string { return a.err.Error() }
func (a *argumentError) Unwrap() error { return a.err }

// argError tells of which action and argument an error is.
func argError(t *playbook.Task, name string, err error) error {
	action := cmp.Or(t.Called, t.Action)
	if !strings.Contains(action, ".") {
		action = "ansible.builtin." + action
	}
	return &argumentError{action, name, err}
}
