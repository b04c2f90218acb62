package jinja

import (
	"testing"

	"pig/internal/diag"
	"pig/internal/value"
)

// scopeWith makes a scope whose trusted variables are pairs of names and values.
func scopeWith(pairs ...value.Value) *Scope {
	return testEngine().Scope(testVars{d: value.DictOf(pairs...)})
}

// rendered renders a playbook text.
func rendered(t *testing.T, s *Scope, text string) value.Value {
	t.Helper()
	v, err := s.Value(text, diag.Pos{})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

// wantRepr checks Python's repr of what a playbook text gives.
func wantRepr(t *testing.T, s *Scope, text, want string) {
	t.Helper()
	if got := value.Repr(rendered(t, s, text)); got != want {
		t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
	}
}

// failure renders a playbook text that must fail.
func failure(t *testing.T, s *Scope, text string) error {
	t.Helper()
	v, err := s.Value(text, diag.Pos{File: "f.yml", Line: 1, Col: 1})
	if err == nil {
		t.Fatalf("%s: no error but %s", text, value.Display(v))
	}
	return err
}

func list(items ...value.Value) *value.List { return value.NewList(items...) }
