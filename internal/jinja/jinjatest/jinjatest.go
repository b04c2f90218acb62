// Package jinjatest is for tests of templates: scopes over plain variables, and checks of what texts and expressions give.
//
//	jinjatest.WantRepr(t, jinjatest.Scope("n", int64(1)), "{{ n + 1 }}", "2")
package jinjatest

import (
	"io/fs"
	"strings"
	"testing"
	"time"

	"pig/internal/diag"
	"pig/internal/jinja"
	"pig/internal/value"
)

// Vars are variables from a plain mapping.
type Vars struct {
	D         *value.Dict
	Untrusted bool // the texts in it are no templates
}

// Lookup implements jinja.Variables.
func (v Vars) Lookup(name string) (value.Value, bool, bool) {
	x, ok := v.D.Get(name)
	return x, !v.Untrusted, ok
}

// Names implements jinja.Variables.
func (v Vars) Names() []string { return v.D.StringKeys() }

// Pos implements jinja.Positions.
func (v Vars) Pos(name string) diag.Pos { return v.D.ValuePos(name) }

// Engine makes an engine whose clock stands, and that finds no template files.
func Engine() *jinja.Engine {
	return jinja.New(jinja.Options{
		Now:  func() time.Time { return time.Unix(1700000000, 0).UTC() },
		Load: func(string, string) (string, string, error) { return "", "", fs.ErrNotExist },
	})
}

// Scope makes a scope whose trusted variables are pairs of names and values.
func Scope(pairs ...value.Value) *jinja.Scope {
	return Engine().Scope(Vars{D: value.DictOf(pairs...)})
}

// Rendered renders a playbook text.
func Rendered(t *testing.T, s *jinja.Scope, text string) value.Value {
	t.Helper()
	v, err := s.Value(text, diag.Pos{})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

// WantRepr checks Python's repr of what a playbook text gives.
func WantRepr(t *testing.T, s *jinja.Scope, text, want string) {
	t.Helper()
	if got := value.Repr(Rendered(t, s, text)); got != want {
		t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
	}
}

// Failure renders a playbook text that must fail.
func Failure(t *testing.T, s *jinja.Scope, text string) error {
	t.Helper()
	v, err := s.Value(text, diag.Pos{File: "f.yml", Line: 1, Col: 1})
	if err == nil {
		t.Fatalf("%s: no error but %s", text, value.Display(v))
	}
	return err
}

// WantAll checks Python's repr of what expressions give, each in a new scope.
func WantAll(t *testing.T, scope func() *jinja.Scope, cases map[string]string) {
	t.Helper()
	for expr, want := range cases {
		got, err := scope().Expression(expr, diag.Pos{})
		if err != nil {
			t.Errorf("%s\nerror %v\nwant  %s", expr, err, want)
		} else if value.Repr(got) != want {
			t.Errorf("%s\ngot  %s\nwant %s", expr, value.Repr(got), want)
		}
	}
}

// WantErrors checks that expressions fail, each in a new scope, with errors that hold a text.
func WantErrors(t *testing.T, scope func() *jinja.Scope, cases map[string]string) {
	t.Helper()
	for expr, want := range cases {
		got, err := scope().Expression(expr, diag.Pos{})
		if err == nil {
			t.Errorf("%s: %s, want an error", expr, value.Repr(got))
		} else if !strings.Contains(err.Error(), want) {
			t.Errorf("%s\nerror %v\nwant  %s", expr, err, want)
		}
	}
}
