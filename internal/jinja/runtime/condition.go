package runtime

import (
	"pig/internal/diag"
	"pig/internal/jinja/python"
	"pig/internal/jinja/syntax"
	"pig/internal/value"
)

// Condition evaluates what stands at when, failed_when, changed_when, until or that: a bool, an expression without
// braces, or a list of them, all of which must hold. The result is a bool or value.Unknown: something unknown leaves the
// rest to decide.
func (s *Scope) Condition(v value.Value, pos diag.Pos) (result value.Value, err error) {
	defer s.begin(pos, &err)()
	result, err = s.condition(v, pos)
	return result, s.report(err, pos)
}

func (s *Scope) condition(v value.Value, pos diag.Pos) (value.Value, error) {
	switch x := v.(type) {
	case bool, value.Unknown:
		return x, nil
	case nil:
		return true, nil
	case *value.List:
		return s.allConditions(x, pos)
	case string:
		if syntax.IsTemplate(x) {
			v, err := s.finished(s.renderString(x, pos))
			return s.checked(v, pos, err)
		}
		if x == "" {
			return true, nil
		}
		t, err := s.e.expression(x, pos)
		if err != nil {
			return nil, err
		}
		v, err := s.testExpression(t, pos)
		return s.checked(v, pos, err)
	}
	return s.checked(v, pos, nil)
}

// allConditions is the conjunction of a list.
func (s *Scope) allConditions(l *value.List, pos diag.Pos) (value.Value, error) {
	var unknown value.Value
	for i, item := range l.Items {
		v, err := s.condition(item, orPos(l.Pos(i), pos))
		switch {
		case err != nil && unknown != nil: // it may be guarded by what is not known
			return unknown, nil
		case err != nil || v == false:
			return v, err
		case v != true && unknown == nil:
			unknown = v
		}
	}
	if unknown != nil {
		return unknown, nil
	}
	return true, nil
}

// testExpression evaluates a condition, three-valued at its and, or and not.
func (s *Scope) testExpression(t *syntax.Template, pos diag.Pos) (value.Value, error) {
	r := &render{s: s, t: t, base: pos}
	f := &frame{r: r}
	var v value.Value
	var err error
	switch n := t.X.(type) {
	case *syntax.And, *syntax.Or, *syntax.Not:
		// First by value, to find results that are not bool; if that is unknown, by truth.
		if v, err = f.eval(n); err == nil && value.IsUnknown(v) {
			v, err = test3(f, n)
		}
	default:
		v, err = f.eval(n)
	}
	if err != nil {
		if u, ok := python.AsUnknown(err); ok {
			return u, nil
		}
		return nil, python.Placed(pos, err)
	}
	return s.finished(v, nil)
}

// checked refuses results that are neither true nor false, as ansible-core 2.19 does.
func (s *Scope) checked(v value.Value, pos diag.Pos, err error) (value.Value, error) {
	if err != nil {
		return nil, err
	}
	switch v.(type) {
	case bool, value.Unknown:
		return v, nil
	}
	if s.e.opts.BrokenConditionals {
		return python.Truth(v)
	}
	d := diag.Errorf(pos, "Conditional result (%s) was derived from value of type '%s'. Conditionals must have a boolean result.", value.Str(value.Truthy(v)), python.TypeName(v))
	if text, ok := v.(string); ok && text != "" {
		return nil, d.WithHint("compare it with something, or use the bool filter")
	}
	return nil, d.WithHint("compare it with something: is defined, is none, length > 0 ...")
}
