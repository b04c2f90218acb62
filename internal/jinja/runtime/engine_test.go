package runtime_test

import (
	"testing"

	"pig/internal/jinja"
	"pig/internal/jinja/jinjatest"
	"pig/internal/value"
)

func TestTheGlobals(t *testing.T) {
	t.Parallel()
	jinjatest.WantAll(t, func() *jinja.Scope { return jinjatest.Scope() }, map[string]string{
		"now(utc=true).year": "2023", "now(true, '%Y-%m-%d')": "'2023-11-14'", "ansible_managed": "'Ansible managed'",
		"dict(a=1, **{'b': 2})": "{'a': 1, 'b': 2}", "namespace({'a': 1}, b=2).b": "2", "range(1, 4) | list": "[1, 2, 3]", "range(3)": "[0, 1, 2]",
		"[1, 2] | first ~ cycler('a').next()": "'1a'", "dict(*[[('a', 1)]])": "{'a': 1}",
	})
	jinjatest.WantErrors(t, func() *jinja.Scope { return jinjatest.Scope() }, map[string]string{
		"range()": "1 to 3 arguments", "range('a')": "integer", "range(1, 2, 0)": "zero", "dict(1)": "", "undef('say so')": "say so", "range": "unsupported type",
		"[range]": "unsupported type", "namespace(a=1)": "unsupported type", "'a'.upper": "unsupported type", "cycler()": "at least one",
	})
}

func TestFiltersOfTheCaller(t *testing.T) {
	t.Parallel()
	e := jinja.New(jinja.Options{
		Filters: map[string]jinja.Filter{"twice": func(_ *jinja.Scope, in value.Value, args []value.Value, _ *value.Dict) (value.Value, error) {
			return value.NewList(in, in, value.NewList(args...)), nil
		}},
		Tests: map[string]jinja.Test{"mine": func(_ *jinja.Scope, in value.Value, _ []value.Value, _ *value.Dict) (bool, error) {
			return in == "x", nil
		}},
		Lookups: map[string]jinja.Lookup{"echo": func(_ *jinja.Scope, args []value.Value, kw *value.Dict) (*value.List, error) {
			return value.NewList(append(args, kw)...), nil
		}},
	})
	s := func() *jinja.Scope {
		return e.Scope(jinjatest.Vars{D: value.DictOf("u", value.Unknown{}, "n", "{{ 1 }}")})
	}
	jinjatest.WantAll(t, s, map[string]string{
		"'x' | twice": "['x', 'x', []]", "'x' is mine": "True", "range(2) | twice(n)": "[[0, 1], [0, 1], [1]]", "u | twice": "(known after apply)",
		"query('echo', n, a=2)": "[1, {'a': 2}]", "lookup('echo', 'a')": "['a', {}]",
	})
}
