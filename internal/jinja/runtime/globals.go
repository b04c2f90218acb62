package runtime

import (
	"fmt"
	"math/big"
	"strings"

	"pig/internal/jinja/python"
	"pig/internal/value"
)

// builtinGlobals are the names that every template knows, unless a variable hides them.
func (e *Engine) builtinGlobals() map[string]value.Value {
	g := map[string]value.Value{"omit": python.Omit, "ansible_managed": e.opts.ManagedText}
	add := func(name string, fn func(f *frame, args []value.Value, kw *value.Dict) (value.Value, error)) {
		g[name] = &function{name: name, fn: fn}
	}
	add("range", globalRange)
	add("dict", globalDict)
	add("namespace", func(f *frame, args []value.Value, kw *value.Dict) (value.Value, error) {
		d, err := globalDict(f, args, kw)
		if err != nil {
			return nil, err
		}
		return &namespace{d: d.(*value.Dict)}, nil
	})
	add("cycler", func(_ *frame, args []value.Value, _ *value.Dict) (value.Value, error) {
		if len(args) == 0 {
			return nil, fmt.Errorf("at least one item has to be provided")
		}
		return &cycler{items: args}, nil
	})
	add("joiner", func(_ *frame, args []value.Value, kw *value.Dict) (value.Value, error) {
		j := &joiner{sep: ", "}
		if len(args) > 0 {
			j.sep = args[0]
		} else if kw != nil && kw.Has("sep") {
			j.sep = kw.At("sep")
		}
		return j, nil
	})
	add("lipsum", func(*frame, []value.Value, *value.Dict) (value.Value, error) { return lipsum, nil })
	add("undef", func(_ *frame, args []value.Value, kw *value.Dict) (value.Value, error) {
		hint := "Mandatory variable has not been overridden"
		if len(args) > 0 {
			hint = value.Display(args[0])
		} else if kw != nil && kw.Has("hint") {
			hint = value.Display(kw.At("hint"))
		}
		return nil, fmt.Errorf("%s", hint)
	})
	add("now", func(f *frame, args []value.Value, kw *value.Dict) (value.Value, error) {
		return f.now(args, kw)
	})
	add("lookup", func(f *frame, args []value.Value, kw *value.Dict) (value.Value, error) {
		return f.lookupCall(args, kw, false)
	})
	query := func(f *frame, args []value.Value, kw *value.Dict) (value.Value, error) {
		return f.lookupCall(args, kw, true)
	}
	add("query", query)
	add("q", query)
	return g
}

const lipsum = "<p>Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et dolore magna aliqua.</p>"

func globalRange(_ *frame, args []value.Value, kw *value.Dict) (value.Value, error) {
	if len(args) == 0 || len(args) > 3 || kw != nil {
		return nil, fmt.Errorf("range expected 1 to 3 arguments, got %d", len(args))
	}
	n := [3]int64{0, 0, 1}
	for i, a := range args {
		big, ok := python.Integer(a)
		if !ok {
			return nil, fmt.Errorf("'%s' object cannot be interpreted as an integer", python.TypeName(a))
		}
		if !big.IsInt64() || tooBig(big) {
			return nil, errRange()
		}
		n[i] = big.Int64()
	}
	r := python.Range{Start: n[0], Stop: n[1], Step: n[2]}
	if len(args) == 1 {
		r.Start, r.Stop = 0, n[0]
	}
	if r.Step == 0 {
		return nil, fmt.Errorf("range() arg 3 must not be zero")
	}
	if r.Len() > python.MaxRange {
		return nil, errRange()
	}
	return r, nil
}

func errRange() error {
	return fmt.Errorf("Range too big. The sandbox blocks ranges larger than MAX_RANGE (%d).", python.MaxRange)
}

func tooBig(i *big.Int) bool { return i.BitLen() > 62 }

func globalDict(_ *frame, args []value.Value, kw *value.Dict) (value.Value, error) {
	d := value.NewDict()
	if len(args) > 1 {
		return nil, fmt.Errorf("dict expected at most 1 argument, got %d", len(args))
	}
	if len(args) == 1 {
		from, err := python.ToDict(args[0])
		if err != nil {
			return nil, err
		}
		d.Update(from)
	}
	if kw != nil {
		d.Update(kw)
	}
	return d, nil
}

// now is the time as the engine's clock has it: now(utc=False, fmt=None).
func (f *frame) now(args []value.Value, kw *value.Dict) (value.Value, error) {
	opt := func(i int, name string) value.Value {
		if i < len(args) {
			return args[i]
		}
		if kw != nil {
			return kw.At(name)
		}
		return nil
	}
	t := f.r.s.e.opts.Now()
	if value.Truthy(opt(0, "utc")) {
		t = t.UTC()
	} else {
		t = t.Local()
	}
	if layout, ok := value.Plain(opt(1, "fmt")); ok && layout != "" {
		return python.Strftime(t, layout), nil
	}
	return t, nil
}

// lookupCall is lookup(name, terms...) or query(name, terms...).
func (f *frame) lookupCall(args []value.Value, kw *value.Dict, wantList bool) (value.Value, error) {
	if len(args) == 0 {
		return nil, fmt.Errorf("lookup() needs the name of a lookup")
	}
	name, ok := args[0].(string)
	if !ok {
		return nil, fmt.Errorf("invalid lookup name: must be a string without secret values, not %s", python.TypeName(args[0]))
	}
	options := value.NewDict()
	if kw != nil {
		options = kw.Clone()
	}
	take := func(name string) value.Value {
		v, _ := options.Get(name)
		options.Delete(name)
		return v
	}
	wantList = value.Truthy(take("wantlist")) || wantList
	onError, _ := value.Plain(take("errors"))
	s := f.r.s
	saved := s.from
	s.from = f.r.base.File
	list, err := s.runLookup(name, args[1:], options)
	s.from = saved
	if err != nil {
		if _, ok := python.AsUnknown(err); !ok && (onError == "ignore" || onError == "warn") {
			if wantList {
				return value.NewList(), nil
			}
			return nil, nil
		}
		return nil, err
	}
	if wantList {
		return list, nil
	}
	return joinLookup(list), nil
}

// joinLookup is the result of a lookup as one value: texts are joined with commas.
func joinLookup(list *value.List) value.Value {
	var texts []string
	var secrets python.Survey
	for _, v := range list.Items {
		text, ok := value.Plain(v)
		if !ok {
			if len(list.Items) == 1 {
				return v
			}
			return list
		}
		_ = secrets.Visit(v, 0)
		texts = append(texts, text)
	}
	if len(texts) == 0 {
		return list
	}
	if len(texts) == 1 {
		return list.Items[0]
	}
	return secrets.Taint(strings.Join(texts, ","))
}
