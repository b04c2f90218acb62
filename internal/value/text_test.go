package value

import (
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"pig/internal/diag"
	"pig/internal/secret"
)

func big64(text string) *big.Int {
	i, _ := new(big.Int).SetString(text, 10)
	return i
}

func TestValuesPrintAsInPython(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]Value{
		"None": nil, "True": true, "1": int64(1), "1.0": 1.0, "0.1": 0.1, "1e+16": 1e16, "1e-05": 1e-05, "inf": math.Inf(1), "-inf": math.Inf(-1), "nan": math.NaN(),
		"123456789012345678901234567890": big64("123456789012345678901234567890"),
		"'it'":                           "it", `"it's"`: "it's", `'it\'s "x"'`: `it's "x"`, `'a\nb\\'`: "a\nb\\", `'\x00é'`: "\x00é", "[]": NewList(), "[1, [None]]": NewList(int64(1), NewList(nil)),
		"{'a': {'b': False}, 2: 'x'}": DictOf("a", DictOf("b", false), int64(2), "x"), "b'\\xff'": Bytes{0xff},
	} {
		if got := Repr(v); got != want {
			t.Errorf("%#v prints as %s, want %s", v, got, want)
		}
	}
	if got := Str("it's"); got != "it's" {
		t.Errorf("a text is %s", got)
	}
}

func TestSecretsAreShownToNobody(t *testing.T) {
	t.Parallel()
	v := DictOf("user", "app", "password", secret.New("S3cret.Word"), "list", NewList(secret.New("S3cret.Word")))
	if got := Repr(v); got != "{'user': 'app', 'password': 'S3cret.Word', 'list': ['S3cret.Word']}" {
		t.Errorf("a program gets %s", got)
	}
	for _, shown := range []string{Display(v), string(JSON(v))} {
		if strings.Contains(shown, "S3cret.Word") {
			t.Errorf("a person sees %s", shown)
		}
	}
	if got := string(PlainJSON(v)); !strings.Contains(got, "S3cret.Word") {
		t.Errorf("a program gets %s", got)
	}
	if got := slices.Compact(Secrets(v)); !slices.Equal(got, []string{"S3cret.Word"}) {
		t.Errorf("the secrets are %v", got)
	}
}

func TestTruthIsPythons(t *testing.T) {
	t.Parallel()
	for _, v := range []Value{nil, false, int64(0), 0.0, "", NewList(), NewDict(), secret.New("")} {
		if Truthy(v) {
			t.Errorf("%#v is true", v)
		}
	}
	for _, v := range []Value{true, int64(-1), 0.5, "false", NewList(nil), DictOf("a", nil), math.NaN(), big64("99999999999999999999"), secret.New("x")} {
		if !Truthy(v) {
			t.Errorf("%#v is false", v)
		}
	}
}

func TestEqualityIsPythons(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b Value
		same bool
	}{
		{int64(1), 1.0, true}, {int64(1), true, true}, {int64(0), false, true}, {int64(1), "1", false}, {nil, false, false}, {nil, nil, true},
		{math.NaN(), math.NaN(), false}, {"a", secret.New("a"), true}, {big64("18446744073709551616"), 18446744073709551616.0, true},
		{int64(9007199254740993), 9007199254740992.0, false},
		{NewList(int64(1), "a"), NewList(1.0, "a"), true}, {NewList(int64(1)), NewList(int64(1), int64(2)), false},
		{DictOf("a", int64(1), "b", int64(2)), DictOf("b", int64(2), "a", int64(1)), true}, {DictOf("a", nil), NewDict(), false},
	} {
		if Equal(c.a, c.b) != c.same || Equal(c.b, c.a) != c.same {
			t.Errorf("%s == %s: %v", Repr(c.a), Repr(c.b), !c.same)
		}
	}
}

func TestOrderIsPythons(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b Value
		want int
	}{
		{int64(1), 1.5, -1}, {true, int64(0), 1}, {"a", "b", -1}, {"B", "a", -1}, {"é", "z", 1}, {NewList(int64(1), int64(2)), NewList(int64(1)), 1},
		{NewList("a"), NewList("b"), -1}, {big64("99999999999999999999"), int64(1), 1}, {int64(2), int64(2), 0},
	} {
		if got, err := Compare(c.a, c.b); err != nil || got != c.want {
			t.Errorf("%s <=> %s: %d %v, want %d", Repr(c.a), Repr(c.b), got, err, c.want)
		}
	}
	for _, c := range [][2]Value{{int64(1), "a"}, {nil, int64(1)}, {NewDict(), NewDict()}} {
		if got, err := Compare(c[0], c[1]); err == nil {
			t.Errorf("%s <=> %s: %d, want an error", Repr(c[0]), Repr(c[1]), got)
		}
	}
}

func TestValuesTravelWhole(t *testing.T) {
	t.Parallel()
	for _, v := range []Value{
		nil, true, false, int64(math.MinInt64), big64("-123456789012345678901234567890"), 0.1, math.Inf(-1), "é\x00", Bytes{0, 255}, secret.New("S3cret"),
		NewList(int64(1), NewList()), DictOf("b", int64(1), "a", NewList(secret.New("x")), int64(3), nil), Unknown{}, Date{Year: 2026, Month: 2, Day: 3}, time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC),
	} {
		sent, err := Append(nil, v)
		if err != nil {
			t.Errorf("%s: %v", Repr(v), err)
			continue
		}
		got, err := Decode(sent)
		if err != nil || Repr(got) != Repr(v) || TypeName(got) != TypeName(v) || len(Secrets(got)) != len(Secrets(v)) {
			t.Errorf("%s came as %s, %v", Repr(v), Repr(got), err)
		}
		for cut := range len(sent) {
			if _, err := Decode(sent[:cut]); err == nil {
				t.Errorf("%s: the first %d of %d bytes are accepted", Repr(v), cut, len(sent))
			}
		}
	}
}

func TestMappingsKeepOrderAndPlaces(t *testing.T) {
	t.Parallel()
	d := NewDict()
	for i, k := range []string{"c", "a", "b"} {
		d.SetAt(k, int64(i), diag.Pos{Line: i + 1}, diag.Pos{Line: i + 1, Col: 5})
	}
	d.Set("a", "new") // stays where it was
	if !d.Delete("c") || d.Delete("c") {
		t.Error("an entry is deleted once")
	}
	d.Set("c", nil) // comes last
	if got := Repr(d); got != "{'a': 'new', 'b': 2, 'c': None}" {
		t.Errorf("the mapping is %s", got)
	}
	if d.KeyPos("b") != (diag.Pos{Line: 3}) || d.ValuePos("b") != (diag.Pos{Line: 3, Col: 5}) || d.ValuePos("c").Known() {
		t.Errorf("the places are %v %v %v", d.KeyPos("b"), d.ValuePos("b"), d.ValuePos("c"))
	}
	for _, same := range []Value{1.0, true} { // Python has one key for 1, 1.0 and True
		d := DictOf(int64(1), "x")
		d.Set(same, "y")
		if d.Len() != 1 || d.Has("1") {
			t.Errorf("%s is another key than 1", Repr(same))
		}
	}
	if _, ok := Hash(NewList()); ok {
		t.Error("a list is a key")
	}
}

func TestClonesStandAlone(t *testing.T) {
	t.Parallel()
	inner := NewList(int64(1))
	was := DictOf("l", inner)
	clone := Clone(was).(*Dict)
	inner.Append(int64(2))
	was.Set("x", true)
	if got := Repr(clone); got != "{'l': [1]}" {
		t.Errorf("the clone is %s", got)
	}
}

func TestUnknownIsFoundInside(t *testing.T) {
	t.Parallel()
	for want, list := range map[bool][]Value{true: {Unknown{}, NewList(NewList(Unknown{})), DictOf("a", DictOf("b", Unknown{}))}, false: {nil, "x", NewList(), DictOf("a", NewList("(known after apply)"))}} {
		for _, v := range list {
			if HasUnknown(v) != want {
				t.Errorf("%s: %v", Repr(v), !want)
			}
		}
	}
}
