package syntax

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pig/internal/diag"
	"pig/internal/value"
)

// known are the filters and tests of these tests.
type known struct{}

func (known) Filter(name string) any {
	return knownName(name, "upper", "default", "ansible.builtin.bool")
}
func (known) Test(name string) any { return knownName(name, "defined", "in") }

func knownName(name string, names ...string) any {
	for _, n := range names {
		if n == name {
			return n
		}
	}
	return nil
}

// tree writes an expression with a pair of parentheses for each node.
func tree(x Expr) string {
	list := func(xs []Expr) string {
		var parts []string
		for _, x := range xs {
			parts = append(parts, tree(x))
		}
		return strings.Join(parts, " ")
	}
	args := func(a Arguments) string {
		parts := []string{list(a.Pos)}
		for i, name := range a.Names {
			parts = append(parts, name+"="+tree(a.Named[i]))
		}
		return strings.TrimSpace(strings.Join(parts, " "))
	}
	switch n := x.(type) {
	case *Const:
		return value.Repr(n.V)
	case *Name:
		return n.Name
	case *List:
		return "[" + list(n.Items) + "]"
	case *Tuple:
		return "(tuple " + list(n.Items) + ")"
	case *Cond:
		return fmt.Sprintf("(if %s %s %s)", tree(n.Test), tree(n.Yes), tree(n.No))
	case *And:
		return fmt.Sprintf("(and %s %s)", tree(n.Left), tree(n.Right))
	case *Or:
		return fmt.Sprintf("(or %s %s)", tree(n.Left), tree(n.Right))
	case *Not:
		return fmt.Sprintf("(not %s)", tree(n.X))
	case *Neg:
		return fmt.Sprintf("(neg %s)", tree(n.X))
	case *Binary:
		return fmt.Sprintf("(%s %s %s)", n.Op, tree(n.Left), tree(n.Right))
	case *Concat:
		return fmt.Sprintf("(~ %s)", list(n.Items))
	case *Compare:
		return fmt.Sprintf("(%s %s %s)", strings.Join(n.Ops, " "), tree(n.First), list(n.Rest))
	case *Attr:
		return fmt.Sprintf("(. %s %s)", tree(n.Obj), n.Name)
	case *Item:
		return fmt.Sprintf("(at %s %s)", tree(n.Obj), tree(n.Key))
	case *Call:
		return fmt.Sprintf("(call %s)", strings.TrimSpace(tree(n.Fn)+" "+args(n.Args)))
	case *Filter:
		return fmt.Sprintf("(| %s)", strings.TrimSpace(tree(n.In)+" "+n.F.(string)+" "+args(n.Args)))
	case *Test:
		word := "is"
		if n.Not {
			word = "is-not"
		}
		return fmt.Sprintf("(%s %s)", word, strings.TrimSpace(tree(n.In)+" "+n.T.(string)+" "+args(n.Args)))
	}
	return fmt.Sprintf("%T", x)
}

func TestOperatorsBindAsInJinja2(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a or b and not c":              "(or a (and b (not c)))",
		"1 + 2 * 3 ** 4":                "(+ 1 (* 2 (** 3 4)))",
		"-a.b":                          "(neg (. a b))",
		"a ~ b + 1 ~ c":                 "(+ (~ a b) (~ 1 c))",
		"a < b <= c":                    "(< <= a b c)",
		"a not in [1, 'x']":             "(not in a [1 'x'])",
		"a if b else c if d else e":     "(if b a (if d c e))",
		"x.y[0]('k', n=1)":              "(call (at (. x y) 0) 'k' n=1)",
		"a | upper | default('b')":      "(| (| a upper) default 'b')",
		"a | ansible.builtin.bool":      "(| a ansible.builtin.bool)",
		"a + b | upper":                 "(+ a (| b upper))",
		"a is not defined or b":         "(or (is-not a defined) b)",
		"a is in [1]":                   "(is a in [1])",
		"1, 2":                          "(tuple 1 2)",
		"not a == b":                    "(not (== a b))",
		"0x10 + 1_000 + 1.5e3 + 'a\\n'": "(+ (+ (+ 16 1000) 1500.0) 'a\\n')",
	} {
		parsed, err := ParseExpression(text, DefaultDialect(), known{})
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if got := tree(parsed.X); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
		}
	}
}

func TestMistakesAreToldWithTheirPlace(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"{{ a b }}":                ":1:6: syntax error in template: expected token end of print statement, got 'b'",
		"{{ a | nosuch }}":         ":1:8: syntax error in template: No filter named 'nosuch'.",
		"x\n{{ a is nosuch }}":     ":2:9: syntax error in template: No test named 'nosuch'.",
		"{% if a %}\n{% endfor %}": ":2:4: syntax error in template: Encountered unknown tag 'endfor'.",
		"{# never closed":          ":1:1: syntax error in template: Missing end of comment tag",
		"{% raw %}never closed":    ":1:1: syntax error in template: Missing end of raw directive",
		"{% set a = 1, %}{% x %}":  ":1:20: syntax error in template: Encountered unknown tag 'x'.",
		"#jinja2: nosuch: 1\nx":    ":1:1: syntax error in template: unknown jinja2 override \"nosuch\"",
	} {
		_, err := Parse(text, DefaultDialect(), known{})
		var mistake *Error
		if err == nil || !errors.As(err, &mistake) {
			t.Errorf("%q: %v, want a syntax error", text, err)
		} else if !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q\ngot  %v\nwant %s", text, err, want)
		}
	}
}

func TestAHeaderChangesTheDialect(t *testing.T) {
	t.Parallel()
	parsed, err := Parse("#jinja2: variable_start_string: '<<', variable_end_string: '>>', trim_blocks: False\n<< a >>", DefaultDialect(), known{})
	if err != nil {
		t.Fatal(err)
	}
	want := DefaultDialect()
	want.VariableStart, want.VariableEnd, want.TrimBlocks = "<<", ">>", false
	if parsed.Dialect != want {
		t.Errorf("%+v", parsed.Dialect)
	}
	if len(parsed.Body) != 1 || tree(parsed.Body[0].(*Print).X) != "a" {
		t.Errorf("%v", parsed.Body)
	}
}

func TestPlacesCountCharactersFromTheStartOfTheText(t *testing.T) {
	t.Parallel()
	parsed, err := Parse("äö {{ x }}\n{{ y }}", DefaultDialect(), known{})
	if err != nil {
		t.Fatal(err)
	}
	base := diag.Pos{File: "site.yml", Line: 10, Col: 5}
	var places []string
	for _, s := range parsed.Body {
		if p, ok := s.(*Print); ok {
			places = append(places, parsed.Pos(base, p.X.Offset()).String())
		}
	}
	if got := strings.Join(places, " "); got != "site.yml:10:11 site.yml:11:8" {
		t.Error(got)
	}
}

func TestOnlyTextsWithTagsAreTemplates(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"": false, "plain": false, "{": false, "{ {": false, "{a}": false, "{{": true, "a {% b": true, "{a {# c": true} {
		if got := IsTemplate(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
