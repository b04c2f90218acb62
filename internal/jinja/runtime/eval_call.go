package runtime

import (
	"fmt"

	"pig/internal/jinja/plugin"
	"pig/internal/jinja/python"
	"pig/internal/jinja/syntax"
	"pig/internal/value"
)

// args evaluates the arguments of a call.
func (f *frame) args(a *syntax.Arguments) ([]value.Value, *value.Dict, error) {
	var pos []value.Value
	var err error
	if len(a.Pos) > 0 {
		if pos, err = evalAll(f, a.Pos); err != nil {
			return nil, nil, err
		}
	}
	var kw *value.Dict
	if len(a.Named) > 0 {
		kw = value.NewDict()
		for i, x := range a.Named {
			v, err := f.eval(x)
			if err != nil {
				return nil, nil, err
			}
			kw.Set(a.Names[i], v)
		}
	}
	if a.Star == nil && a.StarStar == nil {
		return pos, kw, nil
	}
	return f.starArgs(a, pos, kw)
}

func (f *frame) starArgs(a *syntax.Arguments, pos []value.Value, kw *value.Dict) ([]value.Value, *value.Dict, error) {
	if a.Star != nil {
		v, err := f.eval(a.Star)
		if err != nil {
			return nil, nil, err
		}
		more, err := python.ForcedItems(v)
		if err != nil {
			return nil, nil, f.at(a.Star.Offset(), err)
		}
		pos = append(pos, more...)
	}
	if a.StarStar != nil {
		v, err := f.eval(a.StarStar)
		if err != nil {
			return nil, nil, err
		}
		d, ok := v.(*value.Dict)
		if !ok {
			if u, err := python.Special(v, nil); err != nil {
				return nil, nil, err
			} else if u != nil {
				return nil, nil, &python.UnknownError{Value: u.(value.Unknown)}
			}
			return nil, nil, f.at(a.StarStar.Offset(), fmt.Errorf("argument after ** must be a mapping, not %s", python.TypeName(v)))
		}
		if kw == nil {
			kw = value.NewDict()
		}
		for k, item := range d.All() {
			if item, err = python.Force(item); err != nil {
				return nil, nil, err
			}
			kw.Set(k, item)
		}
	}
	return pos, kw, nil
}

func (f *frame) evalCall(n *syntax.Call) (value.Value, error) {
	fn, err := f.eval(n.Fn)
	if err != nil {
		return nil, err
	}
	switch fn.(type) {
	case value.Undefined, value.Unknown:
		return fn, nil
	}
	c, ok := fn.(callable)
	if !ok {
		return nil, f.at(n.Offset(), fmt.Errorf("'%s' object is not callable", python.TypeName(fn)))
	}
	args, kw, err := f.args(&n.Args)
	if err != nil {
		return nil, err
	}
	was := f.r.s.literal
	f.r.s.literal = literal(&n.Args)
	defer func() { f.r.s.literal = was }()
	return f.invoke(c, args, kw, n.Offset())
}

// invoke calls c; only macros see arguments that are undefined or unknown.
func (f *frame) invoke(c callable, args []value.Value, kw *value.Dict, offset int) (value.Value, error) {
	if f.r.s.passes++; f.r.s.passes > f.r.s.e.opts.MaxPasses {
		return nil, f.at(offset, fmt.Errorf("more than %d calls and passes of loops", f.r.s.e.opts.MaxPasses))
	}
	if _, macro := c.(takesAnything); !macro {
		if v := plugin.FirstSpecial(nil, args, kw); v != nil {
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
