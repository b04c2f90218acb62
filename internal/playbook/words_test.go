package playbook

import (
	"slices"
	"testing"
)

func TestWordsOfOneLine(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{`cut -d' ' -f1`, []string{"cut", "-d' '", "-f1"}},
		{`a="x y" b='p "q" r'`, []string{`a="x y"`, `b='p "q" r'`}},
		{`echo "{{ a b }}" {{ c | d({}) }}`, []string{"echo", `"{{ a b }}"`, "{{ c | d({}) }}"}},
		{"one  two\nthree \\\nfour", []string{"one ", "two\n", "three", "four"}},
		{"a \n\n  b\n", []string{"a \n\n ", "b\n"}},
		{`say \"hi there`, []string{"say", `\"hi`, "there"}},
	} {
		got, err := splitArgs(c.text)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, %v; want %q", c.text, got, err, c.want)
		}
	}
	for _, text := range []string{`echo 'a`, `echo {{ a`, `cut -d" -f1`} {
		if got, err := splitArgs(text); err == nil {
			t.Errorf("%s: %q, want an error", text, got)
		}
	}
}

func TestPairs(t *testing.T) {
	for _, c := range []struct {
		text, rest string
		free       bool
		want       [][2]string
	}{
		{text: `line="a\tb" dest=/x`, want: [][2]string{{"line", "a\tb"}, {"dest", "/x"}}},
		{text: "cut -d' '  -f1 creates=/x | sort", rest: "cut -d' '  -f1 | sort", free: true, want: [][2]string{{"creates", "/x"}}},
		{text: "first\nsecond  chdir=/tmp\nthird", rest: "first\nsecond  third", free: true, want: [][2]string{{"chdir", "/tmp"}}},
		{text: "echo a \\ b\n  c\n", rest: "echo a b\n  c\n", free: true},
		{text: `test a\=b`, rest: `test a\=b`, free: true},
	} {
		got, rest, err := ParsePairs(c.text, c.free)
		if err != nil || rest != c.rest || !slices.Equal(got, c.want) {
			t.Errorf("%q: %q, %q, %v; want %q, %q", c.text, got, rest, err, c.want, c.rest)
		}
	}
}
