package jinja_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pig/internal/diag"
	"pig/internal/jinja"
	"pig/internal/jinja/jinjatest"
	"pig/internal/jinja/methods"
	"pig/internal/jinja/plugin"
)

// generator makes random expressions out of all filters, tests, methods and operators, most of them wrong.
type generator struct {
	r                       *rand.Rand
	filters, tests, methods []string
}

func newGenerator(e *jinja.Engine, seed uint64) *generator {
	g := &generator{r: rand.New(rand.NewPCG(seed, 1)), filters: e.FilterNames(), tests: e.TestNames()}
	m := methods.New()
	for _, t := range []plugin.Table{m.Str, m.List, m.Dict, m.Number, m.Bytes, m.Time} {
		g.methods = slices.AppendSeq(g.methods, maps.Keys(t))
	}
	for _, slow := range []string{"password_hash", "random", "shuffle", "permutations"} {
		g.filters = slices.DeleteFunc(g.filters, func(n string) bool { return n == slow })
	}
	for _, l := range [][]string{g.filters, g.tests, g.methods} {
		slices.Sort(l)
	}
	return g
}

func (g *generator) pick(l []string) string { return l[g.r.IntN(len(l))] }

func (g *generator) atom() string {
	return g.pick([]string{"s", "n", "f", "t", "none", "l", "d", "users", "pw", "u", "bad", "nosuch", "tup", "by", "raw", "''", "'a'", "'upper'",
		"'%s %d'", "'a,b'", "'{0}'", "'eq'", "'n'", "'1.5'", "'10.0.0.1/24'", "'^a.*$'", "'/a/b.c'", "'2020-01-02'", "'a: [1, 2]'", "'{\"a\": 1}'",
		"0", "1", "-1", "2.5", "99999999999999999999", "[]", "{}", "()", "[1, 2, 3]", "['b', 'A']", "{'a': 1}", "[{'key': 'x', 'value': 2}]",
		"range(3)", "d.items()", "now()", "omit", "namespace(a=1)", "cyc", "lookup", "dict(a=[1])", "[u, 1]", "[bad]", "{'a': u}", "[pw]"})
}

func (g *generator) args() string {
	var parts []string
	for range g.r.IntN(4) {
		parts = append(parts, g.expr(1))
	}
	if g.r.IntN(6) == 0 {
		parts = append(parts, g.pick([]string{"attribute", "default", "indent", "reverse", "start", "key", "width"})+"="+g.atom())
	}
	return strings.Join(parts, ", ")
}

func (g *generator) expr(depth int) string {
	if depth <= 0 {
		return g.atom()
	}
	x := g.expr(depth - 1)
	switch g.r.IntN(12) {
	case 0, 1, 2, 3:
		return fmt.Sprintf("(%s | %s(%s))", x, g.pick(g.filters), g.args())
	case 4:
		return fmt.Sprintf("(%s is %s(%s))", x, g.pick(g.tests), g.args())
	case 5, 6:
		return fmt.Sprintf("(%s).%s(%s)", x, g.pick(g.methods), g.args())
	case 7:
		return fmt.Sprintf("(%s %s %s)", x, g.pick([]string{"+", "-", "*", "/", "//", "%", "**", "~", "==", "<", ">=", "in", "and", "or", "not in"}), g.expr(depth-1))
	case 8:
		return fmt.Sprintf("(%s)[%s]", x, g.atom())
	case 9:
		return fmt.Sprintf("(%s)[%s:%s]", x, g.atom(), g.atom())
	case 10:
		return fmt.Sprintf("(%s if %s else %s)", x, g.atom(), g.atom())
	}
	return x
}

func TestNoExpressionPanicsOrLeaksASecret(t *testing.T) {
	t.Parallel()
	n := 5_000
	if testing.Short() {
		n = 500
	}
	e := testEngine()
	g := newGenerator(e, 7)
	vars := fuzzVars()
	before := fmt.Sprint(vars.Keys())
	for range n {
		text := g.expr(3)
		s := e.Scope(jinjatest.Vars{D: vars})
		v, err := s.Expression(text, diag.Pos{File: "f", Line: 1, Col: 1})
		if err == nil {
			checkFinished(t, v)
			continue
		}
		if strings.Contains(err.Error(), "internal error") || strings.Contains(err.Error(), "s3cr3t") {
			t.Fatalf("%s\n%v", text, err)
		}
		if g.r.IntN(4) == 0 {
			_, err = s.Value("{{ "+text+" }} {{ "+g.expr(2)+" }}", diag.Pos{})
			if err != nil && (strings.Contains(err.Error(), "internal error") || strings.Contains(err.Error(), "s3cr3t")) {
				t.Fatalf("%s\n%v", text, err)
			}
		}
	}
	if fmt.Sprint(vars.Keys()) != before {
		t.Error("the variables have changed")
	}
}
