package module

import (
	"math/big"
	"strings"
	"testing"

	"pig/internal/value"
)

func TestConversions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		v    value.Value
		to   Type
		want string // "!" and what the error says
	}{
		{"Yes", Bool, "True"}, {"off", Bool, "False"}, {int64(1), Bool, "True"}, {0.0, Bool, "False"}, {true, Bool, "True"}, {"maybe", Bool, "!: want a boolean"}, {int64(2), Bool, "!: want a boolean"},
		{" 42 ", Int, "42"}, {4.0, Int, "4"}, {4.5, Int, "!: want a whole number"}, {true, Int, "1"}, {false, Int, "0"}, {"x", Int, "!: want a whole number"}, {new(big.Int).Lsh(big.NewInt(1), 80), Int, "!too large for a whole number"},
		{"1.5", Float, "1.5"}, {int64(2), Float, "2.0"}, {2.5, Float, "2.5"}, {"x", Float, "!: want a number"},
		{"a, b,c", List, "['a', 'b', 'c']"}, {"", List, "[]"}, {value.NewList("x"), List, "['x']"}, {value.Tuple{"x"}, List, "['x']"}, {value.NewDict(), List, "!want a list, not a mapping"}, {int64(7), List, "['7']"},
		{value.DictOf("a", "b"), Dict, "{'a': 'b'}"}, {`{"a": 1}`, Dict, "{'a': 1}"}, {"a=b, c=d", Dict, "{'a': 'b', 'c': 'd'}"}, {"a", Dict, "!: want a mapping"}, {"{", Dict, "!want a JSON object"}, {int64(1), Dict, "!: want a mapping"},
		{int64(5), Str, "5"}, {value.NewList("x"), Str, "['x']"}, {value.DictOf("a", int64(1)), Raw, "{'a': 1}"},
	} {
		got, err := convert(c.v, c.to)
		if why, bad := strings.CutPrefix(c.want, "!"); bad {
			if err == nil || !strings.Contains(err.Error(), why) {
				t.Errorf("%v to %s: %v, %v", c.v, c.to, got, err)
			}
			continue
		}
		if err != nil || value.Display(got) != c.want {
			t.Errorf("%v to %s: %s, %v, want %s", c.v, c.to, value.Display(got), err, c.want)
		}
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		`a 'b c' "d e" f\ g`: "a|b c|d e|f g", `x="1 2"`: "x=1 2", `""`: "", ` a	b
c `: "a|b|c", `"a\"b\\c\d"`: `a"b\c\d`, `'a\b'`: `a\b`, `a""b`: "ab", `"a`: "!", `a\`: "!",
	} {
		words, err := SplitWords(line)
		if want == "!" {
			if err == nil {
				t.Errorf("%s: %q", line, words)
			}
			continue
		}
		if got := strings.Join(words, "|"); err != nil || got != want {
			t.Errorf("%s: %q, %v, want %q", line, got, err, want)
		}
	}
}
