package filters_test

import (
	"testing"

	"pig/internal/jinja"
	"pig/internal/jinja/jinjatest"
	"pig/internal/jinja/python"
	"pig/internal/value"
)

func TestQueries(t *testing.T) {
	t.Parallel()
	s := func() *jinja.Scope {
		raw, err := python.ReadJSON(`{"z": {"name": "z", "n": 3, "tags": ["a"]}, "a": {"name": "a", "n": 1.5, "tags": []}, "m": {"name": "m", "n": 30}}`)
		if err != nil {
			t.Fatal(err)
		}
		return jinjatest.Scope("d", raw, "l", value.NewList(int64(3), int64(30), int64(1)), "x", "{{ d.z }}")
	}
	jinjatest.WantAll(t, s, map[string]string{
		"d | json_query('*.name')":                            "['z', 'a', 'm']",
		"d | json_query('[@.*][0][?n==`30`].name')":           "['m']",
		"d | json_query('[@.*][0][?n>=`3`].name')":            "['z', 'm']",
		"d | json_query('values(@)[?name!=\\'a\\'].n')":       "[3, 30]",
		"d | json_query('keys(@)')":                           "['z', 'a', 'm']",
		"d | json_query('z.{b: name, a: n}')":                 "{'b': 'z', 'a': 3}",
		"d | json_query('z.[name, n]')":                       "['z', 3]",
		"d | json_query('*.tags[]')":                          "['a']",
		"d | json_query('nosuch.deep')":                       "None",
		"d | json_query('z.tags[0]')":                         "'a'",
		"d | json_query('z.tags[5]')":                         "None",
		"l | json_query('sort(@)')":                           "[1, 3, 30]",
		"l | json_query('max(@)')":                            "30",
		"l | json_query('[::-1]')":                            "[1, 30, 3]",
		"l | json_query('sum(@)')":                            "34",
		"l | json_query('length(@)')":                         "3",
		"l | json_query('[?@>`2`] | [0]')":                    "3",
		"d | json_query('values(@) | sort_by(@, &n)[].name')": "['a', 'z', 'm']",
		"d | json_query('max_by(values(@), &n).name')":        "'m'",
		"d | json_query('z.name || a.name')":                  "'z'",
		"d | json_query('nosuch || `[1, 2]`')":                "[1, 2]",
		"d | json_query('!nosuch && z.n')":                    "3",
		"d | json_query('not_null(nosuch, z.n)')":             "3",
		"d | json_query('to_string(z.tags)')":                 `'["a"]'`,
		"d | json_query('to_number(`\"12\"`)')":               "12",
		"d | json_query('type(z)')":                           "'object'",
		"d | json_query('merge(z, `{\"n\": 0}`).n')":          "0",
		"d | json_query('map(&name, values(@))')":             "['z', 'a', 'm']",
		"d | json_query('*.name | join(`\",\"`, @)')":         "'z,a,m'",
		"d | json_query('contains(z.tags, `a`)')":             "True",
		"d | json_query('\"z\".\"name\"')":                    "'z'",
		"x | json_query('name')":                              "'z'",
		"d | json_query('z.n == z.n')":                        "True",
		"d | json_query('items(z)[0]')":                       "['name', 'z']",
		"l | json_query('reverse(@)')":                        "[1, 30, 3]",
		"d | json_query('*.starts_with(name, `z`)')":          "[True, False, False]",
		"l | json_query('avg(@)') | round(2)":                 "11.33",
		"d | json_query('ceil(a.n)')":                         "2",
		"true | json_query('@ == `1`')":                       "False",
	})
	jinjatest.WantErrors(t, s, map[string]string{
		"d | json_query('')":          "empty",
		"d | json_query('z.')":        "unexpected end",
		"d | json_query('z]')":        "unexpected",
		"d | json_query('nosuch(@)')": "unknown function",
		"d | json_query('sum(@)')":    "invalid type",
		"d | json_query('abs(@, @)')": "expected 1 arguments",
		"d | json_query('\"z')":       "unclosed",
		"l | json_query('[::0]')":     "step",
	})
}
