package inventory

import (
	"strings"
	"testing"

	"pig/internal/value"
)

func TestExtraVars(t *testing.T) {
	t.Parallel()
	dir := write(t, map[string]string{"x.yml": "a: 1\nb: yes\n"})
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"a=1"}, "{'a': '1'}"},
		{[]string{"a=1 b='x y' c=\"z\""}, "{'a': '1', 'b': 'x y', 'c': 'z'}"},
		{[]string{"a={{ b + 1 }} c=d=e"}, "{'a': '{{ b + 1 }}', 'c': 'd=e'}"},
		{[]string{`a='it\'s'`}, `{'a': "it's"}`},
		{[]string{"a=b\tc=d"}, `{'a': 'b\tc=d'}`},
		{[]string{`{"a": 1, "b": [true]}`}, "{'a': 1, 'b': [True]}"},
		{[]string{"{a: yes}"}, "{'a': True}"},
		{[]string{"@" + dir + "/x.yml", "a=2"}, "{'a': '2', 'b': True}"},
		{[]string{"", "a="}, "{'a': ''}"},
	} {
		d, _, err := ParseExtraVars(c.args, Options{})
		if err != nil || value.Repr(d) != c.want {
			t.Errorf("%q: %v %v, want %s", c.args, value.Repr(d), err, c.want)
		}
	}
	for arg, want := range map[string]string{
		"vars.yml": "want key=value", "./vars.yml": "write -e @./vars.yml", "[1]": "must be a mapping, not list", "a='x": "unbalanced", "@/nosuch": "cannot read",
	} {
		if _, _, err := ParseExtraVars([]string{arg}, Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", arg, err, want)
		}
	}
}

func TestPythonLiterals(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"1": "1", "-1.5": "-1.5", "1_000": "1000", "0x10": "16", "0o17": "15", "010": "'010'", "1e3": "1000.0", "True": "True", "true": "'true'", "None": "None",
		"'a' \"b\"": "'ab'", "[1, 'a', [2,],]": "[1, 'a', [2]]", "(1,)": "[1]", "(1)": "1", "{'a': 1, 2: [3]}": "{'a': 1, 2: [3]}", "[1 2]": "'[1 2]'", "{}": "{}",
		"10.10.10.10": "'10.10.10.10'", "a b": "'a b'", "": "''", `'\x41\n'`: `'A\n'`, "[": "'['", "{[]: 1}": "'{[]: 1}'", "()": "[]",
	} {
		if got := value.Repr(literalOrText(text)); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
