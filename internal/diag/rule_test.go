package diag

import (
	"errors"
	"testing"
)

func TestRulesNameKindsOfMistakes(t *testing.T) {
	t.Parallel()
	for want, d := range map[string]*Diagnostic{
		"unknown-parameter":                     Errorf(Pos{}, "unknown parameter %q", "x"),
		"invalid-port-want-1-to":                Errorf(Pos{}, "invalid port %[1]d: want 1 to %-5d", 0, 65535),
		"named":                                 Errorf(Pos{}, "%s %s", "a", "b").WithRule("named"),
		"other":                                 Errorf(Pos{}, "%s", "a value"),
		"a-message-that-goes-on-and-on-without": Errorf(Pos{}, "a message that goes on and on without end, as some do"),
		"cannot-read-the-100-secrets-of-this-folder": Warnf(Pos{}, "cannot read the %d%% 100 secrets of this folder", 1),
	} {
		if got := d.Rule(); got != want {
			t.Errorf("%s: %s, want %s", d.Summary, got, want)
		}
	}
	var list List
	list.Add(errors.New("a fault"))
	if got := list[0].Rule(); got != "other" {
		t.Errorf("a fault: %s", got)
	}
	var moved *Diagnostic
	if !errors.As(At(Pos{File: "x"}, Errorf(Pos{}, "unknown parameter %q", "x")), &moved) || moved.Rule() != "unknown-parameter" {
		t.Errorf("a mistake that was given a place: %v", moved)
	}
}
