package syntax

import (
	"unicode/utf8"

	"pig/internal/diag"
)

func (t *Template) lineCol(offset int) (line, col int) {
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

// Pos is the place of an offset in a text that starts at base. The lines of a text of many lines all start in the column
// of its first: so it is with files and with block scalars.
func (t *Template) Pos(base diag.Pos, offset int) diag.Pos {
	if !base.Known() {
		return base
	}
	line, col := t.lineCol(offset)
	return Shift(base, line, col)
}

// Shift moves a place that is relative to a text to where the text starts.
func Shift(base diag.Pos, line, col int) diag.Pos {
	p := diag.Pos{File: base.File}
	if base.Line > 0 {
		p.Line = base.Line + line - 1
		p.Col = max(base.Col, 1) + col - 1
	}
	return p
}
