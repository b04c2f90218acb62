package jinja

import (
	"fmt"

	"pig/internal/value"
)

// eval gives the value of an expression.
func (f *frame) eval(x expr) (value.Value, error) {
	switch n := x.(type) {
	case *constNode:
		return n.v, nil
	case *nameNode:
		return f.evalName(n)
	case *tupleNode:
		return f.evalTuple(n)
	case *listNode:
		return f.evalList(n)
	case *dictNode:
		return f.evalDict(n)
	case *condNode:
		return f.evalCond(n)
	case *andNode:
		return f.evalAnd(n)
	case *orNode:
		return f.evalOr(n)
	case *notNode:
		return f.evalNot(n)
	case *negNode:
		return f.evalNeg(n)
	case *binaryNode:
		return f.evalBinary(n)
	case *concatNode:
		return f.evalConcat(n)
	case *compareNode:
		return f.evalCompare(n)
	case *attrNode:
		return f.evalAttr(n)
	case *itemNode:
		return f.evalItem(n)
	case *sliceNode:
		return f.evalSlice(n)
	case *callNode:
		return f.evalCall(n)
	case *filterNode:
		return f.evalFilter(n)
	case *testNode:
		return f.evalTest(n)
	}
	return nil, fmt.Errorf("internal error of the template engine: %T is no expression", x)
}

func (f *frame) evalName(n *nameNode) (value.Value, error) {
	if v, ok := f.local(n.name); ok {
		return f.forced(v, n.offset())
	}
	v, ok, err := f.r.lookup(n.name)
	if err != nil {
		return nil, f.at(n.offset(), err)
	}
	if !ok {
		return undefinedName(n.name, f.pos(n.offset())), nil
	}
	return v, nil
}

func evalAll(f *frame, nodes []expr) ([]value.Value, error) {
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

func (f *frame) evalTuple(n *tupleNode) (value.Value, error) {
	items, err := evalAll(f, n.items)
	return value.Tuple(items), err
}

func (f *frame) evalList(n *listNode) (value.Value, error) {
	items, err := evalAll(f, n.items)
	if err != nil {
		return nil, err
	}
	return value.NewList(items...), nil
}

func (f *frame) evalDict(n *dictNode) (value.Value, error) {
	d := value.NewDict()
	for i := range n.keys {
		k, err := f.eval(n.keys[i])
		if err != nil {
			return nil, err
		}
		switch x := k.(type) {
		case value.Undefined:
			return nil, undefinedError(x)
		case value.Unknown:
			return x, nil
		}
		if _, err := settle(k); err != nil {
			return nil, f.at(n.keys[i].offset(), err)
		}
		if _, ok := value.Hash(k); !ok {
			return nil, f.at(n.keys[i].offset(), fmt.Errorf("unhashable type: '%s'", typeName(k)))
		}
		v, err := f.eval(n.vals[i])
		if err != nil {
			return nil, err
		}
		d.Set(k, v)
	}
	return d, nil
}

// test evaluates a condition three-valued: true, false or unknown.
func test3(f *frame, x expr) (value.Value, error) {
	switch n := x.(type) {
	case *andNode:
		return either(f, n.left, n.right, false)
	case *orNode:
		return either(f, n.left, n.right, true)
	case *notNode:
		v, err := test3(f, n.x)
		if b, ok := v.(bool); ok {
			return !b, err
		}
		return v, err
	}
	v, err := f.eval(x)
	if err != nil {
		return nil, err
	}
	v, err = truth(v)
	if err != nil {
		return nil, f.at(x.offset(), err)
	}
	return v, nil
}

// either is "and" (decisive false) or "or" (decisive true). An unknown side leaves the other to decide; what cannot be
// evaluated without knowing the left side is unknown as well.
func either(f *frame, left, right expr, decisive bool) (value.Value, error) {
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

func (f *frame) evalCond(n *condNode) (value.Value, error) {
	t, err := test3(f, n.test)
	switch {
	case err != nil:
		return nil, err
	case t == true:
		return f.eval(n.yes)
	case t != false:
		return t, nil
	case n.no == nil:
		return implicitElse{}, nil
	}
	return f.eval(n.no)
}

func (f *frame) evalAnd(n *andNode) (value.Value, error) { return logical(f, n.left, n.right, false) }
func (f *frame) evalOr(n *orNode) (value.Value, error)   { return logical(f, n.left, n.right, true) }

// logical gives one of its operands, as Python does.
func logical(f *frame, left, right expr, decisive bool) (value.Value, error) {
	v, err := f.eval(left)
	if err != nil {
		return nil, err
	}
	t, err := truth(v)
	if err != nil {
		return nil, f.at(left.offset(), err)
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

func (f *frame) evalNot(n *notNode) (value.Value, error) { return test3(f, n) }

func (f *frame) evalNeg(n *negNode) (value.Value, error) {
	v, err := f.eval(n.x)
	if err != nil {
		return nil, err
	}
	if u, err := special(v, nil); u != nil || err != nil {
		return u, err
	}
	v, err = negate(v, n.plus)
	if err != nil {
		return nil, f.at(n.offset(), err)
	}
	return v, nil
}

// special handles operands that are not values proper: something undefined is an error, something unknown the result.
func special(a, b value.Value) (value.Value, error) {
	for _, v := range [2]value.Value{a, b} {
		if u, ok := v.(value.Undefined); ok {
			return nil, undefinedError(u)
		}
	}
	for _, v := range [2]value.Value{a, b} {
		if u, ok := v.(value.Unknown); ok {
			return u, nil
		}
	}
	return nil, nil
}

func (f *frame) evalBinary(n *binaryNode) (value.Value, error) {
	a, err := f.eval(n.left)
	if err != nil {
		return nil, err
	}
	b, err := f.eval(n.right)
	if err != nil {
		return nil, err
	}
	if u, err := special(a, b); u != nil || err != nil {
		return u, err
	}
	v, err := arithmetic(n.op, a, b)
	if err != nil {
		return nil, f.at(n.offset(), err)
	}
	return v, nil
}

func (f *frame) evalConcat(n *concatNode) (value.Value, error) {
	var text []byte
	var secrets survey
	for _, item := range n.items {
		v, err := f.eval(item)
		if err != nil {
			return nil, err
		}
		if u, err := special(v, nil); u != nil || err != nil {
			return u, err
		}
		if v == nil { // unlike in a print, None shows here
			text = append(text, "None"...)
			continue
		}
		s, parts, unknown, err := asText(v)
		if err != nil {
			return nil, f.at(item.offset(), err)
		}
		if unknown != nil {
			return *unknown, nil
		}
		secrets.addParts(s, parts)
		text = append(text, s...)
		if len(text) > maxText {
			return nil, f.at(n.offset(), fmt.Errorf("the text is longer than %d bytes", maxText))
		}
	}
	return secrets.taint(string(text)), nil
}

func (f *frame) evalCompare(n *compareNode) (value.Value, error) {
	left, err := f.eval(n.first)
	if err != nil {
		return nil, err
	}
	var result value.Value = true
	for i, op := range n.ops {
		right, err := f.eval(n.rest[i])
		if err != nil {
			return nil, err
		}
		v, err := compareBy(op, left, right)
		if err != nil {
			return nil, f.at(n.offset(), err)
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

func compareBy(op string, left, right value.Value) (value.Value, error) {
	if u, err := special(left, right); u != nil || err != nil {
		return u, err
	}
	switch op {
	case "==", "!=":
		v, err := equal(left, right)
		if b, ok := v.(bool); ok && op == "!=" {
			return !b, err
		}
		return v, err
	case "in", "not in":
		v, err := contains(right, left)
		if b, ok := v.(bool); ok && op == "not in" {
			return !b, err
		}
		return v, err
	}
	return order(op, left, right)
}

func (f *frame) evalAttr(n *attrNode) (value.Value, error) {
	obj, err := f.eval(n.obj)
	if err != nil {
		return nil, err
	}
	return f.attr(obj, n.name, n.offset())
}

func (f *frame) evalItem(n *itemNode) (value.Value, error) {
	obj, err := f.eval(n.obj)
	if err != nil {
		return nil, err
	}
	key, err := f.eval(n.key)
	if err != nil {
		return nil, err
	}
	return f.item(obj, key, n.offset())
}

func (f *frame) evalSlice(n *sliceNode) (value.Value, error) {
	obj, err := f.eval(n.obj)
	if err != nil {
		return nil, err
	}
	var bounds [3]value.Value
	for i, x := range []expr{n.start, n.stop, n.step} {
		if x == nil {
			continue
		}
		if bounds[i], err = f.eval(x); err != nil {
			return nil, err
		}
		if u, err := special(bounds[i], nil); u != nil || err != nil {
			return u, err
		}
	}
	v, err := slice(obj, bounds[0], bounds[1], bounds[2])
	if err != nil {
		return nil, f.at(n.offset(), err)
	}
	return v, nil
}
