package cli

import (
	"testing"

	"pig/internal/jinja"
	"pig/internal/secret"
	"pig/internal/value"
)

type variables struct{ *value.Dict }

func (v variables) Lookup(name string) (value.Value, bool, bool) {
	x, ok := v.Get(name)
	return x, false, ok
}

func (v variables) Names() []string { return nil }

func TestSerializersKeepSecretsSecret(t *testing.T) {
	e := jinja.New(jinja.Options{Filters: newSource(newScreen(&app{Build: built()}, nil, nil), nil).filters()})
	scope := e.Scope(variables{value.DictOf("password", secret.New(`a"b$c`), "list", value.NewList("x"))})
	got, err := scope.Text("X={{ password | env_quote }}", "t", jinja.TextOptions{})
	if text, ok := got.(secret.Text); err != nil || !ok || text.Plain() != `X="a\"b\$c"` {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := scope.Text("{{ list | env_quote }}", "t", jinja.TextOptions{}); err == nil {
		t.Errorf("a list was written as %v", got)
	}
}
