package runtime_test

import (
	"errors"
	"strings"
	"testing"

	"pig/internal/diag"
	"pig/internal/jinja"
	"pig/internal/jinja/jinjatest"
	"pig/internal/value"
)

// facts are variables of which those that start with "fact" are what a node said.
type facts struct{ jinjatest.Vars }

func (facts) FromNode(name string) bool { return strings.HasPrefix(name, "fact") }

// guarded is a directory of files that nodes may not choose from.
type guarded struct{}

func (guarded) Find(_, name, _ string) (string, error)   { return "/files/" + name, nil }
func (guarded) Read(path string) ([]byte, error)         { return []byte("content of " + path), nil }
func (guarded) Glob(pattern, _ string) ([]string, error) { return []string{"/files/" + pattern}, nil }
func (guarded) Permit(name, _ string) error              { return errors.New(name + " comes from a host") }

func factScope() *jinja.Scope {
	s := jinjatest.Engine().Scope(facts{jinjatest.Vars{D: value.DictOf("mine", "a", "fact", "f", "made", "{{ fact }}x", "list", value.NewList("{{ fact }}", "b"))}})
	s.SetFiles(guarded{})
	return s
}

func TestANodeChoosesNoFileOfThisMachine(t *testing.T) {
	t.Parallel()
	for text, refused := range map[string]bool{
		"{{ lookup('file', 'a') }}": false, "{{ lookup('file', mine) }}": false, "{{ lookup('file', list[1]) }}": false,
		"{{ lookup('file', fact) }}": true, "{{ lookup('file', made) }}": true, "{{ lookup('file', list[0]) }}": true,
		"{{ lookup('file', 'x' ~ fact) }}": true, "{{ lookup('file', 'a') if fact }}": false, "{{ lookup('env', fact) }}": true,
		"{{ lookup('template', fact) }}": true, "{{ lookup('fileglob', fact) }}": true, "{{ lookup('first_found', [fact]) }}": true,
		"{{ fact | fileglob }}": true, "{{ fact | realpath }}": true, "{{ fact is exists }}": true, "{{ '/nosuch' is exists }}": false,
		"{{ fact ~ 'x' }}": false,
	} {
		v, err := factScope().Value(text, diag.Pos{})
		if refused != (err != nil) || refused && !strings.Contains(err.Error(), "comes from a host") {
			t.Errorf("%s: %s %v", text, value.Display(v), err)
		}
	}
}

func TestAScopeTellsWhetherANodeHadASay(t *testing.T) {
	t.Parallel()
	for text, heard := range map[string]bool{"{{ mine }}": false, "{{ fact }}": true, "{{ made }}": true, "{{ list[1] }}": false, "{{ list }}": true, "{{ list | length }}": false} {
		s := factScope()
		for range 2 { // the second time from what the scope remembers
			if got := s.Heard(func() { _, _ = s.Value(text, diag.Pos{}) }); got != heard {
				t.Errorf("%s: %v", text, got)
			}
		}
	}
}
