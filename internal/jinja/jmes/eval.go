package jmes

import (
	"fmt"

	"pig/internal/value"
)

// Env is what a query needs to know of the values.
type Env struct {
	// Force renders what is lazy.
	Force func(value.Value) (value.Value, error)
	// Dict gives mappings of any kind as a Dict, whose values may be lazy.
	Dict func(value.Value) (*value.Dict, bool)
	// Equal and Less compare; the result is a bool or value.Unknown.
	Equal func(a, b value.Value) (value.Value, error)
	Less  func(a, b value.Value) (value.Value, error)
	// Text makes a text that was built from other values as secret as they are.
	Text func(text string, from value.Value) value.Value
	// JSON writes a value as JSON.
	JSON func(value.Value) (string, error)
}

// UnknownError tells that the answer depends on something unknown.
type UnknownError struct{ Value value.Unknown }

func (e *UnknownError) Error() string { return "the answer is " + value.UnknownText }

// Search answers the query for v.
func (q *Query) Search(v value.Value, env *Env) (value.Value, error) {
	e := &evaluator{env: env}
	return e.eval(q.root, v)
}

type evaluator struct {
	env   *Env
	depth int
}

// expression is a reference to an expression, for functions like sort_by.
type expression struct{ n *node }

func (e *evaluator) eval(n *node, v value.Value) (value.Value, error) {
	if e.depth++; e.depth > 1000 {
		return nil, fmt.Errorf("nested too deeply")
	}
	defer func() { e.depth-- }()
	v, err := e.env.Force(v)
	if err != nil {
		return nil, err
	}
	switch n.kind {
	case identity:
		return v, nil
	case constant:
		return value.Clone(n.v), nil
	case reference:
		return expression{n.kids[0]}, nil
	case field:
		return e.field(n.name, v)
	case index, slice:
		return e.subscript(n, v)
	case chain, pipe:
		for _, k := range n.kids {
			if v, err = e.eval(k, v); err != nil {
				return nil, err
			}
		}
		return v, nil
	case projection, values, filtered:
		return e.project(n, v)
	case flatten:
		return e.flatten(n, v)
	case or, and, not:
		return e.logic(n, v)
	case compare:
		return e.compare(n, v)
	case list, hash:
		return e.multi(n, v)
	}
	return e.call(n, v)
}

func (e *evaluator) field(name string, v value.Value) (value.Value, error) {
	if value.IsUnknown(v) {
		return v, nil
	}
	d, ok := e.env.Dict(v)
	if !ok {
		return nil, nil
	}
	item, ok := d.Get(name)
	if !ok {
		return nil, nil
	}
	item, err := e.env.Force(item)
	if u, ok := item.(value.Undefined); ok && err == nil {
		return nil, fmt.Errorf("%s", u.Hint)
	}
	return item, err
}

// items are the items of a list. ok is false for anything else.
func (e *evaluator) items(v value.Value) (items []value.Value, ok bool) {
	switch l := v.(type) {
	case *value.List:
		return l.Items, true
	case value.Tuple:
		return l, true
	}
	return nil, false
}

func (e *evaluator) subscript(n *node, v value.Value) (value.Value, error) {
	if value.IsUnknown(v) {
		return v, nil
	}
	items, ok := e.items(v)
	if !ok {
		return nil, nil
	}
	size := int64(len(items))
	if n.kind == index {
		i := *n.n[0]
		if i < 0 {
			i += size
		}
		if i < 0 || i >= size {
			return nil, nil
		}
		return e.env.Force(items[i])
	}
	step := int64(1)
	if n.n[2] != nil {
		step = *n.n[2]
	}
	if step == 0 {
		return nil, fmt.Errorf("slice step cannot be zero")
	}
	from, to := int64(0), size
	if step < 0 {
		from, to = size-1, -1
	}
	clip := func(p *int64, dflt int64) int64 {
		if p == nil {
			return dflt
		}
		i := *p
		if i < 0 {
			i += size
		}
		if step < 0 {
			return max(-1, min(i, size-1))
		}
		return max(0, min(i, size))
	}
	from, to = clip(n.n[0], from), clip(n.n[1], to)
	out := value.NewList()
	for i := from; step > 0 && i < to || step < 0 && i > to; i += max(-size-1, min(step, size+1)) {
		out.Append(items[i])
	}
	return out, nil
}

func (e *evaluator) project(n *node, v value.Value) (value.Value, error) {
	base, err := e.eval(n.kids[0], v)
	if err != nil || value.IsUnknown(base) {
		return base, err
	}
	var items []value.Value
	if n.kind == values {
		d, ok := e.env.Dict(base)
		if !ok {
			return nil, nil
		}
		for _, item := range d.All() {
			items = append(items, item)
		}
	} else {
		var ok bool
		if items, ok = e.items(base); !ok {
			return nil, nil
		}
	}
	out := value.NewList()
	for _, item := range items {
		if item, err = e.env.Force(item); err != nil {
			return nil, err
		}
		if n.kind == filtered {
			holds, err := e.truth(n.kids[2], item)
			if err != nil {
				return nil, err
			}
			if !holds {
				continue
			}
		}
		r, err := e.eval(n.kids[1], item)
		if err != nil {
			return nil, err
		}
		if r != nil {
			out.Append(r)
		}
	}
	return out, nil
}

// truth evaluates n to true or false; an unknown one ends the query.
func (e *evaluator) truth(n *node, v value.Value) (bool, error) {
	r, err := e.eval(n, v)
	if err != nil {
		return false, err
	}
	if u, ok := r.(value.Unknown); ok {
		return false, &UnknownError{u}
	}
	return e.isTrue(r), nil
}

// isTrue is JMESPath's truth: only null, false and what is empty are false.
func (e *evaluator) isTrue(v value.Value) bool {
	switch x := v.(type) {
	case nil:
		return false
	case bool:
		return x
	case *value.List:
		return len(x.Items) > 0
	case value.Tuple:
		return len(x) > 0
	}
	if text, ok := value.Plain(v); ok {
		return text != ""
	}
	if d, ok := e.env.Dict(v); ok {
		return d.Len() > 0
	}
	return true
}

func (e *evaluator) flatten(n *node, v value.Value) (value.Value, error) {
	base, err := e.eval(n.kids[0], v)
	if err != nil || value.IsUnknown(base) {
		return base, err
	}
	items, ok := e.items(base)
	if !ok {
		return nil, nil
	}
	out := value.NewList()
	for _, item := range items {
		if item, err = e.env.Force(item); err != nil {
			return nil, err
		}
		if inner, ok := e.items(item); ok {
			out.Append(inner...)
		} else {
			out.Append(item)
		}
	}
	return out, nil
}

func (e *evaluator) logic(n *node, v value.Value) (value.Value, error) {
	left, err := e.eval(n.kids[0], v)
	if err != nil || value.IsUnknown(left) {
		return left, err
	}
	yes := e.isTrue(left)
	switch {
	case n.kind == not:
		return !yes, nil
	case yes == (n.kind == or):
		return left, nil
	}
	return e.eval(n.kids[1], v)
}

func (e *evaluator) compare(n *node, v value.Value) (value.Value, error) {
	a, err := e.eval(n.kids[0], v)
	if err != nil {
		return nil, err
	}
	b, err := e.eval(n.kids[1], v)
	if err != nil {
		return nil, err
	}
	for _, x := range []value.Value{a, b} {
		if value.IsUnknown(x) {
			return x, nil
		}
	}
	switch n.name {
	case "==", "!=":
		r, err := e.equal(a, b)
		if same, ok := r.(bool); ok && n.name == "!=" {
			return !same, err
		}
		return r, err
	}
	if kindOf(e, a) != "number" || kindOf(e, b) != "number" {
		return nil, nil
	}
	if n.name == ">" || n.name == "<=" {
		a, b = b, a
	}
	r, err := e.env.Less(a, b)
	if less, ok := r.(bool); ok && (n.name == "<=" || n.name == ">=") {
		return !less, err
	}
	return r, err
}

// equal keeps numbers and booleans apart, as JSON does.
func (e *evaluator) equal(a, b value.Value) (value.Value, error) {
	_, x := a.(bool)
	_, y := b.(bool)
	if x != y {
		return false, nil
	}
	return e.env.Equal(a, b)
}

func (e *evaluator) multi(n *node, v value.Value) (value.Value, error) {
	if v == nil || value.IsUnknown(v) {
		return v, nil
	}
	l, d := value.NewList(), value.NewDict()
	for i, k := range n.kids {
		r, err := e.eval(k, v)
		if err != nil {
			return nil, err
		}
		if n.kind == list {
			l.Append(r)
		} else {
			d.Set(n.names[i], r)
		}
	}
	if n.kind == list {
		return l, nil
	}
	return d, nil
}
