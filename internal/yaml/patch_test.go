package yaml

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pig/internal/value"
)

func TestPatchTouchesWhatIsNamedAlone(t *testing.T) {
	t.Parallel()
	const text = `# The head.
all:
  children:
    # Of a.
    a:
      hosts: { 10.0.0.1: { seq: 1, role: primary }, 10.0.0.2: } # two
      vars:
        size: 10    # units
        list:
          - one     # first
          - two
        script: |
          # not a comment
          echo
        quoted: "x # y"   # z

    # Of b.
    b:
  vars: {}
`
	for _, c := range []struct {
		name     string
		edits    []Edit
		from, to string
	}{
		{"a number", []Edit{{Path: []string{"all", "children", "a", "vars", "size"}, Value: int64(200)}}, "size: 10    # units", "size: 200   # units"},
		{"a longer text than there is room", []Edit{{Path: []string{"all", "children", "a", "vars", "size"}, Value: "a long text"}}, "size: 10    # units", "size: a long text # units"},
		{"a text in quotes", []Edit{{Path: []string{"all", "children", "a", "vars", "quoted"}, Value: "no"}}, `quoted: "x # y"   # z`, `quoted: 'no'      # z`},
		{"a list", []Edit{{Path: []string{"all", "children", "a", "vars", "list"}, Value: value.NewList("three")}}, "list:\n          - one     # first\n          - two\n", "list: [three]\n"},
		{"a text of several lines goes", []Edit{{Path: []string{"all", "children", "a", "vars", "script"}, Remove: true}}, "        script: |\n          # not a comment\n          echo\n", ""},
		{"the last one before a blank line goes", []Edit{{Path: []string{"all", "children", "a", "vars", "quoted"}, Remove: true}}, "        quoted: \"x # y\"   # z\n", ""},
		{"one more, before the blank line", []Edit{{Path: []string{"all", "children", "a", "vars", "more"}, Value: true}}, "# z\n", "# z\n        more: true\n"},
		{"in braces", []Edit{{Path: []string{"all", "children", "a", "hosts", "10.0.0.2", "seq"}, Value: int64(2)}}, "{ 10.0.0.1: { seq: 1, role: primary }, 10.0.0.2: } # two", "{ 10.0.0.1: { seq: 1, role: primary }, 10.0.0.2: {seq: 2} } # two"},
		{"out of braces", []Edit{{Path: []string{"all", "children", "a", "hosts", "10.0.0.1", "role"}, Remove: true}}, "{ seq: 1, role: primary }", "{ seq: 1 }"},
		{"into an empty group", []Edit{{Path: []string{"all", "children", "b", "vars", "x"}, Value: int64(1)}}, "    b:\n", "    b:\n      vars: {x: 1}\n"},
		{"into empty braces", []Edit{{Path: []string{"all", "vars", "x"}, Value: "y"}}, "vars: {}", "vars: {x: y}"},
		{"a group goes with all below", []Edit{{Path: []string{"all", "children", "b"}, Remove: true}, {Path: []string{"all", "children", "b", "vars"}, Remove: true}}, "    b:\n", ""},
	} {
		got, err := Patch([]byte(text), c.edits)
		if want := strings.Replace(text, c.from, c.to, 1); err != nil || string(got) != want || want == text {
			t.Errorf("%s: %v\n%s", c.name, err, got)
		}
	}
}

// Whatever is set or removed at random in a sample is there when the text is read again, and all else is as it was.
func TestPatchSaysWhatWasAsked(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob("../../inventory/*.yml")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for seed := range uint64(40) {
			random := rand.New(rand.NewPCG(seed, uint64(len(text))))
			want, _, err := Parse(text, file, Options{})
			if err != nil {
				t.Fatal(err)
			}
			edits := randomEdits(random, want.(*value.Dict))
			got, err := Patch(text, edits)
			if err != nil {
				t.Errorf("%s, seed %d: %v", file, seed, err)
				continue
			}
			read, _, err := Parse(got, file, Options{})
			if err != nil || string(value.PlainJSON(settled(read))) != string(value.PlainJSON(settled(want))) {
				t.Errorf("%s, seed %d: %v\n%v\n%s", file, seed, err, edits, got)
			}
		}
	}
}

// randomEdits makes edits of variables, and the same in a value.
func randomEdits(random *rand.Rand, root *value.Dict) (edits []Edit) {
	for range 1 + random.IntN(4) {
		at, path := root, []string{}
		for depth := 1 + random.IntN(5); ; depth-- {
			keys := at.StringKeys()
			if len(keys) == 0 {
				break
			}
			key := keys[random.IntN(len(keys))]
			next, ok := at.At(key).(*value.Dict)
			if !ok || depth <= 0 {
				break
			}
			at, path = next, append(path, key)
		}
		if len(path) == 0 {
			continue
		}
		keys := at.StringKeys()
		e := Edit{Path: append(path, fmt.Sprintf("fresh_%d", random.IntN(3)))}
		if len(keys) > 0 && random.IntN(2) == 0 {
			e.Path[len(path)] = keys[random.IntN(len(keys))]
		}
		key := e.Path[len(path)]
		if slices.ContainsFunc(edits, func(o Edit) bool { return related(o.Path, e.Path) }) {
			continue
		}
		if e.Remove = random.IntN(3) == 0; e.Remove {
			at.Delete(key)
		} else {
			e.Value = []value.Value{int64(random.IntN(100)), "text: with # all 'of' it", nil, value.NewList(value.DictOf("name", "x", "roles", value.NewList("a", "b"))), value.DictOf("k", "v", "deep", value.DictOf("x", int64(1)))}[random.IntN(5)]
			at.Set(key, value.Clone(e.Value))
		}
		edits = append(edits, e)
	}
	return edits
}

// related tells whether one path is below another one.
func related(a, b []string) bool {
	n := min(len(a), len(b))
	return slices.Equal(a[:n], b[:n])
}

// settled is a value with its keys in order, and mappings that lost all they had as nothing: YAML writes no empty block.
func settled(v value.Value) value.Value {
	switch v := v.(type) {
	case *value.Dict:
		if v.Len() == 0 {
			return nil
		}
		out := value.NewDict()
		keys := v.Keys()
		sortKeys(keys)
		for _, k := range keys {
			item, _ := v.Get(k)
			out.Set(k, settled(item))
		}
		return out
	case *value.List:
		out := value.NewList()
		for _, item := range v.Items {
			out.Append(settled(item))
		}
		return out
	}
	return v
}
