package runtime_test

import (
	"testing"

	"pig/internal/diag"
	"pig/internal/jinja"
	"pig/internal/jinja/jinjatest"
	"pig/internal/value"
)

func unknownScope() *jinja.Scope {
	u := value.Unknown{Why: "a command"}
	return jinjatest.Scope("u", u, "n", int64(3), "l", value.NewList(u, int64(2)), "d", value.DictOf("k", u, "v", "x"),
		"r", value.DictOf("rc", u, "changed", true, "stdout", u), "users", value.NewList(value.DictOf("n", "a", "s", u), value.DictOf("n", "b", "s", int64(1))),
		"text", "{% if u %}a{% endif %}")
}

func TestWhatNeedsSomethingUnknownIsUnknown(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"{{ u }}", "{{ u + 1 }}", "{{ -u }}", "a{{ u }}b", "{{ u ~ 'x' }}", "{{ u.a.b[0] }}", "{{ u.split(',')[0] }}", "{{ u | upper }}",
		"{{ 'x' | replace('x', u) }}", "{{ u == 1 }}", "{{ 1 < u }}", "{{ u in [1] }}", "{{ 9 in l }}", "{{ u is none }}", "{{ not u }}",
		"{{ 'a' if u else 'b' }}", "{% if u %}a{% endif %}", "{% if n == 3 and u %}a{% endif %}", "{% for x in u %}{% endfor %}x",
		"{% for x in l if x > 1 %}{{ x }}{% endfor %}", "{{ l | join(',') }}", "{{ l | to_json }}", "{{ l | sort }}", "{{ l | sum }}",
		"{{ l | unique }}", "{{ l | max }}", "{{ '%s-%s' % (u, 1) }}", "{{ '{}'.format(u) }}", "{{ users | selectattr('s') | list }}",
		"{{ users | map(attribute='s') | sum }}", "{{ d | to_nice_yaml }}", "{{ d }} and more", "{{ u | default('x') }}", "{{ u | bool }}",
		"{{ u | ternary('a', 'b') }}", "{{ r.rc == 0 }}", "{{ text }}", "{{ l == [1, 2] }}", "{{ {u: 1} }}", "{{ 'abc'[u] }}",
		"{{ 'abc'[:u] }}", "{{ range(u) }}", "{{ lookup('vars', u) }}", "{{ u | json_query('a') }}", "{{ users | json_query('[?s==`1`]') }}",
		"{% macro m(a) %}{{ a }}{% endmacro %}{{ m(u) }}", "{% set x %}{{ u }}{% endset %}{{ x }}", "{{ u() }}", "{{ d | combine(u) }}",
		"{{ users | groupby('s') }}", "{{ l | union([1]) }}", "{{ u | type_debug }}", "{{ l is all }}", "{{ [u, u] is any }}",
		"{% set a, b = u %}{{ a }}", "{{ u | mandatory }}", "{{ '' | default(u, true) }}", "{{ [1] is subset(u) }}",
	} {
		if got := jinjatest.Rendered(t, unknownScope(), text); !value.IsUnknown(got) {
			t.Errorf("%s: %s", text, value.Repr(got))
		}
	}
}

func TestWhatCanBeToldInSpiteOfTheUnknownIsTold(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"{{ u is defined }}|{{ u is undefined }}": "'True|False'",
		"{{ l[1] }}":                  "2",
		"{{ l | length }}":            "2",
		"{{ l | last }}":              "2",
		"{{ 2 in l }}":                "True",
		"{{ d.v }}":                   "'x'",
		"{{ 'k' in d }}":              "True",
		"{{ d.keys() | join }}":       "'kv'",
		"{{ [1, u] }}":                "[1, (known after apply)]",
		"{{ d | combine({'z': 1}) }}": "{'k': (known after apply), 'v': 'x', 'z': 1}",
		"{{ d | dict2items | map(attribute='key') | list }}": "['k', 'v']",
		"{{ false and u }}":                                        "False",
		"{{ n == 3 or u }}":                                        "True",
		"{{ 'a' if n == 3 else u }}":                               "'a'",
		"{{ true | ternary('a', u) }}":                             "'a'",
		"{{ users | map(attribute='s') | list }}":                  "[(known after apply), 1]",
		"{{ users | selectattr('s', 'defined') | list | length }}": "2",
		"{{ l + [3] }}":                                            "[(known after apply), 2, 3]",
		"{% set x = [] %}{% set _ = x.append(u) %}{{ x }}":         "[(known after apply)]",
		"{{ r is changed }}":                                       "True",
		"{{ l | map('default', 1) | list }}":                       "[(known after apply), 2]",
		"{{ l | zip([1, 2]) }}":                                    "[[(known after apply), 1], [2, 2]]",
		"{{ u | default('x') is defined }}":                        "True",
		"{% for x in l %}{{ loop.index }}{% endfor %}":             "'12'",
		"{{ 'yes' if u is defined }}":                              "'yes'",
		"{{ [u, true] is any }}":                                   "True",
		"{{ d | json_query('v') }}":                                "'x'",
		"{% if u is defined %}a{% endif %}":                        "'a'",
		"{% if u and false %}a{% else %}b{% endif %}":              "'b'",
		"{% if not (u and false) or u %}a{% endif %}":              "'a'",
	} {
		jinjatest.WantRepr(t, unknownScope(), text, want)
	}
}

func TestConditionsWithTheUnknown(t *testing.T) {
	t.Parallel()
	unknown := value.Unknown{}.String()
	for _, c := range []struct {
		cond value.Value
		want string
	}{
		{"u and false", "False"}, {"false and u", "False"}, {"u or true", "True"}, {"true or u", "True"},
		{"u and true", unknown}, {"u or false", unknown}, {"not u", unknown}, {"r.rc == 0", unknown},
		{"u and nosuch.attr", unknown}, {"(u and false) or n == 3", "True"}, {"not (u and false)", "True"},
		{"n == 3 and u is defined", "True"}, {value.NewList("u", "false"), "False"}, {value.NewList("u", "n == 3"), unknown},
		{value.NewList("u", "nosuch == 1"), unknown}, {value.NewList("n == 4", "nosuch == 1"), "False"}, {value.Unknown{}, unknown},
		{"{{ u }}", unknown}, {"r is succeeded", "True"}, {value.NewList(), "True"},
	} {
		got, err := unknownScope().Condition(c.cond, diag.Pos{})
		if err != nil {
			t.Errorf("%s: %v", value.Repr(c.cond), err)
		} else if value.Repr(got) != c.want {
			t.Errorf("%s: %s, want %s", value.Repr(c.cond), value.Repr(got), c.want)
		}
	}
}

func TestAnUnknownValueInATemplateFileMakesItUnknown(t *testing.T) {
	t.Parallel()
	for text, unknown := range map[string]bool{"a {{ u }}\n": true, "{% if u is defined %}x{% endif %}": false, "{{ d }}": true} {
		got, err := unknownScope().Text(text, "f.j2", jinja.TextOptions{})
		if err != nil || value.IsUnknown(got) != unknown {
			t.Errorf("%q: %v %v", text, got, err)
		}
	}
}
