package yaml

import (
	"fmt"
	"pig/internal/value"
	"testing"
)

func TestZZ(t *testing.T) {
	for _, s := range []string{"a: b: c\nd: 1\n", "a: 1\n  b: 2\n", "a:\n    b: 1\n  c: 2\n", "a: {b: 1, c: 2\nd: 3\ne: 4\n", "a: {b: 1}}\nc: 2\n", "a: 'x\nb: 2\n", "a:\n\tb: 1\n", "x: {{ foo }}\n", "x: {{ foo }}/bar\n", "- {{ a }} b\n", "a: 1\n---\nb: 2\n", "a: !foo 1\n", "a: [1,\n 2\nb: 3\n", "a: @x\n", "a: *nope\n", "a: 1\nb\nc: 2\n", "pg-meta: { hosts: { 10.10.10.10: { pg_seq: 1, pg_role: primary }, vars: { pg_cluster: pg-meta } }\nx: 1\ny: 2\n", "a: \"x\\qy\"\n", "---\na: 1\n...\n", "a: 12:30\nb: 2001-01-01\nc: 2024-13-01", "a: 1\na: 2\n", "k: &x {a: 1}\nm: {<<: *x, b: 2}\n", "a: %x\n", "{\"a\": 1e3}", "\xff", "a: !!str 12\nb: ! 12\nc: !!float 3", "? [1,2]\n: x", "- - a\n  - b\n -c: 3\n"} {
		v, w, err := Parse([]byte(s), "f.yml", Options{})
		fmt.Printf("%q\n   %s | %v | %v\n", s, value.Repr(v), w, err)
	}
}
