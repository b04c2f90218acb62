package jinja

import (
	"fmt"

	"pig/internal/value"
)

// args evaluates the arguments of a call.
func (f *frame) args(a *arguments) ([]value.Value, *value.Dict, error) {
	var pos []value.Value
	var err error
	if len(a.pos) > 0 {
		if pos, err = evalAll(f, a.pos); err != nil {
			return nil, nil, err
		}
	}
	var kw *value.Dict
	if len(a.named) > 0 {
		kw = value.NewDict()
		for i, x := range a.named {
			v, err := f.eval(x)
			if err != nil {
				return nil, nil, err
			}
			kw.Set(a.names[i], v)
		}
	}
	if a.star == nil && a.starStar == nil {
		return pos, kw, nil
	}
	return f.starArgs(a, pos, kw)
}

func (f *frame) starArgs(a *arguments, pos []value.Value, kw *value.Dict) ([]value.Value, *value.Dict, error) {
	if a.star != nil {
		v, err := f.eval(a.star)
		if err != nil {
			return nil, nil, err
		}
		more, err := forcedItems(v)
		if err != nil {
			return nil, nil, f.at(a.star.offset(), err)
		}
		pos = append(pos, more...)
	}
	if a.starStar != nil {
		v, err := f.eval(a.starStar)
		if err != nil {
			return nil, nil, err
		}
		d, ok := v.(*value.Dict)
		if !ok {
			if u, err := special(v, nil); err != nil {
				return nil, nil, err
			} else if u != nil {
				return nil, nil, &unknownError{u: u.(value.Unknown)}
			}
			return nil, nil, f.at(a.starStar.offset(), fmt.Errorf("argument after ** must be a mapping, not %s", typeName(v)))
		}
		if kw == nil {
			kw = value.NewDict()
		}
		for k, item := range d.All() {
			if item, err = force(item); err != nil {
				return nil, nil, err
			}
			kw.Set(k, item)
		}
	}
	return pos, kw, nil
}

func (f *frame) evalCall(n *callNode) (value.Value, error) {
	fn, err := f.eval(n.fn)
	if err != nil {
		return nil, err
	}
	switch fn.(type) {
	case value.Undefined, value.Unknown:
		return fn, nil
	}
	c, ok := fn.(callable)
	if !ok {
		return nil, f.at(n.offset(), fmt.Errorf("'%s' object is not callable", typeName(fn)))
	}
	args, kw, err := f.args(&n.args)
	if err != nil {
		return nil, err
	}
	was := f.r.s.literal
	f.r.s.literal = literal(&n.args)
	defer func() { f.r.s.literal = was }()
	return f.invoke(c, args, kw, n.offset())
}

// invoke calls c; only macros see arguments that are undefined or unknown.
func (f *frame) invoke(c callable, args []value.Value, kw *value.Dict, offset int) (value.Value, error) {
	if f.r.s.passes++; f.r.s.passes > f.r.s.e.maxPasses {
		return nil, f.at(offset, fmt.Errorf("more than %d calls and passes of loops", f.r.s.e.maxPasses))
	}
	if _, macro := c.(takesAnything); !macro {
		if v := firstSpecial(nil, args, kw); v != nil {
			return v, nil
		}
	}
	if f.r.s.depth++; f.r.s.depth+f.r.s.outerDepth > maxCalls {
		f.r.s.depth--
		return nil, f.at(offset, fmt.Errorf("maximum recursion depth exceeded"))
	}
	v, err := c.call(f, args, kw)
	f.r.s.depth--
	if err != nil {
		return nil, f.at(offset, err)
	}
	return f.locate(v, offset), nil
}

// takesAnything marks callables that accept undefined and unknown arguments.
type takesAnything interface{ takesAnything() }

// firstSpecial is the first undefined value among the operands of a call, else the first unknown one, else nil.
func firstSpecial(in value.Value, args []value.Value, kw *value.Dict) value.Value {
	var unknown value.Value
	check := func(v value.Value) bool {
		switch v.(type) {
		case value.Undefined:
			return true
		case value.Unknown:
			if unknown == nil {
				unknown = v
			}
		}
		return false
	}
	if check(in) {
		return in
	}
	for _, v := range args {
		if check(v) {
			return v
		}
	}
	if kw != nil {
		for _, v := range kw.All() {
			if check(v) {
				return v
			}
		}
	}
	return unknown
}
