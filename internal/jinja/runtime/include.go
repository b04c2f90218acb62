package runtime

import (
	"errors"
	"fmt"
	"io/fs"

	"pig/internal/diag"
	"pig/internal/jinja/python"
	"pig/internal/jinja/syntax"
	"pig/internal/secret"
	"pig/internal/value"
)

// maxIncludes bounds how deep templates include, import and extend each other.
const maxIncludes = 100

// names evaluates the operand of include and its like to the names of templates.
func templateNames(f *frame, x syntax.Expr) ([]string, error) {
	v, err := f.eval(x)
	_, f.r.s.literal = x.(*syntax.Const)
	if err != nil {
		return nil, err
	}
	if u, err := python.Special(v, nil); err != nil {
		return nil, err
	} else if u != nil {
		return nil, &python.UnknownError{Value: u.(value.Unknown)}
	}
	if name, ok := v.(string); ok {
		return []string{name}, nil
	}
	if _, hidden := v.(secret.Text); hidden {
		return nil, f.at(x.Offset(), fmt.Errorf("the name of a template cannot be a secret"))
	}
	list, err := python.ForcedItems(v)
	if err != nil {
		return nil, f.at(x.Offset(), err)
	}
	var out []string
	for _, item := range list {
		name, ok := item.(string)
		if !ok {
			return nil, f.at(x.Offset(), fmt.Errorf("invalid template name: must be a string without secret values, not %s", python.TypeName(item)))
		}
		out = append(out, name)
	}
	return out, nil
}

// load compiles the first of names that exists. missing: none exists.
func (f *frame) load(names []string, offset int) (r *render, missing bool, err error) {
	s := f.r.s
	if s.includes >= maxIncludes {
		return nil, false, f.at(offset, fmt.Errorf("templates include each other more than %d deep", maxIncludes))
	}
	if s.e.opts.Load == nil {
		return nil, false, f.at(offset, fmt.Errorf("no templates can be loaded here"))
	}
	for _, name := range names {
		text, file, err := s.e.opts.Load(name, f.r.base.File)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, false, f.at(offset, err)
		}
		if err := s.Permit(name, file); err != nil {
			return nil, false, f.at(offset, err)
		}
		base := diag.Pos{File: file, Line: 1, Col: 1}
		syn := f.r.t.Dialect
		syn.KeepNewline, syn.RawStrings = false, false
		t, err := s.e.fileText(text, syn, base)
		if err != nil {
			return nil, false, err
		}
		return &render{s: s, t: t, base: base}, false, nil
	}
	if len(names) == 1 {
		return nil, true, f.at(offset, fmt.Errorf("template not found: %s", names[0]))
	}
	return nil, true, f.at(offset, fmt.Errorf("none of the templates given were found: %v", names))
}

func (f *frame) execInclude(n *syntax.Include, out *output) error {
	names, err := templateNames(f, n.X)
	if err != nil {
		return err
	}
	r, missing, err := f.load(names, n.Offset())
	if missing && n.Missing {
		return nil
	}
	if err != nil {
		return err
	}
	root := &frame{r: r}
	if n.Context {
		root.up = f
		r.isolated = f.r.isolated
	} else {
		r.isolated = true
	}
	f.r.s.includes++
	defer func() { f.r.s.includes-- }()
	return r.run(root, out)
}

// importModule runs a template for its macros and variables.
func importModule(f *frame, x syntax.Expr, context bool, offset int) (*module, error) {
	names, err := templateNames(f, x)
	if err != nil {
		return nil, err
	}
	r, _, err := f.load(names, offset)
	if err != nil {
		return nil, err
	}
	root := &frame{r: r}
	if context {
		root.up = f
		r.isolated = f.r.isolated
	} else {
		r.isolated = true
	}
	f.r.s.includes++
	defer func() { f.r.s.includes-- }()
	var out output
	if err := r.run(root, &out); err != nil {
		return nil, err
	}
	return &module{name: names[0], root: root, out: out.result()}, nil
}

func (f *frame) execImport(n *syntax.Import, _ *output) error {
	m, err := importModule(f, n.X, n.Context, n.Offset())
	if err != nil {
		return err
	}
	f.set(n.As, m)
	return nil
}

func (f *frame) execFromImport(n *syntax.FromImport, _ *output) error {
	m, err := importModule(f, n.X, n.Context, n.Offset())
	if err != nil {
		return err
	}
	for _, name := range n.Names {
		v, ok := m.attr(f, name[0])
		if !ok {
			v = value.Undefined{
				Hint: "the template '" + m.name + "' (imported on " + f.pos(n.Offset()).String() + ") does not export the requested name " + quoted(name[0]),
				Name: name[0],
				Pos:  f.pos(n.Offset()),
			}
		}
		f.set(name[1], v)
	}
	return nil
}

func (f *frame) execExtends(n *syntax.Extends, _ *output) error {
	names, err := templateNames(f, n.X)
	if err != nil {
		return err
	}
	if f.r.parent != nil {
		return f.at(n.Offset(), fmt.Errorf("extended multiple times"))
	}
	parent, _, err := f.load(names, n.Offset())
	if err != nil {
		return err
	}
	f.r.parent, f.r.from = parent.t, parent.base.File
	return nil
}

// run executes a whole template in the frame root, and the templates that it extends.
func (r *render) run(root *frame, out *output) error {
	if r.blocks == nil {
		r.blocks = map[string][]*override{}
	}
	for name, b := range r.t.Blocks {
		r.blocks[name] = append(r.blocks[name], &override{b: b, r: r})
	}
	target := out
	if r.t.Extends {
		target = &output{} // a child prints nothing but through the blocks of its parent
	}
	if err := exec(root, r.t.Body, target); err != nil {
		return err
	}
	if r.parent == nil {
		if target != out {
			return out.add(root, target.result())
		}
		return nil
	}
	s := r.s
	if s.includes >= maxIncludes {
		return fmt.Errorf("templates extend each other more than %d deep", maxIncludes)
	}
	s.includes++
	defer func() { s.includes-- }()
	up := &render{s: s, t: r.parent, base: diag.Pos{File: r.from, Line: 1, Col: 1}, isolated: r.isolated, blocks: r.blocks}
	return up.run(&frame{r: up, up: root}, out)
}

func (f *frame) execBlock(n *syntax.Block, out *output) error {
	if f.r.parent != nil {
		return nil // a block of a child: its parent says where it goes
	}
	return f.block1(n.B.Name, 0, n.B.Scoped, n.Offset(), out)
}

// block1 runs a definition of a block: level 0 is that of the child.
func (f *frame) block1(name string, level int, scoped bool, offset int, out *output) error {
	defs := f.r.blocks[name]
	if level >= len(defs) {
		return f.at(offset, fmt.Errorf("there is no parent block called %s", quoted(name)))
	}
	d := defs[level]
	if d.b.Required && level == len(defs)-1 && len(defs) == 1 {
		return f.at(offset, fmt.Errorf("required block %s not found", quoted(name)))
	}
	inner := &frame{r: d.r, up: f, block: name, level: level}
	if !scoped {
		inner.up = f.rootFrame()
	}
	// The definition runs with the positions of its own template, but with the blocks of the whole family.
	r := *d.r
	r.blocks, r.parent = f.r.blocks, nil
	inner.r = &r
	inner.set("super", &function{name: "super", fn: func(*frame, []value.Value, *value.Dict) (value.Value, error) {
		var o output
		err := inner.block1(name, level+1, scoped, offset, &o)
		return o.result(), err
	}})
	return exec(inner, d.b.Body, out)
}

// rootFrame is the outermost frame around f that belongs to a template of f's family.
func (f *frame) rootFrame() *frame {
	fr := f
	for fr.up != nil && fr.block == "" && fr.up.r.t == fr.r.t {
		fr = fr.up
	}
	return fr
}
