package diag

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Excerpt is a line as it may be shown, and the column in it, counted from 1, that a mark stands under: what is masked in a line moves
// the rest.
type Excerpt struct {
	Line string
	Col  int
}

// Source gives the line that a position names; an error means that no line is shown.
type Source func(p Pos) (Excerpt, error)

// Render writes d for people: severity and summary, the place, the offending line with a mark under it, the hint.
func Render(w io.Writer, d *Diagnostic, read Source) {
	fmt.Fprintf(w, "%s: %s\n", d.Severity, d.Summary)
	if d.Pos.Known() {
		fmt.Fprintf(w, "  --> %s\n", d.Pos)
		if !d.Confidential {
			excerpt(w, d.Pos, read)
		}
	}
	if d.Detail != "" {
		for line := range strings.SplitSeq(strings.TrimRight(d.Detail, "\n"), "\n") {
			fmt.Fprintf(w, "  %s\n", line)
		}
	}
	if d.Hint != "" {
		fmt.Fprintf(w, "  hint: %s\n", d.Hint)
	}
}

func excerpt(w io.Writer, p Pos, read Source) {
	if p.Line == 0 || read == nil {
		return
	}
	e, err := read(p)
	if err != nil {
		return
	}
	gutter := fmt.Sprintf("%5d | ", p.Line)
	fmt.Fprintf(w, "%s%s\n", gutter, e.Line)
	if e.Col < 1 || e.Col > utf8.RuneCountInString(e.Line)+1 {
		return
	}
	fmt.Fprintf(w, "%s%s^\n", strings.Repeat(" ", len(gutter)), indent(e.Line, e.Col-1))
}

// indent is the white space that puts a mark under the n-th character of line: tabs stay tabs.
func indent(line string, n int) string {
	var b strings.Builder
	for _, r := range line {
		if n == 0 {
			break
		}
		if r == '\t' {
			b.WriteByte('\t')
		} else {
			b.WriteByte(' ')
		}
		n--
	}
	return b.String() + strings.Repeat(" ", n)
}
