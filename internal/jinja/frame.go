package jinja

import (
	"unicode/utf8"

	"pig/internal/diag"
	"pig/internal/value"
)

// render is one evaluation of one template.
type render struct {
	s        *Scope
	t        *template
	base     diag.Pos // the place of the text's first character
	isolated bool     // sees no variables, only globals: an import without context

	blocks map[string][]*override // for inheritance: the definitions of each block, the child's first
	parent *template
	from   string // the name of the parent
}

// override is one definition of a block, with the evaluation of the template that it stands in.
type override struct {
	b *blockDef
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
func (f *frame) pos(offset int) diag.Pos { return f.r.t.pos(f.r.base, offset) }

// at gives err the place of an offset, unless it knows a more precise one.
func (f *frame) at(offset int, err error) error { return placed(f.pos(offset), err) }

func (t *template) lineCol(offset int) (line, col int) {
	lo, hi := 0, len(t.lines)
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; t.lines[mid] <= offset {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo + 1, utf8.RuneCountInString(t.src[t.lines[lo]:min(offset, len(t.src))]) + 1
}

// pos is the place of an offset in a text that starts at base. The lines of a text of many lines all start in the column
// of its first: so it is with files and with block scalars.
func (t *template) pos(base diag.Pos, offset int) diag.Pos {
	if !base.Known() {
		return base
	}
	line, col := t.lineCol(offset)
	return shift(base, line, col)
}

// shift moves a place that is relative to a text to where the text starts.
func shift(base diag.Pos, line, col int) diag.Pos {
	p := diag.Pos{File: base.File}
	if base.Line > 0 {
		p.Line = base.Line + line - 1
		p.Col = max(base.Col, 1) + col - 1
	}
	return p
}
