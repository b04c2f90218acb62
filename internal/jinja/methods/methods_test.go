package methods

import (
	"testing"

	"pig/internal/jinja/plugin"
	"pig/internal/value"
)

// Methods give what Python's give.
func TestMethods(t *testing.T) {
	t.Parallel()
	set := New()
	list := func(items ...value.Value) value.Value { return value.NewList(items...) }
	for _, c := range []struct {
		of     plugin.Table
		method string
		in     value.Value
		args   []value.Value
		want   string // Python's repr
	}{
		{set.Str, "upper", "straße", nil, "'STRASSE'"},
		{set.Str, "title", "they're", nil, "\"They'Re\""},
		{set.Str, "strip", "xxaxx", []value.Value{"x"}, "'a'"},
		{set.Str, "split", " a  b ", nil, "['a', 'b']"},
		{set.Str, "rsplit", " a b  c", []value.Value{nil, int64(1)}, "[' a b', 'c']"},
		{set.Str, "partition", "a=b=c", []value.Value{"="}, "('a', '=', 'b=c')"},
		{set.Str, "zfill", "-7", []value.Value{int64(4)}, "'-007'"},
		{set.Str, "startswith", "pg_hba", []value.Value{"pg_"}, "True"},
		{set.Str, "join", ",", []value.Value{list("a", "b")}, "'a,b'"},
		{set.List, "index", list("a", "b"), []value.Value{"b"}, "1"},
		{set.Dict, "get", value.DictOf("a", int64(1)), []value.Value{"b", "none"}, "'none'"},
	} {
		f := c.of.Find(c.method)
		if f == nil {
			t.Errorf("no method %s", c.method)
			continue
		}
		got, err := plugin.Use(nil, f, c.in, c.args, nil)
		if err != nil || value.Repr(got) != c.want {
			t.Errorf("%s.%s%s: %v, %v; want %s", value.Repr(c.in), c.method, value.Repr(list(c.args...)), got, err, c.want)
		}
	}
}
