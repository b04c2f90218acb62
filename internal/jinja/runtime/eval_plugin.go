package runtime

import (
	"pig/internal/jinja/plugin"
	"pig/internal/jinja/syntax"
	"pig/internal/value"
)

func (f *frame) evalFilter(n *syntax.Filter) (value.Value, error) {
	var in value.Value
	var err error
	if n.In == nil {
		in, _ = f.local(captured)
	} else if in, err = f.eval(n.In); err != nil {
		return nil, err
	}
	args, kw, err := f.args(&n.Args)
	if err != nil {
		return nil, err
	}
	defer f.r.s.written(n.In, &n.Args)()
	v, err := plugin.Use(f, n.F.(*plugin.Plugin), in, args, kw)
	if err != nil {
		return nil, f.at(n.Offset(), err)
	}
	return f.locate(v, n.Offset()), nil
}

// locate gives an undefined value the place where it arose, if it has none.
func (f *frame) locate(v value.Value, offset int) value.Value {
	if u, ok := v.(value.Undefined); ok && !u.Pos.Known() {
		u.Pos = f.pos(offset)
		return u
	}
	return v
}

func (f *frame) evalTest(n *syntax.Test) (value.Value, error) {
	in, err := f.eval(n.In)
	if err != nil {
		return nil, err
	}
	args, kw, err := f.args(&n.Args)
	if err != nil {
		return nil, err
	}
	defer f.r.s.written(n.In, &n.Args)()
	v, err := plugin.Use(f, n.T.(*plugin.Plugin), in, args, kw)
	if err != nil {
		return nil, f.at(n.Offset(), err)
	}
	if b, ok := v.(bool); ok && n.Not {
		return !b, nil
	}
	return v, nil
}
