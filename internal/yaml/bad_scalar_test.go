package yaml

import (
	"errors"
	"strings"
	"testing"

	"pig/internal/diag"
)

func TestValuesThatNeedQuotesAreToldSo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		line, hint string
		col        int
	}{
		{"password: Sesame1: Sesame2", `": "`, 18},
		{"- { name: x, password: Sesame1: Sesame2 }", `a value with ": " in it needs quotes`, 31},
		{"- [ { name: x, password: Sesame1: Sesame2, c: d } ]", `a value with ": " in it needs quotes`, 33},
		{"- { name: x, comment: one: two }", `a value with ": " in it needs quotes`, 26},
		{`- { name: x, password: "Sesame1"Sesame2 }`, `the value ends at the quote before`, 33},
		{`comment: 'it's so'`, `the value ends at the quote before`, 14},
		{`password: 'Sesame's'`, `the value ends at the quote before`, 19},
		{`- { "a": "x: y", b: [ { c: d }, e ] } # f: g: h`, "", 0},
	} {
		_, _, err := Parse([]byte(c.line+"\n"), "t.yml", Options{})
		var d *diag.Diagnostic
		switch ok := errors.As(err, &d); {
		case c.hint == "" && err == nil:
		case !ok:
			t.Errorf("%s: no diagnostic but %v", c.line, err)
		case !strings.Contains(d.Hint, c.hint) || d.Pos.Col != c.col || strings.Contains(d.Error(), "Sesame"):
			t.Errorf("%s: told as %v", c.line, d)
		}
	}
}
