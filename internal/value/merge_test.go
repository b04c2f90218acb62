package value

import "testing"

func TestMerged(t *testing.T) {
	t.Parallel()
	below := DictOf("a", DictOf("x", int64(1), "y", int64(1)), "l", NewList("b"), "t", "below")
	above := DictOf("a", DictOf("y", int64(2), "z", int64(2)), "l", NewList("a"), "t", DictOf())
	if got, want := Repr(Merged(below, above)), "{'a': {'x': 1, 'y': 2, 'z': 2}, 'l': ['a'], 't': {}}"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := Repr(below), "{'a': {'x': 1, 'y': 1}, 'l': ['b'], 't': 'below'}"; got != want {
		t.Errorf("what is below has become %s", got)
	}
}
