package jinja

import (
	"fmt"

	"pig/internal/value"
)

// exec runs one statement.
func (f *frame) exec(s stmt, out *output) error {
	switch n := s.(type) {
	case *dataNode:
		return f.execData(n, out)
	case *printNode:
		return f.execPrint(n, out)
	case *ifNode:
		return f.execIf(n, out)
	case *forNode:
		return f.execFor(n, out)
	case *setNode:
		return f.execSet(n, out)
	case *setBlockNode:
		return f.execSetBlock(n, out)
	case *withNode:
		return f.execWith(n, out)
	case *filterBlockNode:
		return f.execFilterBlock(n, out)
	case *macroNode:
		return f.execMacro(n, out)
	case *callBlockNode:
		return f.execCallBlock(n, out)
	case *includeNode:
		return f.execInclude(n, out)
	case *importNode:
		return f.execImport(n, out)
	case *fromImportNode:
		return f.execFromImport(n, out)
	case *extendsNode:
		return f.execExtends(n, out)
	case *blockNode:
		return f.execBlock(n, out)
	case *autoescapeNode:
		return f.execAutoescape(n, out)
	}
	return fmt.Errorf("internal error of the template engine: %T is no statement", s)
}

func exec(f *frame, body []stmt, out *output) error {
	for _, s := range body {
		if err := f.exec(s, out); err != nil {
			return err
		}
	}
	return nil
}

// capture is what body prints.
func capture(f *frame, body []stmt) (value.Value, error) {
	var out output
	if err := exec(f, body, &out); err != nil {
		return nil, err
	}
	return out.result(), nil
}

func (f *frame) execData(n *dataNode, out *output) error {
	out.data(n.text)
	return out.check()
}

func (f *frame) execPrint(n *printNode, out *output) error {
	v, err := f.eval(n.x)
	if err != nil {
		return err
	}
	if err := out.add(f, v); err != nil {
		return f.at(n.offset(), err)
	}
	return nil
}

// decide is the truth of a condition that the flow depends on.
func decide(f *frame, x expr) (bool, error) {
	t, err := test3(f, x)
	if err != nil {
		return false, err
	}
	if u, ok := t.(value.Unknown); ok {
		return false, &unknownError{u: u}
	}
	return t == true, nil
}

func (f *frame) execIf(n *ifNode, out *output) error {
	for i, test := range n.tests {
		yes, err := decide(f, test)
		if err != nil {
			return err
		}
		if yes {
			return exec(f, n.bodies[i], out)
		}
	}
	return exec(f, n.other, out)
}

func (f *frame) execSet(n *setNode, _ *output) error {
	v, err := f.eval(n.x)
	if err != nil {
		return err
	}
	return f.assign(&n.target, v)
}

// assign gives v to a target.
func (f *frame) assign(t *target, v value.Value) error {
	switch {
	case t.parts != nil:
		return f.unpack(t, v)
	case t.attr == "":
		f.set(t.name, v)
		return nil
	}
	obj, ok := f.local(t.name)
	ns, isNS := obj.(*namespace)
	if !ok || !isNS {
		return f.at(t.at, fmt.Errorf("cannot assign attribute on non-namespace object"))
	}
	ns.d.Set(t.attr, v)
	return nil
}

func (f *frame) unpack(t *target, v value.Value) error {
	list, err := forcedItems(v)
	if err != nil {
		if _, unknown := asUnknown(err); !unknown && !value.IsUndefined(v) {
			err = fmt.Errorf("cannot unpack non-iterable %s object", typeName(v))
		}
		return f.at(t.at, err)
	}
	switch {
	case len(list) < len(t.parts):
		return f.at(t.at, fmt.Errorf("not enough values to unpack (expected %d, got %d)", len(t.parts), len(list)))
	case len(list) > len(t.parts):
		return f.at(t.at, fmt.Errorf("too many values to unpack (expected %d)", len(t.parts)))
	}
	for i := range t.parts {
		if err := f.assign(&t.parts[i], list[i]); err != nil {
			return err
		}
	}
	return nil
}

func (f *frame) execSetBlock(n *setBlockNode, _ *output) error {
	v, err := captureFiltered(f, n.body, n.filter)
	if err != nil {
		return err
	}
	return f.assign(&n.target, v)
}

// captured is the name under which a filter block hands its text to its filters.
const captured = " captured"

func captureFiltered(f *frame, body []stmt, filter expr) (value.Value, error) {
	inner := f.inner()
	v, err := capture(inner, body)
	if err != nil || filter == nil {
		return v, err
	}
	inner.set(captured, v)
	return inner.eval(filter)
}

func (f *frame) execFilterBlock(n *filterBlockNode, out *output) error {
	v, err := captureFiltered(f, n.body, n.filter)
	if err != nil {
		return err
	}
	if err := out.add(f, v); err != nil {
		return f.at(n.offset(), err)
	}
	return nil
}

func (f *frame) execWith(n *withNode, out *output) error {
	inner := f.inner()
	vals, err := evalAll(f, n.vals)
	if err != nil {
		return err
	}
	for i, v := range vals {
		if err := inner.assign(&n.targets[i], v); err != nil {
			return err
		}
	}
	return exec(inner, n.body, out)
}

// exec evaluates what stands behind autoescape and otherwise does nothing: values here are not marked as safe or not, and
// configuration files are not HTML.
func (f *frame) execAutoescape(n *autoescapeNode, out *output) error {
	v, err := f.eval(n.x)
	if err != nil {
		return err
	}
	if t, err := truth(v); err != nil || t != false {
		return f.at(n.offset(), fmt.Errorf("autoescape is not supported: use the escape filter"))
	}
	return exec(f.inner(), n.body, out)
}
