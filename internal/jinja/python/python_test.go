package python

import (
	"math/big"
	"strings"
	"testing"

	"pig/internal/secret"
	"pig/internal/value"
)

func list(items ...value.Value) *value.List { return value.NewList(items...) }

// wantRepr compares with what Python's repr shows, or with the text of an error.
func wantRepr(t *testing.T, what string, got value.Value, err error, want string) {
	t.Helper()
	shown := value.Repr(got)
	if err != nil {
		shown = err.Error()
	}
	if shown != want {
		t.Errorf("%s\ngot  %s\nwant %s", what, shown, want)
	}
}

func TestOperators(t *testing.T) {
	t.Parallel()
	huge := new(big.Int).Lsh(big.NewInt(1), 70)
	for _, c := range []struct {
		a    value.Value
		op   string
		b    value.Value
		want string
	}{
		{int64(7), "//", int64(-2), "-4"}, {int64(7), "%", int64(-2), "-1"}, {int64(-7), "%", int64(2), "1"}, {int64(7), "/", int64(2), "3.5"},
		{-7.5, "//", int64(2), "-4.0"}, {int64(1 << 62), "*", int64(4), "18446744073709551616"}, {huge, "-", huge, "0"}, {true, "+", true, "2"},
		{int64(2), "**", int64(-1), "0.5"}, {int64(2), "**", int64(70), "1180591620717411303424"},
		{"a", "+", "b", "'ab'"}, {"ab", "*", int64(2), "'abab'"}, {int64(-1), "*", "ab", "''"}, {list("a"), "+", list("b"), "['a', 'b']"},
		{value.Tuple{"a"}, "*", int64(2), "('a', 'a')"}, {"%s is %05.1f", "%", value.Tuple{"x", 2.25}, "'x is 002.2'"},
		{int64(1), "/", int64(0), "division by zero"}, {int64(1), "%", int64(0), "integer modulo by zero"},
		{"a", "+", int64(1), `can only concatenate str (not "int") to str`}, {list(), "-", list(), "unsupported operand type(s) for -: 'list' and 'list'"},
		{nil, "**", int64(1), "unsupported operand type(s) for ** or pow(): 'NoneType' and 'int'"},
	} {
		got, err := Arithmetic(c.op, c.a, c.b)
		wantRepr(t, value.Repr(c.a)+" "+c.op+" "+value.Repr(c.b), got, err, c.want)
	}
}

func TestComparisons(t *testing.T) {
	t.Parallel()
	unknown := value.Unknown{}
	for _, c := range []struct {
		a    value.Value
		op   string
		b    value.Value
		want string
	}{
		{int64(1), "==", 1.0, "True"}, {true, "==", int64(1), "True"}, {"1", "==", int64(1), "False"}, {list(int64(1), "a"), "!=", list(1.0, "a"), "False"},
		{value.DictOf("a", 1, "b", 2), "==", value.DictOf("b", 2, "a", 1), "True"}, {list("a", int64(2)), "<", list("a", int64(10)), "True"},
		{"B", "<", "a", "True"}, {"b", "in", "abc", "True"}, {"k", "in", value.DictOf("k", 1), "True"}, {int64(1), "not in", list(true), "False"},
		{"a", "<", int64(1), "'<' not supported between instances of 'str' and 'int'"}, {"a", ">=", nil, "'>=' not supported between instances of 'str' and 'NoneType'"},
		{int64(1), "in", "abc", "'in <string>' requires string as left operand, not int"}, {"a", "in", int64(5), "argument of type 'int' is not iterable"},
		{unknown, "==", int64(1), unknown.String()}, {"a", "in", list("b", unknown), unknown.String()}, {"a", "in", list(unknown, "a"), "True"},
		{value.Undefined{Hint: "'x' is undefined"}, "==", int64(1), "'x' is undefined"},
	} {
		got, err := CompareBy(c.op, c.a, c.b)
		wantRepr(t, value.Repr(c.a)+" "+c.op+" "+value.Repr(c.b), got, err, c.want)
	}
}

func TestSlices(t *testing.T) {
	t.Parallel()
	n := func(i int) value.Value { return int64(i) }
	for _, c := range []struct {
		obj, start, stop, step value.Value
		want                   string
	}{
		{"héllo", n(1), n(3), nil, "'él'"}, {"hello", nil, nil, n(-1), "'olleh'"}, {"hello", n(-3), nil, nil, "'llo'"}, {"hello", n(9), nil, nil, "''"},
		{list("a", "b", "c", "d"), n(3), n(0), n(-2), "['d', 'b']"}, {value.Tuple{"a", "b"}, nil, n(1), nil, "('a',)"},
		{Range{Start: 0, Stop: 10, Step: 3}, n(1), nil, nil, "[3, 6, 9]"}, {list("a"), new(big.Int).Lsh(big.NewInt(1), 80), nil, nil, "[]"},
		{"a", nil, nil, n(0), "slice step cannot be zero"}, {"a", "x", nil, nil, "slice indices must be integers or None"}, {int64(1), nil, nil, nil, "'int' object is not subscriptable"},
	} {
		got, err := Slice(c.obj, c.start, c.stop, c.step)
		wantRepr(t, value.Repr(c.obj), got, err, c.want)
	}
	for i, want := range map[int64]bool{0: true, 1: true, 2: false, -2: true, -3: false} {
		if _, ok := Index(i, 2); ok != want {
			t.Errorf("element %d of 2: %v", i, ok)
		}
	}
}

func TestPercentFormats(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		format string
		args   value.Value
		want   string
	}{
		{"%5d|%-5d|%05d|%+d", value.Tuple{int64(42), int64(42), int64(42), int64(42)}, "   42|42   |00042|+42"}, {"%x %X %#o %c", value.Tuple{int64(255), int64(255), int64(8), "z"}, "ff FF 0o10 z"},
		{"%.2f %e %g", value.Tuple{2.345, 12345.678, 0.0001}, "2.35 1.234568e+04 0.0001"}, {"%(name)s=%(n)03d", value.DictOf("name", "a", "n", int64(7)), "a=007"},
		{"%r %s %%", value.Tuple{"a", nil}, "'a' None %"}, {"%s", list("a"), "['a']"},
	} {
		if got, err := PercentText(c.format, c.args); got != c.want || err != nil {
			t.Errorf("%s: %q %v, want %q", c.format, got, err, c.want)
		}
	}
	for format, want := range map[string]string{"%d": "a real number is required", "%s %s": "not enough arguments", "%q": "unsupported format character", "%": "incomplete format"} {
		if got, err := PercentText(format, value.Tuple{"a"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %q %v, want %s", format, got, err, want)
		}
	}
}

func TestTextsAreSplitAsInPython(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what string
		got  []string
		want string
	}{
		{"split", SplitLeft("a,b,c", ",", 1), "a|b,c"}, {"rsplit", SplitRight("a,b,c", ",", 1), "a,b|c"}, {"rsplit of all", SplitRight("a,b,c", ",", -1), "a|b|c"},
		{"split at white space", FieldsLeft("  a  b c ", 1), "a|b c"}, {"rsplit at white space", FieldsRight(" a b  c ", 1), " a b|c"},
		{"splitlines", SplitLines("a\r\nb\vc\n", false), "a|b|c"}, {"splitlines(True)", SplitLines("a\r\nb", true), "a\r\n|b"},
		{"wrap", Wrap("one two-three fourteen", 8, true, true), "one two-|three|fourteen"},
	} {
		if got := strings.Join(c.got, "|"); got != c.want {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
	for got, want := range map[string]string{
		Title("it's a dog-house"): "It'S A Dog-House", Capitalize("éTÉ"): "Été", SwapCase("aBc"): "AbC", Upper("straße"): "STRASSE",
		Centered("ab", 5, "*"): "**ab*", Centered("abc", 6, "*"): "*abc**", ExpandTabs("a\tbc\td", 4): "a   bc  d", StripSpace("\u00a0 x \n", true, false): "x \n",
		JoinPath([]string{"a", "/b", "c/", "d"}): "/b/c/d", Pad("é", 3, '.', '>'): "..é",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestJSONIsReadAndWrittenAsInPython(t *testing.T) {
	t.Parallel()
	v, err := ReadJSON(`{"b": [1, 1.0, 1e400, true, null], "a": "é\n", "big": 123456789012345678901234567890}`)
	if err != nil {
		t.Fatal(err)
	}
	wantRepr(t, "read", v, nil, `{'b': [1, 1.0, inf, True, None], 'a': 'é\n', 'big': 123456789012345678901234567890}`)
	for _, c := range []struct {
		set  func(w *JSONWriter)
		want string
	}{
		{func(*JSONWriter) {}, `{"b": [1, 1.0, Infinity, true, null], "a": "\u00e9\n", "big": 123456789012345678901234567890}`},
		{func(w *JSONWriter) { w.Item, w.Key, w.SortKeys, w.ASCII = ",", ":", true, false }, `{"a":"é\n","b":[1,1.0,Infinity,true,null],"big":123456789012345678901234567890}`},
	} {
		w := NewJSONWriter()
		c.set(w)
		if err := w.Write(v); err != nil || w.String() != c.want {
			t.Errorf("%v\ngot  %s\nwant %s", err, w.String(), c.want)
		}
	}
}

// once is a lazy value that counts how often it is rendered.
type once struct {
	v value.Value
	n int
}

func (o *once) Force() (value.Value, error) { o.n++; return o.v, nil }

func TestASurveyFindsWhatIsSpecialInAValue(t *testing.T) {
	t.Parallel()
	pw, lazy := secret.New("Pa55word"), &once{v: "x"}
	v := list("a", value.DictOf("k", value.Tuple{value.Unknown{Why: "a command"}, pw}), value.Undefined{Name: "x"}, lazy)
	var s Survey
	if err := s.Visit(v, 0); err != nil {
		t.Fatal(err)
	}
	if s.Unknown == nil || s.Unknown.Why != "a command" || s.Undefined == nil || s.Undefined.Name != "x" || len(s.Secrets) != 1 {
		t.Errorf("%+v", s)
	}
	if v.Items[3] != "x" || lazy.n != 1 {
		t.Errorf("a lazy element is rendered in place, once: %v, %d times", v.Items[3], lazy.n)
	}
	self := list()
	self.Append(self)
	if err := (&Survey{}).Visit(self, 0); err == nil || err.Error() != "lists and mappings are nested too deeply" {
		t.Error(err)
	}
}

func TestSecretsAreFoundInTheFormsInWhichTheyTravel(t *testing.T) {
	t.Parallel()
	s := Survey{Secrets: []secret.Text{secret.New(`it's "so"`)}}
	for text, hidden := range map[string]string{
		`password: it's "so"!`: `it's "so"`, `{"password": "it's \"so\""}`: `it's \"so\"`, `'it''s "so"'`: `it''s "so"`, "aXQncyAic28i==": "aXQncyAic28i", "reversed": "reversed",
	} {
		got, ok := s.Taint(text).(secret.Text)
		if !ok || !strings.Contains(strings.Join(got.Parts(), "|"), hidden) {
			t.Errorf("%s: %v", text, ok)
		} else if shown := secret.NewRedactor(got.Parts()...).Redact(text); strings.Contains(shown, hidden) {
			t.Errorf("%s: shown as %s", text, shown)
		}
	}
	if got := s.Taint(int64(5)); got != int64(5) {
		t.Errorf("a number: %v", got)
	}
	if got := (&Survey{}).Taint("x"); got != "x" {
		t.Errorf("without a secret: %v", got)
	}
}

func TestWhatLeavesTheEngineIsOrdinary(t *testing.T) {
	t.Parallel()
	d := value.DictOf("t", value.Tuple{"a"}, "omitted", Omit, "keys", View{Of: value.DictOf("k", 1), Kind: "keys"}, "range", Range{Stop: 2, Step: 1}, "lazy", &once{v: value.Unsafe("{{ x }}")},
		"else", ImplicitElse{}, "group", &Group{Grouper: "g", List: list("m")})
	got, err := FinalizeStrict(list(d, Omit))
	wantRepr(t, "finalized", got, err, "[{'t': ['a'], 'keys': ['k'], 'range': [0, 1], 'lazy': '{{ x }}', 'else': '', 'group': ['g', ['m']]}]")
	if d.At("omitted") != Omit {
		t.Error("the value itself has changed")
	}
	if _, err := Finalize(list(value.Undefined{Hint: "'x' is undefined"})); err == nil || err.Error() != "'x' is undefined" {
		t.Error(err)
	}
	if _, err := FinalizeStrict(list(function{})); err == nil || !strings.Contains(err.Error(), "is a pair of parentheses missing?") {
		t.Error(err)
	}
}

// function stands for what only the engine can use.
type function struct{}

func (function) Callable() bool { return true }
