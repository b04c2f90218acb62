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

func position(t *testing.T, err error) string {
	t.Helper()
	var d *diag.Diagnostic
	if !errors.As(err, &d) {
		t.Fatalf("no diagnostic: %v", err)
	}
	return d.Pos.String()
}

func TestErrorsOfFilesPointToTheirPlace(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"{{ nosuch }}":   "t.j2:1:4",
		"a\n{{ d.x.y }}": "t.j2:2:4",
		"é {{ nosuch }}": "t.j2:1:6",
		"{% if true %}\n  {{ 1 +\n 'a' }}{% endif %}":              "t.j2:2:6",
		"{{ 'x' | nosuch }}":                                       "t.j2:1:10",
		"{% for x in y %}{% endfor %}":                             "t.j2:1:13",
		"line\n{% iff %}":                                          "t.j2:2:4",
		"{% if true %}\n":                                          "t.j2:1:14",
		"{{ ('a' | from_json) }}":                                  "t.j2:1:11",
		"{% macro m() %}\n{{ nosuch }}{% endmacro %}\n\n{{ m() }}": "t.j2:2:4",
		"#jinja2: lstrip_blocks: True\n{{ nosuch }}":               "t.j2:2:4",
		"\r\n{{ nosuch }}":                                         "t.j2:2:4",
		"{# x #}\n{{ {'a': 1,\n 'b': nosuch.z} }}":                 "t.j2:3:7",
		"{{ 'unclosed }}":                                          "t.j2:1:4",
		"{{ a b }}":                                                "t.j2:1:6",
	} {
		_, err := jinjatest.Scope("d", value.NewDict()).Text(text, "t.j2", jinja.TextOptions{})
		if err == nil {
			t.Errorf("%q: no error", text)
		} else if got := position(t, err); got != want {
			t.Errorf("%q: at %s, want %s (%v)", text, got, want, err)
		}
	}
}

func TestErrorsInsideVariablesPointToTheVariables(t *testing.T) {
	t.Parallel()
	at := func(line int) diag.Pos { return diag.Pos{File: "inv.yml", Line: line, Col: 7} }
	inner := value.NewDict()
	inner.SetAt("bad", "x {{ nosuch }}", diag.Pos{}, at(10))
	d := value.NewDict()
	d.SetAt("a", "{{ nosuch }}", diag.Pos{}, at(1))
	d.SetAt("b", "{{ 1 / 0 }}", diag.Pos{}, at(2))
	d.SetAt("c", inner, diag.Pos{}, at(3))
	d.SetAt("l", &value.List{Items: []value.Value{"{{ 1 / 0 }}"}, At: []diag.Pos{at(20)}}, diag.Pos{}, at(4))
	d.SetAt("syntax", "{{ a b }}", diag.Pos{}, at(5))
	s := jinjatest.Engine().Scope(jinjatest.Vars{D: d})
	for text, want := range map[string]string{
		"{{ a }}": "inv.yml:1:10", "{{ b }}": "inv.yml:2:10", "{{ c.bad }}": "inv.yml:10:12", "{{ c }}": "inv.yml:10:12",
		"{{ l[0] }}": "inv.yml:20:10", "{{ syntax }}": "inv.yml:5:12", "{{ b ~ nosuch }}": "inv.yml:2:10", "{{ a.x.y }}": "inv.yml:1:10",
		"{{ nosuch }}": "f.yml:1:4",
	} {
		if got := position(t, jinjatest.Failure(t, s, text)); got != want {
			t.Errorf("%s: at %s, want %s", text, got, want)
		}
	}
}

func TestErrorsInArgumentsPointToTheArgument(t *testing.T) {
	t.Parallel()
	args := value.NewDict()
	args.SetAt("path", "{{ nosuch }}", diag.Pos{File: "t.yml", Line: 7, Col: 5}, diag.Pos{File: "t.yml", Line: 7, Col: 11})
	_, err := jinjatest.Scope().Value(args, diag.Pos{File: "t.yml", Line: 5, Col: 3})
	if got := position(t, err); got != "t.yml:7:14" {
		t.Error(got)
	}
	_, err = jinjatest.Scope().Condition(&value.List{Items: []value.Value{"true", "nosuch"}, At: []diag.Pos{{}, {File: "t.yml", Line: 9, Col: 5}}}, diag.Pos{})
	if got := position(t, err); got != "t.yml:9:5" {
		t.Error(got)
	}
}

func TestUndefinedVariablesComeWithAGuess(t *testing.T) {
	t.Parallel()
	err := jinjatest.Failure(t, jinjatest.Scope("pg_cluster", "x"), "{{ pg_clustr }}")
	var d *diag.Diagnostic
	if !errors.As(err, &d) || d.Hint != "did you mean pg_cluster?" || d.Summary != "'pg_clustr' is undefined" {
		t.Errorf("%+v", d)
	}
}

func TestConditionsMustBeBoolean(t *testing.T) {
	t.Parallel()
	s := jinjatest.Scope("t", true, "s", "yes", "n", int64(1), "z", nil, "d", value.DictOf("a", "{{ t }}"))
	for cond, want := range map[string]string{
		"t": "True", "not t": "False", "n == 1": "True", "s == 'yes'": "True", "{{ t }}": "True", "d.a": "True", "": "True",
		"s is defined and n > 0": "True", "s | bool": "True", "t and n == 2": "False", "'a' in ['a']": "True",
	} {
		if v, err := s.Condition(cond, diag.Pos{}); err != nil || value.Repr(v) != want {
			t.Errorf("%s: %v %v", cond, v, err)
		}
	}
	for _, cond := range []value.Value{"s", "n", "z", "d", "t and s", "{{ s }}", "{{ s }} == 'yes'", int64(1), value.NewList("t", "n"), "nosuch", "t ==", "omit"} {
		if v, err := s.Condition(cond, diag.Pos{}); err == nil {
			t.Errorf("%v: no error but %v", cond, v)
		}
	}
	broken := jinja.New(jinja.Options{BrokenConditionals: true}).Scope(jinjatest.Vars{D: value.DictOf("n", int64(0))})
	if v, err := broken.Condition("n", diag.Pos{}); v != false || err != nil {
		t.Errorf("%v %v", v, err)
	}
}

func TestRunawayTemplatesEndWithAnError(t *testing.T) {
	t.Parallel()
	e := jinja.New(jinja.Options{MaxPasses: 100_000})
	for _, text := range []string{
		"{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "{{ 'a' * 10000000000 }}", "{{ [0] * 100000000000 }}", "{{ 2 ** 10000000000 }}", "{{ range(10000000) }}",
		"{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "{% set l = [] %}{% set _ = l.append(l) %}{{ l }}", "{% set d = {} %}{% set _ = d.update({'d': [d]}) %}{{ d }}",
		"{{ 'x' | center(99999999999) }}", "{{ '%999999999999d' % 1 }}", "{{ '{:999999999999}'.format(1) }}",
		strings.Repeat("{{ (", 1) + strings.Repeat("(", 100000) + "1", "{{ " + strings.Repeat("-", 100000) + "1 }}", "{{ 1" + strings.Repeat("+1", 100000) + " }}",
		"{{ " + strings.Repeat("not ", 100000) + "1 }}", strings.Repeat("{% if 1 %}", 100000), "{{ " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + " }}", "{{ 10 ** 400000 * 1.0 }}",
		"{% set ns = namespace(l=[]) %}{% for i in range(20000) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}",
		"{{ '" + strings.Repeat("[", 100000) + "' | from_json }}", "{{ 1 | round(99999999999) }}{{ 1.5 | round(99999999999) }}{{ x }}", "{{ 'a' | indent(99999999999) }}",
		"{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
		"{% macro f(n) %}{{ f(n - 1) }}{{ f(n - 1) if n }}{% endmacro %}{{ f(300) }}",
		"{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(300) }}",
		"{% set s = 'x' * 10000000 %}{{ [s] * 1000000 }}", "{{ 'x' * 1000 | replace('x', 'y' * 1000000) }}",
		"{{ ('x' * 100000) | regex_replace('x', 'y' * 100000) }}", "{{ ('\t' * 100000).expandtabs(100000) }}",
		"{{ ('y' * 100000).join([1, 2] | map('string') | product(range(10000)) | map('first')) }}",
	} {
		jinjatest.Failure(t, e.Scope(jinjatest.Vars{D: value.NewDict()}), text)
	}
}

// These use what memory and passes a template may have, which takes seconds.
func TestHungryTemplatesEndWithAnError(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes seconds")
	}
	e := jinja.New(jinja.Options{MaxPasses: 100_000})
	for _, text := range []string{
		"{{ range(100) | product(range(100), range(100), range(100)) | list }}",
		"{{ range(50) | permutations | list }}",
		"{% set ns = namespace(l=[1]) %}{% for i in range(200) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l }}",
		"{% set ns = namespace(s='x') %}{% for i in range(200) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{{ ns.s }}",
		"{% set ns = namespace(l=[1]) %}{% for i in range(60) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
	} {
		jinjatest.Failure(t, e.Scope(jinjatest.Vars{D: value.NewDict()}), text)
	}
}

func TestStatementsOfExtensionsAreRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"{% do 1 %}", "{% for x in [1] %}{% break %}{% endfor %}", "{% for x in [1] %}{% continue %}{% endfor %}", "{% trans %}x{% endtrans %}"} {
		var s *jinja.SyntaxError
		if err := jinjatest.Failure(t, jinjatest.Scope(), text); !errors.As(err, &s) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
