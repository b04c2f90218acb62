package runtime

import (
	"fmt"

	"pig/internal/jinja/python"
	"pig/internal/jinja/syntax"
	"pig/internal/value"
)

// loop is the special variable of a loop.
type loop struct {
	node  *syntax.For
	outer *frame // where the loop stands
	items []value.Value
	i     int
	depth int // 0 for the outermost of recursive loops
	last  []value.Value
}

func (f *frame) execFor(n *syntax.For, out *output) error {
	v, err := f.eval(n.Iter)
	if err != nil {
		return err
	}
	return f.runFor(n, v, 0, out)
}

// run goes through v.
func (f *frame) runFor(n *syntax.For, v value.Value, depth int, out *output) error {
	list, err := python.Items(v)
	if err != nil {
		return f.at(n.Iter.Offset(), err)
	}
	if _, ok := v.(*value.List); ok {
		list = append([]value.Value(nil), list...) // the body may change the list
	}
	if n.Filter != nil {
		if list, err = f.filtered(n, list); err != nil {
			return err
		}
	}
	if len(list) == 0 {
		return exec(f.inner(), n.Other, out)
	}
	l := &loop{node: n, outer: f, items: list, depth: depth}
	pass := f.inner()
	for i, item := range list {
		if f.r.s.passes++; f.r.s.passes > f.r.s.e.opts.MaxPasses {
			return f.at(n.Offset(), fmt.Errorf("more than %d passes of loops", f.r.s.e.opts.MaxPasses))
		}
		if n.Captures {
			pass = f.inner()
		}
		pass.names = pass.names[:0]
		if item, err = f.forced(item, n.Iter.Offset()); err != nil {
			return err
		}
		l.i = i
		if n.UsesLoop {
			pass.names = append(pass.names, binding{"loop", l})
		}
		if err := pass.assign(&n.Target, item); err != nil {
			return err
		}
		if err := exec(pass, n.Body, out); err != nil {
			return err
		}
	}
	return nil
}

// filtered are the items for which the condition of the loop holds.
func (f *frame) filtered(n *syntax.For, list []value.Value) ([]value.Value, error) {
	var kept []value.Value
	pass := f.inner()
	for _, item := range list {
		pass.names = pass.names[:0]
		item, err := f.forced(item, n.Iter.Offset())
		if err != nil {
			return nil, err
		}
		if err := pass.assign(&n.Target, item); err != nil {
			return nil, err
		}
		yes, err := decide(pass, n.Filter)
		if err != nil {
			return nil, err
		}
		if yes {
			kept = append(kept, item)
		}
	}
	return kept, nil
}

func (l *loop) TypeName() string { return "LoopContext" }

// Callable implements python.Internal.
func (l *loop) Callable() bool { return true }

func (l *loop) attr(f *frame, name string) (value.Value, bool) {
	i, n := int64(l.i), int64(len(l.items))
	switch name {
	case "index":
		return i + 1, true
	case "index0":
		return i, true
	case "revindex":
		return n - i, true
	case "revindex0":
		return n - i - 1, true
	case "first":
		return i == 0, true
	case "last":
		return i == n-1, true
	case "length":
		return n, true
	case "depth":
		return int64(l.depth) + 1, true
	case "depth0":
		return int64(l.depth), true
	case "previtem":
		return l.neighbour(l.i-1, "there is no previous item"), true
	case "nextitem":
		return l.neighbour(l.i+1, "there is no next item"), true
	case "cycle":
		return &function{name: name, fn: l.cycle}, true
	case "changed":
		return &function{name: name, fn: l.changed}, true
	}
	return nil, false
}

func (l *loop) neighbour(i int, hint string) value.Value {
	if i < 0 || i >= len(l.items) {
		return value.Undefined{Hint: hint}
	}
	return l.items[i]
}

func (l *loop) cycle(_ *frame, args []value.Value, _ *value.Dict) (value.Value, error) {
	if len(args) == 0 {
		return nil, fmt.Errorf("no items for cycling given")
	}
	return args[l.i%len(args)], nil
}

// changed tells whether its arguments differ from those of the call before.
func (l *loop) changed(_ *frame, args []value.Value, _ *value.Dict) (value.Value, error) {
	same := l.last != nil && len(l.last) == len(args)
	for i := 0; same && i < len(args); i++ {
		v, err := python.Equal(l.last[i], args[i])
		if err != nil || value.IsUnknown(v) {
			return v, err
		}
		same = v == true
	}
	l.last = append([]value.Value{}, args...)
	return !same, nil
}

// call descends in a recursive loop.
func (l *loop) call(_ *frame, args []value.Value, _ *value.Dict) (value.Value, error) {
	if !l.node.Recursive {
		return nil, fmt.Errorf("the loop must have the 'recursive' marker to be called recursively")
	}
	if len(args) != 1 {
		return nil, fmt.Errorf("loop() takes one argument")
	}
	var out output
	if err := l.outer.runFor(l.node, args[0], l.depth+1, &out); err != nil {
		return nil, err
	}
	return out.result(), nil
}
