package builtin

import (
	"os"
	"path/filepath"
	"testing"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

func TestBlockinfile(t *testing.T) {
	t.Parallel()
	const block = "# BEGIN ANSIBLE MANAGED BLOCK\nx\n# END ANSIBLE MANAGED BLOCK\n"
	for name, c := range map[string]struct {
		before string
		args   *value.Dict
		want   string
	}{
		"at the end":                    {"one\n", value.NewDict(), "one\n" + block},
		"at the end without a newline":  {"one", value.NewDict(), "one\n" + block},
		"after the last line that fits": {"one\ntwo\none\nthree\n", value.DictOf("insertafter", "^one"), "one\ntwo\none\n" + block + "three\n"},
		"before a line":                 {"one\ntwo\n", value.DictOf("insertbefore", "^two"), "one\n" + block + "two\n"},
		"at the beginning":              {"one\n", value.DictOf("insertbefore", "BOF"), block + "one\n"},
		"where nothing fits":            {"one\n", value.DictOf("insertafter", "^no"), "one\n" + block},
		"in place of the old one":       {"a\n# BEGIN ANSIBLE MANAGED BLOCK\nold\nolder\n# END ANSIBLE MANAGED BLOCK\nb\n", value.NewDict(), "a\n" + block + "b\n"},
		"removed":                       {"a\n" + block + "b\n", value.DictOf("state", "absent"), "a\nb\n"},
		"removed, empty":                {"a\n" + block + "b\n", value.DictOf("block", ""), "a\nb\n"},
		"with blank lines around":       {"one\ntwo\n", value.DictOf("insertafter", "^one", "prepend_newline", true, "append_newline", true), "one\n\n" + block + "\ntwo\n"},
		"blank lines that are there":    {"one\n\ntwo\n", value.DictOf("insertafter", "^$", "prepend_newline", true, "append_newline", true), "one\n\n" + block + "\ntwo\n"},
		"no blank line at the ends":     {"", value.DictOf("prepend_newline", true, "append_newline", true), block},
		"blank lines once":              {"one\n\n" + block + "\ntwo\n", value.DictOf("prepend_newline", true, "append_newline", true), "one\n\n" + block + "\ntwo\n"},
		"markers that are equal":        {"# m\nx\n# m\n", value.DictOf("marker", "# m"), "# m\nx\n# m\nx\n# m\n"},
		"a marker without its partner":  {"# BEGIN ANSIBLE MANAGED BLOCK\none\n", value.NewDict(), "# BEGIN ANSIBLE MANAGED BLOCK\none\n" + block},
	} {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, []byte(c.before), 0o600); err != nil {
			t.Fatal(err)
		}
		args := value.DictOf("path", path, "block", "x\n")
		args.Update(c.args)
		run := func(m node.Machine) module.Result {
			return module.Run(t.Context(), m, Table(), module.Task{Module: "blockinfile", Args: args})
		}
		planned := run(node.NewShadow(node.NewLive()))
		r := run(node.NewLive())
		got, _ := os.ReadFile(path)
		if string(got) != c.want || r.Failed != "" || r.Changed != (c.before != c.want) || planned.Changed != r.Changed {
			t.Errorf("%s: %q, want %q (changed %v, planned %v) %s", name, got, c.want, r.Changed, planned.Changed, r.Failed)
		}
	}
}
