package runtime

import (
	"pig/internal/diag"
	"pig/internal/jinja/python"
	"pig/internal/jinja/syntax"
	"pig/internal/value"
)

// render is one evaluation of one template.
type render struct {
	s        *Scope
	t        *syntax.Template
	base     diag.Pos // the place of the text's first character
	isolated bool     // sees no variables, only globals: an import without context

	blocks map[string][]*override // for inheritance: the definitions of each block, the child's first
	parent *syntax.Template
	from   string // the name of the parent
}

// override is one definition of a block, with the evaluation of the template that it stands in.
type override struct {
	b *syntax.BlockDef
	r *render
}

// frame is a scope of local names.
type frame struct {
	r     *render
	up    *frame
	names []binding
	// block and level are where super() goes on from.
	block string
	level int
}

type binding struct {
	name string
	v    value.Value
}

// inner makes a scope inside f.
func (f *frame) inner() *frame { return &frame{r: f.r, up: f, block: f.block, level: f.level} }

// local finds a name in f and the scopes around it.
func (f *frame) local(name string) (value.Value, bool) {
	for fr := f; fr != nil; fr = fr.up {
		for i := len(fr.names) - 1; i >= 0; i-- {
			if fr.names[i].name == name {
				return fr.names[i].v, true
			}
		}
	}
	return nil, false
}

func (f *frame) set(name string, v value.Value) {
	for i := range f.names {
		if f.names[i].name == name {
			f.names[i].v = v
			return
		}
	}
	f.names = append(f.names, binding{name, v})
}

// pos is the place of an offset of the template.
func (f *frame) pos(offset int) diag.Pos { return f.r.t.Pos(f.r.base, offset) }

// at gives err the place of an offset, unless it knows a more precise one.
func (f *frame) at(offset int, err error) error { return python.Placed(f.pos(offset), err) }
