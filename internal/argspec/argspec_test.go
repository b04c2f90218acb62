package argspec

import (
	"slices"
	"strings"
	"testing"

	"pig/internal/value"
	"pig/internal/yaml"
)

// dict reads a mapping in YAML.
func dict(t *testing.T, text string) *value.Dict {
	t.Helper()
	v, _, err := yaml.Parse([]byte(text), "spec.yml", yaml.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d, ok := v.(*value.Dict)
	if !ok {
		t.Fatalf("%s is no mapping", text)
	}
	return d
}

func TestArguments(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ spec, given, says string }{
		{"{ a: { type: int } }", "{ a: ' 12 ' }", ""},
		{"{ a: { type: int } }", "{ a: 1.0 }", ""},
		{"{ a: { type: int } }", "{ a: x }", `argument 'a' is of type str and we were unable to convert to int: "'x'" cannot be converted to an int`},
		{"{ a: { type: int } }", "{ a: }", ""},
		{"{ a: { type: int, required: true } }", "{}", "missing required arguments: a"},
		{"{ b: { required: true }, a: { required: true } }", "{}", "missing required arguments: a, b"},
		{"{ a: { required: true, default: 1 } }", "{}", ""},
		{"{ a: {} }", "{ b: 1, c: 2 }", "b, c. Supported parameters include: a."},
		{"{ a: { aliases: [ b ] } }", "{ b: 1 }", ""},
		{"{ a: { choices: [ x, y ] } }", "{ a: z }", "value of a must be one of: x, y, got: z"},
		{"{ a: { choices: [ 'yes', 'maybe' ] } }", "{ a: true }", ""},
		{"{ a: { type: list, elements: str, choices: [ x ] } }", "{ a: 'x,y' }", "value of a must be one or more of: x. Got no match for: y"},
		{"{ a: { type: list, elements: int } }", "{ a: [ 1, b ] }", `Elements value for option 'a' is of type str and we were unable to convert to int: "'b'" cannot be converted to an int`},
		{"{ a: { type: dict } }", `{ a: "k=v, j='x y'" }`, ""},
		{"{ a: { type: dict } }", "{ a: '{\"k\": 1}' }", ""},
		{"{ a: { type: dict } }", "{ a: word }", "argument 'a' is of type str and we were unable to convert to dict: dictionary requested, could not parse JSON or key=value"},
		{"{ a: { type: bool } }", "{ a: 'On' }", ""},
		{"{ a: { type: float } }", "{ a: '1e3' }", ""},
		{"{ a: { type: dict, options: { b: { required: true } } } }", "{ a: {} }", "missing required arguments: b found in a"},
		{"{ a: { type: dict, options: { b: { required: true } } } }", "{}", ""},
		{"{ a: { type: dict, apply_defaults: true, options: { b: { required: true } } } }", "{}", "missing required arguments: b found in a"},
		{"{ a: { type: dict, options: { b: { type: dict, options: { c: { type: int } } } } } }", "{ a: { b: { c: x } } }", `argument 'c' is of type str found in 'a -> b'. and we were unable to convert to int: "'x'" cannot be converted to an int`},
		{"{ a: { type: list, elements: dict, options: { b: {} } } }", "{ a: [ { c: 1 } ] }", "a.c. Supported parameters include: b."},
		{"{ a: { type: dict, options: { b: {}, c: {} }, mutually_exclusive: [ [ b, c ] ] } }", "{ a: { b: 1, c: 2 } }", "parameters are mutually exclusive: b|c found in a"},
		{"{ a: { type: dict, options: { b: {}, c: {} }, required_if: [ [ b, x, [ c, d ], true ] ] } }", "{ a: { b: x } }", "b is x but any of the following are missing: c, d found in a"},
		{"{ a: { type: dict, options: { b: {}, c: {} }, required_if: [ [ b, x, [ c, d ], true ] ] } }", "{ a: { b: x, c: 1 } }", ""},
	} {
		told, err := Validate(dict(t, c.spec), dict(t, c.given))
		if err != nil {
			t.Errorf("%s: %v", c.spec, err)
		}
		if want := strings.Split(c.says, "\n"); c.says == "" && told != nil || c.says != "" && !slices.Equal(told, want) {
			t.Errorf("%s with %s:\n%q, want\n%q", c.spec, c.given, told, c.says)
		}
	}
}

func TestASpecificationThatIsNone(t *testing.T) {
	t.Parallel()
	_, err := Validate(dict(t, "{ a: { options: { b: word } } }"), value.NewDict())
	if err == nil || err.Error() != "option b of the argument specification must be a mapping, not str" {
		t.Error(err)
	}
}
