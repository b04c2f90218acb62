package runtime

import (
	"fmt"

	"pig/internal/jinja/python"
	"pig/internal/jinja/syntax"
	"pig/internal/value"
)

// eval gives the value of an expression.
func (f *frame) eval(x syntax.Expr) (value.Value, error) {
	switch n := x.(type) {
	case *syntax.Const:
		return n.V, nil
	case *syntax.Name:
		return f.evalName(n)
	case *syntax.Tuple:
		return f.evalTuple(n)
	case *syntax.List:
		return f.evalList(n)
	case *syntax.Dict:
		return f.evalDict(n)
	case *syntax.Cond:
		return f.evalCond(n)
	case *syntax.And:
		return f.evalAnd(n)
	case *syntax.Or:
		return f.evalOr(n)
	case *syntax.Not:
		return f.evalNot(n)
	case *syntax.Neg:
		return f.evalNeg(n)
	case *syntax.Binary:
		return f.evalBinary(n)
	case *syntax.Concat:
		return f.evalConcat(n)
	case *syntax.Compare:
		return f.evalCompare(n)
	case *syntax.Attr:
		return f.evalAttr(n)
	case *syntax.Item:
		return f.evalItem(n)
	case *syntax.Slice:
		return f.evalSlice(n)
	case *syntax.Call:
		return f.evalCall(n)
	case *syntax.Filter:
		return f.evalFilter(n)
	case *syntax.Test:
		return f.evalTest(n)
	}
	return nil, fmt.Errorf("internal error of the template engine: unexpected expression %T", x)
}

func (f *frame) evalName(n *syntax.Name) (value.Value, error) {
	if v, ok := f.local(n.Name); ok {
		return f.forced(v, n.Offset())
	}
	v, ok, err := f.r.lookup(n.Name)
	if err != nil {
		return nil, f.at(n.Offset(), err)
	}
	if !ok {
		return python.UndefinedName(n.Name, f.pos(n.Offset())), nil
	}
	return v, nil
}

func evalAll(f *frame, nodes []syntax.Expr) ([]value.Value, error) {
	out := make([]value.Value, len(nodes))
	for i, n := range nodes {
		v, err := f.eval(n)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

func (f *frame) evalTuple(n *syntax.Tuple) (value.Value, error) {
	items, err := evalAll(f, n.Items)
	return value.Tuple(items), err
}

func (f *frame) evalList(n *syntax.List) (value.Value, error) {
	items, err := evalAll(f, n.Items)
	if err != nil {
		return nil, err
	}
	return value.NewList(items...), nil
}

func (f *frame) evalDict(n *syntax.Dict) (value.Value, error) {
	d := value.NewDict()
	for i := range n.Keys {
		k, err := f.eval(n.Keys[i])
		if err != nil {
			return nil, err
		}
		switch x := k.(type) {
		case value.Undefined:
			return nil, python.UsedUndefined(x)
		case value.Unknown:
			return x, nil
		}
		if _, err := python.Settle(k); err != nil {
			return nil, f.at(n.Keys[i].Offset(), err)
		}
		if _, ok := value.Hash(k); !ok {
			return nil, f.at(n.Keys[i].Offset(), fmt.Errorf("unhashable type: '%s'", python.TypeName(k)))
		}
		v, err := f.eval(n.Vals[i])
		if err != nil {
			return nil, err
		}
		d.Set(k, v)
	}
	return d, nil
}

// test evaluates a condition three-valued: true, false or unknown.
func test3(f *frame, x syntax.Expr) (value.Value, error) {
	switch n := x.(type) {
	case *syntax.And:
		return either(f, n.Left, n.Right, false)
	case *syntax.Or:
		return either(f, n.Left, n.Right, true)
	case *syntax.Not:
		v, err := test3(f, n.X)
		if b, ok := v.(bool); ok {
			return !b, err
		}
		return v, err
	}
	v, err := f.eval(x)
	if err != nil {
		return nil, err
	}
	v, err = python.Truth(v)
	if err != nil {
		return nil, f.at(x.Offset(), err)
	}
	return v, nil
}

// either is "and" (decisive false) or "or" (decisive true). An unknown side leaves the other to decide; what cannot be
// evaluated without knowing the left side is unknown as well.
func either(f *frame, left, right syntax.Expr, decisive bool) (value.Value, error) {
	a, err := test3(f, left)
	if err != nil || a == decisive {
		return a, err
	}
	b, err := test3(f, right)
	if !value.IsUnknown(a) {
		return b, err
	}
	if err == nil && b == decisive {
		return b, nil
	}
	return a, nil
}

func (f *frame) evalCond(n *syntax.Cond) (value.Value, error) {
	t, err := test3(f, n.Test)
	switch {
	case err != nil:
		return nil, err
	case t == true:
		return f.eval(n.Yes)
	case t != false:
		return t, nil
	case n.No == nil:
		return python.ImplicitElse{}, nil
	}
	return f.eval(n.No)
}

func (f *frame) evalAnd(n *syntax.And) (value.Value, error) {
	return logical(f, n.Left, n.Right, false)
}

func (f *frame) evalOr(n *syntax.Or) (value.Value, error) { return logical(f, n.Left, n.Right, true) }

// logical gives one of its operands, as Python does.
func logical(f *frame, left, right syntax.Expr, decisive bool) (value.Value, error) {
	v, err := f.eval(left)
	if err != nil {
		return nil, err
	}
	t, err := python.Truth(v)
	if err != nil {
		return nil, f.at(left.Offset(), err)
	}
	if t == decisive {
		return v, nil
	}
	if !value.IsUnknown(t) {
		return f.eval(right)
	}
	if b, err := f.eval(right); err == nil && b == decisive {
		return b, nil
	}
	return v, nil
}

func (f *frame) evalNot(n *syntax.Not) (value.Value, error) { return test3(f, n) }

func (f *frame) evalNeg(n *syntax.Neg) (value.Value, error) {
	v, err := f.eval(n.X)
	if err != nil {
		return nil, err
	}
	if u, err := python.Special(v, nil); u != nil || err != nil {
		return u, err
	}
	v, err = python.Negate(v, n.Plus)
	if err != nil {
		return nil, f.at(n.Offset(), err)
	}
	return v, nil
}

func (f *frame) evalBinary(n *syntax.Binary) (value.Value, error) {
	a, err := f.eval(n.Left)
	if err != nil {
		return nil, err
	}
	b, err := f.eval(n.Right)
	if err != nil {
		return nil, err
	}
	if u, err := python.Special(a, b); u != nil || err != nil {
		return u, err
	}
	v, err := python.Arithmetic(n.Op, a, b)
	if err != nil {
		return nil, f.at(n.Offset(), err)
	}
	return v, nil
}

func (f *frame) evalConcat(n *syntax.Concat) (value.Value, error) {
	var text []byte
	var secrets python.Survey
	for _, item := range n.Items {
		v, err := f.eval(item)
		if err != nil {
			return nil, err
		}
		if u, err := python.Special(v, nil); u != nil || err != nil {
			return u, err
		}
		if v == nil { // unlike in a print, None shows here
			text = append(text, "None"...)
			continue
		}
		s, parts, unknown, err := python.AsText(v)
		if err != nil {
			return nil, f.at(item.Offset(), err)
		}
		if unknown != nil {
			return *unknown, nil
		}
		secrets.AddParts(s, parts)
		text = append(text, s...)
		if len(text) > python.MaxText {
			return nil, f.at(n.Offset(), fmt.Errorf("the text is longer than %d bytes", python.MaxText))
		}
	}
	return secrets.Taint(string(text)), nil
}

func (f *frame) evalCompare(n *syntax.Compare) (value.Value, error) {
	left, err := f.eval(n.First)
	if err != nil {
		return nil, err
	}
	var result value.Value = true
	for i, op := range n.Ops {
		right, err := f.eval(n.Rest[i])
		if err != nil {
			return nil, err
		}
		v, err := python.CompareBy(op, left, right)
		if err != nil {
			return nil, f.at(n.Offset(), err)
		}
		if v == false {
			return v, nil
		}
		if v != true {
			result = v
		}
		left = right
	}
	return result, nil
}

func (f *frame) evalAttr(n *syntax.Attr) (value.Value, error) {
	obj, err := f.eval(n.Obj)
	if err != nil {
		return nil, err
	}
	return f.attr(obj, n.Name, n.Offset())
}

func (f *frame) evalItem(n *syntax.Item) (value.Value, error) {
	obj, err := f.eval(n.Obj)
	if err != nil {
		return nil, err
	}
	key, err := f.eval(n.Key)
	if err != nil {
		return nil, err
	}
	return f.item(obj, key, n.Offset())
}

func (f *frame) evalSlice(n *syntax.Slice) (value.Value, error) {
	obj, err := f.eval(n.Obj)
	if err != nil {
		return nil, err
	}
	var bounds [3]value.Value
	for i, x := range []syntax.Expr{n.Start, n.Stop, n.Step} {
		if x == nil {
			continue
		}
		if bounds[i], err = f.eval(x); err != nil {
			return nil, err
		}
		if u, err := python.Special(bounds[i], nil); u != nil || err != nil {
			return u, err
		}
	}
	v, err := python.Slice(obj, bounds[0], bounds[1], bounds[2])
	if err != nil {
		return nil, f.at(n.Offset(), err)
	}
	return v, nil
}
