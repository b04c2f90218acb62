package runtime

import (
	"fmt"

	"pig/internal/jinja/python"
	"pig/internal/jinja/syntax"
	"pig/internal/value"
)

// exec runs one statement.
func (f *frame) exec(s syntax.Stmt, out *output) error {
	switch n := s.(type) {
	case *syntax.Data:
		return f.execData(n, out)
	case *syntax.Print:
		return f.execPrint(n, out)
	case *syntax.If:
		return f.execIf(n, out)
	case *syntax.For:
		return f.execFor(n, out)
	case *syntax.Set:
		return f.execSet(n, out)
	case *syntax.SetBlock:
		return f.execSetBlock(n, out)
	case *syntax.With:
		return f.execWith(n, out)
	case *syntax.FilterBlock:
		return f.execFilterBlock(n, out)
	case *syntax.Macro:
		return f.execMacro(n, out)
	case *syntax.CallBlock:
		return f.execCallBlock(n, out)
	case *syntax.Include:
		return f.execInclude(n, out)
	case *syntax.Import:
		return f.execImport(n, out)
	case *syntax.FromImport:
		return f.execFromImport(n, out)
	case *syntax.Extends:
		return f.execExtends(n, out)
	case *syntax.Block:
		return f.execBlock(n, out)
	case *syntax.Autoescape:
		return f.execAutoescape(n, out)
	}
	return fmt.Errorf("internal error of the template engine: unexpected statement %T", s)
}

func exec(f *frame, body []syntax.Stmt, out *output) error {
	for _, s := range body {
		if err := f.exec(s, out); err != nil {
			return err
		}
	}
	return nil
}

// capture is what body prints.
func capture(f *frame, body []syntax.Stmt) (value.Value, error) {
	var out output
	if err := exec(f, body, &out); err != nil {
		return nil, err
	}
	return out.result(), nil
}

func (f *frame) execData(n *syntax.Data, out *output) error {
	out.data(n.Text)
	return out.check()
}

func (f *frame) execPrint(n *syntax.Print, out *output) error {
	v, err := f.eval(n.X)
	if err != nil {
		return err
	}
	if err := out.add(f, v); err != nil {
		return f.at(n.Offset(), err)
	}
	return nil
}

// decide is the truth of a condition that the flow depends on.
func decide(f *frame, x syntax.Expr) (bool, error) {
	t, err := test3(f, x)
	if err != nil {
		return false, err
	}
	if u, ok := t.(value.Unknown); ok {
		return false, &python.UnknownError{Value: u}
	}
	return t == true, nil
}

func (f *frame) execIf(n *syntax.If, out *output) error {
	for i, test := range n.Tests {
		yes, err := decide(f, test)
		if err != nil {
			return err
		}
		if yes {
			return exec(f, n.Bodies[i], out)
		}
	}
	return exec(f, n.Other, out)
}

func (f *frame) execSet(n *syntax.Set, _ *output) error {
	v, err := f.eval(n.X)
	if err != nil {
		return err
	}
	return f.assign(&n.Target, v)
}

// assign gives v to a target.
func (f *frame) assign(t *syntax.Target, v value.Value) error {
	switch {
	case t.Parts != nil:
		return f.unpack(t, v)
	case t.Attr == "":
		f.set(t.Name, v)
		return nil
	}
	obj, ok := f.local(t.Name)
	ns, isNS := obj.(*namespace)
	if !ok || !isNS {
		return f.at(t.At, fmt.Errorf("cannot assign attribute on non-namespace object"))
	}
	ns.d.Set(t.Attr, v)
	return nil
}

func (f *frame) unpack(t *syntax.Target, v value.Value) error {
	list, err := python.ForcedItems(v)
	if err != nil {
		if _, unknown := python.AsUnknown(err); !unknown && !value.IsUndefined(v) {
			err = fmt.Errorf("cannot unpack non-iterable %s object", python.TypeName(v))
		}
		return f.at(t.At, err)
	}
	switch {
	case len(list) < len(t.Parts):
		return f.at(t.At, fmt.Errorf("not enough values to unpack (expected %d, got %d)", len(t.Parts), len(list)))
	case len(list) > len(t.Parts):
		return f.at(t.At, fmt.Errorf("too many values to unpack (expected %d)", len(t.Parts)))
	}
	for i := range t.Parts {
		if err := f.assign(&t.Parts[i], list[i]); err != nil {
			return err
		}
	}
	return nil
}

func (f *frame) execSetBlock(n *syntax.SetBlock, _ *output) error {
	v, err := captureFiltered(f, n.Body, n.Filter)
	if err != nil {
		return err
	}
	return f.assign(&n.Target, v)
}

// captured is the name under which a filter block hands its text to its filters.
const captured = " captured"

func captureFiltered(f *frame, body []syntax.Stmt, filter syntax.Expr) (value.Value, error) {
	inner := f.inner()
	v, err := capture(inner, body)
	if err != nil || filter == nil {
		return v, err
	}
	inner.set(captured, v)
	return inner.eval(filter)
}

func (f *frame) execFilterBlock(n *syntax.FilterBlock, out *output) error {
	v, err := captureFiltered(f, n.Body, n.Filter)
	if err != nil {
		return err
	}
	if err := out.add(f, v); err != nil {
		return f.at(n.Offset(), err)
	}
	return nil
}

func (f *frame) execWith(n *syntax.With, out *output) error {
	inner := f.inner()
	vals, err := evalAll(f, n.Vals)
	if err != nil {
		return err
	}
	for i, v := range vals {
		if err := inner.assign(&n.Targets[i], v); err != nil {
			return err
		}
	}
	return exec(inner, n.Body, out)
}

// exec evaluates what stands behind autoescape and otherwise does nothing: values here are not marked as safe or not, and
// configuration files are not HTML.
func (f *frame) execAutoescape(n *syntax.Autoescape, out *output) error {
	v, err := f.eval(n.X)
	if err != nil {
		return err
	}
	if t, err := python.Truth(v); err != nil || t != false {
		return f.at(n.Offset(), fmt.Errorf("autoescape is not supported: use the escape filter"))
	}
	return exec(f.inner(), n.Body, out)
}
