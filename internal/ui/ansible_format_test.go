package ui

import (
	"testing"

	"pig/internal/value"
)

func TestAnsibleFormat(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	d := value.DictOf("stdout", "a\n\tb  \n", "stdout_lines", value.NewList("a", "b"), "n", int64(1))
	for _, c := range []struct {
		name   string
		format AnsibleFormat
		ample  bool
		want   string
	}{
		{"one line", AnsibleFormat{}, false, `{"n": 1, "stdout": "a\n\tb  \n", "stdout_lines": ["a", "b"]}`},
		{"to be read", AnsibleFormat{}, true, "{\n    \"n\": 1,\n    \"stdout\": \"a\\n\\tb  \\n\",\n    \"stdout_lines\": [\n        \"a\",\n        \"b\"\n    ]\n}"},
		{"never pretty", AnsibleFormat{Pretty: &no}, true, `{"n": 1, "stdout": "a\n\tb  \n", "stdout_lines": ["a", "b"]}`},
		{"always pretty", AnsibleFormat{Pretty: &yes}, false, "{\n    \"n\": 1,\n    \"stdout\": \"a\\n\\tb  \\n\",\n    \"stdout_lines\": [\n        \"a\",\n        \"b\"\n    ]\n}"},
		{"YAML", AnsibleFormat{YAML: true}, false, "\n    n: 1\n    stdout: |-\n        a\n                b\n    stdout_lines: <omitted>\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := c.format.text(d, c.ample); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}
