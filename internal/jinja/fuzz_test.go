package jinja_test

import (
	"strings"
	"testing"

	"pig/internal/diag"
	"pig/internal/jinja"
	"pig/internal/jinja/jinjatest"
	"pig/internal/jinja/python"
	"pig/internal/secret"
	"pig/internal/value"
)

// fuzzVars has a value of every kind.
func fuzzVars() *value.Dict {
	return value.DictOf("s", "hello", "n", int64(42), "f", 3.5, "t", true, "none", nil, "l", value.NewList(int64(3), "{{ n }}", value.NewList("x")),
		"d", value.DictOf("a", int64(1), "b", "{{ s }}", "c", value.NewList(int64(1))), "users", value.NewList(value.DictOf("n", "bob"), value.DictOf("n", "al")),
		"pw", secret.New("s3cr3t-pw"), "u", value.Unknown{}, "bad", "{{ nosuch }}", "cyc", "{{ cyc }}", "tup", value.Tuple{int64(1), "a"},
		"by", value.Bytes("ab"), "raw", value.Unsafe("{{ x }}"))
}

func FuzzTemplates(f *testing.F) {
	var p probes
	p, _ = readProbes(f)
	for _, c := range p.Probes {
		f.Add(c.Source, c.Mode == "expression")
	}
	e := testEngine()
	f.Fuzz(func(t *testing.T, text string, bare bool) {
		s := e.Scope(jinjatest.Vars{D: fuzzVars()})
		pos := diag.Pos{File: "f", Line: 1, Col: 1}
		var v value.Value
		var err error
		if bare {
			v, err = s.Expression(text, pos)
			_, _ = s.Condition(text, pos)
		} else {
			v, err = s.Value(text, pos)
			_, _ = s.Text(text, "f", jinja.TextOptions{LstripBlocks: true})
		}
		if err == nil {
			checkFinished(t, v)
			return
		}
		if strings.Contains(err.Error(), "internal error") {
			t.Fatal(err)
		}
		if !strings.Contains(text, "s3cr3t") && strings.Contains(err.Error(), "s3cr3t-pw") {
			t.Fatalf("a secret in an error: %v", err)
		}
	})
}

// checkFinished fails if v holds what must not leave the engine.
func checkFinished(t *testing.T, v value.Value) {
	value.Walk(v, func(v value.Value) {
		switch v.(type) {
		case value.Lazy, value.Undefined, value.Tuple, python.ImplicitElse, python.View:
			t.Fatalf("a result holds %T", v)
		}
	})
}

// FuzzQueries gives any text to json_query.
func FuzzQueries(f *testing.F) {
	for _, q := range []string{
		"*.name", "[?n>=`3`].name", "values(@)[?name!='a'].n", "{b: name, a: n}", "[name, n]", "*.tags[]", "sort(@)", "[::-1]", "[? a && !b || c]", "sort_by(@, &n)[].name",
		"join(`\",\"`, @)", "to_number(`\"12\"`)", "\"z\".\"name\"", "@", "[", "`", "'", "&", "a.b.c[0][*].{x: y | z}", "[9223372036854775808]", "[1:2:0]", "[-1]", "!!a", "((a))", "max_by(@, &`1`)", "map(&@, @)",
	} {
		f.Add(q)
	}
	e := testEngine()
	f.Fuzz(func(t *testing.T, query string) {
		vars := fuzzVars()
		vars.Set("q", value.Unsafe(query))
		s := e.Scope(jinjatest.Vars{D: vars})
		for _, name := range []string{"d", "l", "users", "u", "n", "pw"} {
			v, err := s.Expression(name+" | json_query(q)", diag.Pos{File: "f", Line: 1, Col: 1})
			switch {
			case err == nil:
				checkFinished(t, v)
			case strings.Contains(err.Error(), "internal error"):
				t.Fatal(err)
			case !strings.Contains(query, "s3cr3t") && strings.Contains(err.Error(), "s3cr3t-pw"):
				t.Fatalf("a secret in an error: %v", err)
			}
		}
	})
}
