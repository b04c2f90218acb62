package runtime_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"pig/internal/diag"
	"pig/internal/jinja"
	"pig/internal/jinja/jinjatest"
	"pig/internal/value"
)

func TestVariablesAreRenderedWhenAndAsFarAsTheyAreUsed(t *testing.T) {
	t.Parallel()
	s := func() *jinja.Scope {
		return jinjatest.Scope("n", int64(5), "d", value.DictOf("ok", "{{ n }}", "bad", "{{ nosuch }}", "deep", value.NewList("{{ n + 1 }}", "{{ nosuch }}")),
			"bad", "{{ nosuch }}", "users", value.NewList(value.DictOf("name", "{{ 'a' | upper }}", "x", "{{ nosuch }}"), value.DictOf("name", "b")),
			"raw", value.Unsafe("{{ n }}"), "copy", "{{ d }}", "port", "{{ n }}432", "asList", "{{ [n, n] }}", "str", "{{ n | string }}")
	}
	for text, want := range map[string]string{
		"{{ d.ok }}":                                 "5",
		"{{ d.deep[0] }}":                            "6",
		"{{ d | length }}":                           "3",
		"{{ d.keys() | list }}":                      "['ok', 'bad', 'deep']",
		"{{ bad | default('x') }}":                   "'x'",
		"{{ d.bad | default('x') }}":                 "'x'",
		"{{ d.bad is defined }}":                     "False",
		"{{ bad is defined }}":                       "False",
		"{{ users | map(attribute='name') | list }}": "['A', 'b']",
		"{{ users | selectattr('name', 'eq', 'A') | map(attribute='name') | first }}": "'A'",
		"{{ raw }}":                                          "'{{ n }}'",
		"{{ copy.ok }}":                                      "5",
		"{{ port }}":                                         "'5432'",
		"{{ asList }}":                                       "[5, 5]",
		"{{ str }}":                                          "'5'",
		"{{ (d | combine({'bad': 1})).bad }}":                "1",
		"{% for k in d %}{{ k }} {% endfor %}":               "'ok bad deep '",
		"{{ d.get('ok') }}{{ d.get('no', 'x') }}":            "'5x'",
		"{{ users | json_query('[?name==`A`].name') }}":      "['A']",
		"{{ (users | dict2items if false else 'x') }}":       "'x'",
		"{{ users | first | default({}) | length }}":         "2",
		"{{ [d.ok, d.bad | default(0)] }}":                   "[5, 0]",
		"{{ d.deep | length }}":                              "2",
		"{{ users | map(attribute='x', default=1) | list }}": "[1, 1]",
	} {
		jinjatest.WantRepr(t, s(), text, want)
	}
	for _, text := range []string{"{{ d }}", "{{ d.bad }}", "{{ bad }}", "{{ users }}", "{{ d | to_json }}", "{{ d.bad ~ 'x' }}", "{{ users | map(attribute='x') | list }}"} {
		var u *jinja.UndefinedError
		if err := jinjatest.Failure(t, s(), text); !errors.As(err, &u) || u.Name != "nosuch" && !strings.Contains(text, "map") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestUntrustedTextIsNoTemplate(t *testing.T) {
	t.Parallel()
	s := jinjatest.Engine().Scope(jinjatest.Vars{D: value.DictOf("fact", "{{ 1 / 0 }}", "facts", value.NewList("{{ x }}")), Untrusted: true})
	jinjatest.WantRepr(t, s, "{{ fact }}", "'{{ 1 / 0 }}'")
	jinjatest.WantRepr(t, s, "{{ facts[0] }}!", "'{{ x }}!'")
	jinjatest.WantRepr(t, s, "{{ '{' ~ '{ fact }' ~ '}' }}", "'{{ fact }}'")
	if v, ok, err := s.Lookup("fact"); v != "{{ 1 / 0 }}" || !ok || err != nil {
		t.Errorf("%v %v %v", v, ok, err)
	}
}

func TestCyclesAmongVariablesShowTheirPath(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		vars []value.Value
		text string
		path string
	}{
		{[]value.Value{"a", "{{ a }}"}, "{{ a }}", "a -> a"},
		{[]value.Value{"a", "{{ b }}", "b", "{{ c }}", "c", "x{{ a }}"}, "{{ a }}", "a -> b -> c -> a"},
		{[]value.Value{"d", value.DictOf("x", "{{ d.y }}", "y", "{{ d.x }}")}, "{{ d.x }}", "d.x -> d.y -> d.x"},
		{[]value.Value{"l", value.NewList("{{ l[0] }}")}, "{{ l }}", "l.0 -> l.0"},
		{[]value.Value{"a", "{% if b %}{% endif %}", "b", "{{ a | default('x') }}"}, "{{ a }}", "a -> b -> a"},
	} {
		if err := jinjatest.Failure(t, jinjatest.Scope(c.vars...), c.text); !strings.Contains(err.Error(), c.path) {
			t.Errorf("%s: %v", c.text, err)
		}
	}
	jinjatest.WantRepr(t, jinjatest.Scope("d", value.DictOf("x", "{{ d.y }}", "y", "{{ d.z }}", "z", int64(1))), "{{ d.x }}", "1")
}

// hosts is like hostvars: each host's variables rendered in a new scope of their own.
type hosts struct {
	e    *jinja.Engine
	vars map[string]*value.Dict
}

func (h hosts) scope(name string) *jinja.Scope { return h.e.Scope(hostVars{h, h.vars[name]}) }

func (h hosts) Item(key value.Value) (value.Value, bool, error) {
	name, _ := key.(string)
	if h.vars[name] == nil {
		return nil, false, nil
	}
	return h.scope(name).Vars(), true, nil
}

func (h hosts) Keys() []value.Value { return []value.Value{"a", "b"} }

type hostVars struct {
	h hosts
	d *value.Dict
}

func (v hostVars) Names() []string { return v.d.StringKeys() }

func (v hostVars) Lookup(name string) (value.Value, bool, bool) {
	if name == "hostvars" {
		return v.h, false, true
	}
	x, ok := v.d.Get(name)
	return x, true, ok
}

func TestVariablesOfOtherHosts(t *testing.T) {
	t.Parallel()
	h := hosts{jinjatest.Engine(), map[string]*value.Dict{
		"a": value.DictOf("name", "a", "peer", "{{ hostvars.b.title }}", "loop", "{{ hostvars['b'].loop }}"),
		"b": value.DictOf("name", "b", "title", "I am {{ name }}", "loop", "{{ hostvars['a'].loop }}", "bad", "{{ nosuch }}"),
	}}
	for text, want := range map[string]string{
		"{{ peer }}":                                                       "'I am b'",
		"{{ hostvars.b.title }}":                                           "'I am b'",
		"{{ hostvars['b']['name'] }}":                                      "'b'",
		"{{ hostvars.keys() | list }}":                                     "['a', 'b']",
		"{{ hostvars.x is defined }}":                                      "False",
		"{{ hostvars.b.zz | default(1) }}":                                 "1",
		"{{ 'b' in hostvars }}{{ 'x' in hostvars }}":                       "'TrueFalse'",
		"{% for h in hostvars %}{{ hostvars[h].name }}{% endfor %}":        "'ab'",
		"{% for k, v in hostvars.items() %}{{ v.name }}{% endfor %}":       "'ab'",
		"{{ ['b'] | map('extract', hostvars, 'title') | list }}":           "['I am b']",
		"{{ hostvars | json_query('[@.*][0][].name') }}":                   "['a', 'b']",
		"{{ hostvars.values() | map(attribute='name') | list }}":           "['a', 'b']",
		"{{ hostvars | dict2items | map(attribute='value.name') | list }}": "['a', 'b']",
		"{{ hostvars | length }}":                                          "2",
		"{{ hostvars.b is mapping }}":                                      "True",
		"{{ hostvars.get('b').name }}":                                     "'b'",
	} {
		jinjatest.WantRepr(t, h.scope("a"), text, want)
	}
	err := jinjatest.Failure(t, h.scope("a"), "{{ loop }}")
	if want := "hostvars[b].loop -> hostvars[a].loop -> hostvars[b].loop"; !strings.Contains(err.Error(), want) {
		t.Errorf("%v", err)
	}
}

func TestTemplatesCannotChangeVariables(t *testing.T) {
	t.Parallel()
	d := value.DictOf("l", value.NewList(int64(1)), "d", value.DictOf("k", value.NewList("a")), "alias", "{{ l }}")
	e := jinjatest.Engine()
	s := e.Scope(jinjatest.Vars{D: d})
	for _, text := range []string{
		"{% set _ = l.append(2) %}{{ l }}", "{{ l.append(3) }}{{ l.extend([4]) }}", "{% set _ = d.k.append('b') %}{{ d }}", "{% set _ = d.update({'z': 1}) %}{{ d }}",
		"{% set x = d %}{% set _ = x.k.insert(0, 'c') %}{{ x }}", "{{ l.sort() }}{{ l.reverse() }}{{ l.clear() }}", "{{ d.pop('k') }}", "{% set _ = alias.append(9) %}{{ alias }}",
		"{% for x in d.k %}{% set _ = d.k.append(x) %}{% endfor %}", "{{ (l | list).append(1) }}", "{% set _ = d.setdefault('q', 1) %}", "{{ [l] | first | first }}{{ ([l] | first).append(7) }}",
	} {
		jinjatest.Rendered(t, s, text)
		jinjatest.WantRepr(t, s, "{{ [l, d, alias] }}", "[[1], {'k': ['a']}, [1]]")
	}
	if got := value.Repr(d); got != "{'l': [1], 'd': {'k': ['a']}, 'alias': '{{ l }}'}" {
		t.Errorf("the variables themselves: %s", got)
	}
	jinjatest.WantRepr(t, s, "{% set _ = l.append(2) %}{{ l }}{{ l | length }}", "'[1, 2]2'")
}

func TestResultsAreCopies(t *testing.T) {
	t.Parallel()
	s := jinjatest.Scope("l", value.NewList(value.NewList(int64(1))))
	jinjatest.Rendered(t, s, "{{ l }}").(*value.List).Items[0].(*value.List).Append(int64(2))
	jinjatest.WantRepr(t, s, "{{ l }}", "[[1]]")
}

func TestOneEngineServesManyGoroutines(t *testing.T) {
	t.Parallel()
	d := value.DictOf("l", value.NewList(int64(1), "{{ n }}"), "n", int64(2), "d", value.DictOf("a", value.NewList("{{ l }}")))
	e := jinjatest.Engine()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				s := e.Scope(jinjatest.Vars{D: d})
				v, err := s.Value("{% set _ = l.append(3) %}{% set _ = d.a.append(4) %}{{ l }} {{ d.a }} {{ 'x' | regex_replace('x*', 'y') }}", diag.Pos{})
				if err != nil || v != "[1, 2, 3] [[1, 2, 3], 4] yy" {
					t.Errorf("%v %v", v, err)
				}
			}
		})
	}
	wg.Wait()
}

func TestOmit(t *testing.T) {
	t.Parallel()
	s := jinjatest.Scope("l", value.NewList("a"), "o", "{{ omit }}")
	v, err := s.Value(value.DictOf("a", "{{ nosuch | default(omit) }}", "b", value.NewList("{{ omit }}", "x"), "c", "{{ {'d': omit, 'e': 1} }}", "f", "{{ o }}"), diag.Pos{})
	if err != nil || value.Repr(v) != "{'b': ['x'], 'c': {'e': 1}}" {
		t.Errorf("%s %v", value.Display(v), err)
	}
	if v, err := s.Value("{{ omit }}", diag.Pos{}); v != jinja.Omit || err != nil {
		t.Errorf("%v %v", v, err)
	}
	if _, err := s.Expression("omit", diag.Pos{}); err == nil {
		t.Error("an expression cannot be omit")
	}
}

func TestKeysAreTemplatesToo(t *testing.T) {
	t.Parallel()
	s := jinjatest.Scope("k", "key", "n", int64(1))
	v, err := s.Value(value.DictOf("{{ k }}", "{{ n }}", "{{ n }}", "x"), diag.Pos{})
	if err != nil || value.Repr(v) != "{'key': 1, 1: 'x'}" {
		t.Errorf("%s %v", value.Display(v), err)
	}
	if _, err := s.Value(value.DictOf("{{ [] }}", 1), diag.Pos{}); err == nil {
		t.Error("a list is no key")
	}
}
