// Package diag is how pig tells users of their mistakes: what is wrong, where in which file, and what to do about it.
//
// A Diagnostic is for what the user can mend by editing something. A fault of the machinery (a broken connection, a full
// disk) is an ordinary wrapped error instead.
package diag

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Pos is a place in a source file. Line and Col count from 1; 0 means that it is not known.
type Pos struct {
	File string
	Line int
	Col  int
}

// String gives file:line:col, as far as it is known.
func (p Pos) String() string {
	switch {
	case p.File == "" && p.Line == 0:
		return ""
	case p.Line == 0:
		return p.File
	case p.Col == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// Known tells whether p points anywhere.
func (p Pos) Known() bool { return p.File != "" || p.Line != 0 }

// Severity tells a mistake that stops the run from one that does not.
type Severity int

// Errors stop a run before anything is touched; warnings are shown and the run goes on.
const (
	Error Severity = iota
	Warning
)

func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// Diagnostic is one mistake of the user.
type Diagnostic struct {
	Severity Severity
	Summary  string // one line, lower case, no full stop
	Detail   string // more, when one line does not do
	Hint     string // what to do, e.g. a did-you-mean
	Pos      Pos
	Cause    error // the error that it was made from, if any
	// Confidential says that no line of the file is to be shown: it is one of secrets.
	Confidential bool
	// form is what the summary was formatted with, and args are what it was formatted from.
	form string
	args []any
	// hintForm and hintArgs are the same of the hint.
	hintForm string
	hintArgs []any
	// rule is the name that it was given instead.
	rule string
}

// Errorf makes an error at pos.
func Errorf(pos Pos, format string, args ...any) *Diagnostic {
	return &Diagnostic{Summary: fmt.Sprintf(format, args...), Pos: pos, form: format, args: args}
}

// Warnf makes a warning at pos.
func Warnf(pos Pos, format string, args ...any) *Diagnostic {
	d := Errorf(pos, format, args...)
	d.Severity = Warning
	return d
}

// WithHint adds a hint and returns d.
func (d *Diagnostic) WithHint(format string, args ...any) *Diagnostic {
	d.Hint, d.hintForm, d.hintArgs = fmt.Sprintf(format, args...), format, args
	return d
}

// WithRule names the kind of mistake where the words of the summary all are values, and returns d.
func (d *Diagnostic) WithRule(name string) *Diagnostic {
	d.rule = name
	return d
}

// WithDetail adds a detail and returns d.
func (d *Diagnostic) WithDetail(format string, args ...any) *Diagnostic {
	d.Detail = fmt.Sprintf(format, args...)
	return d
}

// Error gives the whole diagnostic on one line: position, summary, detail, hint.
func (d *Diagnostic) Error() string {
	var b strings.Builder
	if d.Pos.Known() {
		b.WriteString(d.Pos.String() + ": ")
	}
	b.WriteString(d.Summary)
	if d.Detail != "" {
		b.WriteString(": " + d.Detail)
	}
	if d.Hint != "" {
		b.WriteString(" (" + d.Hint + ")")
	}
	return b.String()
}

func (d *Diagnostic) Unwrap() error { return d.Cause }

// At gives err a position if it has none yet: the innermost place that knew one wins.
func At(pos Pos, err error) error {
	if err == nil || !pos.Known() {
		return err
	}
	var d *Diagnostic
	if errors.As(err, &d) {
		if d.Pos.Known() {
			return err
		}
		c := *d
		c.Pos = pos
		return &c
	}
	return &Diagnostic{Summary: err.Error(), Pos: pos, Cause: err}
}

// List collects mistakes, so that all of them can be told in one go.
type List []*Diagnostic

// Add appends err: a Diagnostic, a List, or any other error as a diagnostic without position. nil adds nothing.
func (l *List) Add(err error) {
	if err == nil {
		return
	}
	var many List
	var one *Diagnostic
	switch {
	case errors.As(err, &many):
		*l = append(*l, many...)
	case errors.As(err, &one):
		*l = append(*l, one)
	default:
		*l = append(*l, &Diagnostic{Summary: err.Error(), Cause: err})
	}
}

// HasErrors tells whether one of them is more than a warning.
func (l List) HasErrors() bool {
	for _, d := range l {
		if d.Severity == Error {
			return true
		}
	}
	return false
}

// Err is l as an error if it holds one, else nil.
func (l List) Err() error {
	if l.HasErrors() {
		return l
	}
	return nil
}

func (l List) Error() string {
	lines := make([]string, len(l))
	for i, d := range l {
		lines[i] = d.Error()
	}
	return strings.Join(lines, "\n")
}

// Sort sorts by file and line; what has no place comes last.
func (l List) Sort() { slices.SortStableFunc(l, byPlace) }

func byPlace(a, b *Diagnostic) int {
	if a.Pos.Known() != b.Pos.Known() {
		if a.Pos.Known() {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(a.Pos.File, b.Pos.File), a.Pos.Line-b.Pos.Line, a.Pos.Col-b.Pos.Col)
}
