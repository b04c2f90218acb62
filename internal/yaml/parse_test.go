package yaml

import (
	"errors"
	"strings"
	"testing"

	"pig/internal/diag"
	"pig/internal/secret"
	"pig/internal/value"
)

func parse(t *testing.T, text string) value.Value {
	t.Helper()
	v, _, err := Parse([]byte(text), "t.yml", Options{})
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return v
}

func TestCollectionsReadAsPyYAMLReadsThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                  "None",
		"---\n...\n":                        "None",
		"# only a comment\n":                "None",
		"\xef\xbb\xbfa: 1":                  "{'a': 1}",
		"b: 1\na: 2\n6379: {}\n":            "{'b': 1, 'a': 2, 6379: {}}",
		"yes: 1\n~: 2\n1.0: 3\n":            "{True: 3, None: 2}",
		"{a: 1, b: [x, 'y', \"z\"]}":        "{'a': 1, 'b': ['x', 'y', 'z']}",
		`{"a": 1e3, "b": "\/"}`:             "{'a': 1000.0, 'b': '/'}",
		"? [1, 2]\n: x":                     "{(1, 2): 'x'}",
		"a: !!str 12\nb: !!float 3":         "{'a': '12', 'b': 3.0}",
		"a: !!binary aGVsbG8=":              "{'a': b'hello'}",
		"a: |\n  x\n  y\nb: >-\n  x\n  y\n": "{'a': 'x\\ny\\n', 'b': 'x y'}",
		"k: &x {a: 1, c: 3}\nm: {b: 2, <<: *x, a: 0}":            "{'k': {'a': 1, 'c': 3}, 'm': {'a': 0, 'c': 3, 'b': 2}}",
		"- &a {x: 1}\n- &b {x: 2, y: 2}\n- {<<: [*a, *b], z: 3}": "[{'x': 1}, {'x': 2, 'y': 2}, {'x': 1, 'y': 2, 'z': 3}]",
		"- &a {x: 1}\n- &b {<<: *a, y: 2}\n- <<: *b":             "[{'x': 1}, {'x': 1, 'y': 2}, {'x': 1, 'y': 2}]",
		"'<<': 1":              "{'<<': 1}",
		"a: !!omap [{x: 1}]":   "{'a': [('x', 1)]}",
		"a: \"{{ x }}\"":       "{'a': '{{ x }}'}",
		"a: {  x  ,y: 1 ,z: }": "{'a': {'x': None, 'y': 1, 'z': None}}",
	} {
		if got := value.Repr(parse(t, text)); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestPlacesAreKept(t *testing.T) {
	t.Parallel()
	root := parse(t, "all:\n  vars: {a: 1,\n    b: [x, yy]}\n").(*value.Dict)
	vars := root.At("all").(*value.Dict).At("vars").(*value.Dict)
	b := vars.At("b").(*value.List)
	for what, c := range map[string]struct {
		got  diag.Pos
		want string
	}{
		"key":   {vars.KeyPos("b"), "t.yml:3:5"},
		"value": {vars.ValuePos("b"), "t.yml:3:8"},
		"item":  {b.Pos(1), "t.yml:3:12"},
	} {
		if c.got.String() != c.want {
			t.Errorf("%s: %s, want %s", what, c.got, c.want)
		}
	}
	json, err := ParseJSON([]byte("{\n  \"k\": [1,\n   {\"x\": 2}]}"), "t.json")
	if err != nil {
		t.Fatal(err)
	}
	k := json.(*value.Dict).At("k").(*value.List)
	if got := k.Pos(1).String() + " " + k.Items[1].(*value.Dict).ValuePos("x").String(); got != "t.json:3:4 t.json:3:10" {
		t.Errorf("JSON: %s", got)
	}
}

func TestAliasesDoNotShare(t *testing.T) {
	t.Parallel()
	root := parse(t, "a: &x [1]\nb: *x\nc: {<<: &m {l: [1]}}\nd: *m\n").(*value.Dict)
	if root.At("a").(*value.List) == root.At("b").(*value.List) {
		t.Error("a and b are one list")
	}
	if root.At("c").(*value.Dict).At("l") == root.At("d").(*value.Dict).At("l") {
		t.Error("a merged value is shared")
	}
}

func TestMistakesPointAtTheirPlace(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ text, want string }{
		"two colons":            {"a: b: c\nd: 1\n", "t.yml:1:5: mapping values are not allowed"},
		"indented too far":      {"a: 1\n  b: 2\n", "t.yml:2:4: mapping values are not allowed"},
		"between indentations":  {"a:\n    b: 1\n  c: 2\n", "t.yml:3:3: did not find expected key"},
		"brace not closed":      {"a: {b: 1, c: 2\nd: 3\ne: 4\n", "t.yml:1:4: this { is not closed"},
		"the seed's typo":       {"pg-meta: { hosts: { 10.10.10.10: { pg_seq: 1 }, vars: { pg_cluster: pg-meta } }\nx: 1\ny: 2\n", "t.yml:1:10: this { is not closed"},
		"tag before a quote":    {"a: !unsafe \"{{ x }}\"\nb: &c '}'\nd: {e: 1\n", "t.yml:3:4: this { is not closed"},
		"brace too many":        {"a: {b: 1}}\nc: 2\n", "t.yml:1:10: this } has no opening bracket"},
		"quote not closed":      {"a: 'x\nb: 2\n", "t.yml:1:4: this ' is not closed"},
		"tab":                   {"a:\n\tb: 1\n", "t.yml:2:1: found character that cannot start any token"},
		"bare template":         {"x: {{ foo }}\n", `t.yml:1:4: a value that starts with {{ must be quoted`},
		"bare template, text":   {"x: {{ foo }}/bar\n", `t.yml:1:4: did not find expected key (a value that starts with {{ must be quoted`},
		"second document":       {"a: 1\n---\nb: 2\n", "t.yml:2:1: expected a single document"},
		"tag":                   {"a: !valt 1\n", "t.yml:1:4: could not determine a constructor for the tag !valt (did you mean !vault?)"},
		"anchor":                {"a: 1\nb: *nope\n", "t.yml:2:4: unknown anchor"},
		"alias inside itself":   {"a: &x [1, *x]\n", "t.yml:1:11: alias *x is inside"},
		"merge inside itself":   {"a: &x {<<: *x}\n", "t.yml:1:12: alias *x is inside"},
		"merge of a scalar":     {"a: {<<: 1}\n", "t.yml:1:9: a merge key (<<) takes a mapping"},
		"no such day":           {"a: 2024-13-01\n", "t.yml:1:4: invalid date 2024-13-01: not a day of the calendar"},
		"vault, no password":    {"a: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  00\n", "t.yml:1:4: an encrypted value"},
		"mapping as key":        {"? {a: 1}\n: x\n", "t.yml:1:3: found unacceptable key (unhashable type: 'dict')"},
		"base64":                {"a: !!binary '!'\n", "t.yml:1:4: failed to decode base64"},
		"not UTF-8":             {"a: \xff\n", "t.yml:1:"},
		"bracket in block text": {"a: |\n  {\nb: [\nc: 1\n", "t.yml:3:4: this [ is not closed"},
	}
	for name, c := range cases {
		_, _, err := Parse([]byte(c.text), "t.yml", Options{})
		var d *diag.Diagnostic
		if !errors.As(err, &d) || !strings.HasPrefix(d.Error(), c.want) {
			t.Errorf("%s: %v\nwant %s", name, err, c.want)
		}
	}
}

func TestDuplicateKeys(t *testing.T) {
	t.Parallel()
	text := []byte("a: 1\nb: 2\na: 3\n")
	v, warnings, err := Parse(text, "t.yml", Options{})
	if err != nil || value.Repr(v) != "{'a': 3, 'b': 2}" || len(warnings) != 1 {
		t.Fatalf("%v %v %v", value.Repr(v), warnings, err)
	}
	if got, want := warnings[0].Error(), "t.yml:3:1: duplicate key a, first defined at t.yml:1:1 (remove one of them: the last one wins)"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if _, _, err := Parse(text, "t.yml", Options{Strict: true}); err == nil {
		t.Error("strict takes a duplicate key")
	}
	if _, warnings, _ := Parse([]byte("k: &x {a: 1}\nm: {<<: *x, a: 2}"), "t.yml", Options{}); len(warnings) != 0 {
		t.Errorf("overriding a merged key is no mistake: %v", warnings)
	}
}

func TestVaultAndUnsafe(t *testing.T) {
	t.Parallel()
	opts := Options{Vault: func(text string) (string, error) { return "plain of " + strings.TrimSpace(text), nil }}
	v, _, err := Parse([]byte("p: !vault |\n  XX\nu: !unsafe '{{ x }}'\nl: !unsafe ['{{ y }}', 1]\n"), "t.yml", opts)
	if err != nil {
		t.Fatal(err)
	}
	d := v.(*value.Dict)
	if s, ok := d.At("p").(secret.Text); !ok || s.Plain() != "plain of XX" {
		t.Errorf("p is %v", d.At("p"))
	}
	if d.At("u") != value.Unsafe("{{ x }}") || d.At("l").(*value.List).Items[0] != value.Unsafe("{{ y }}") {
		t.Errorf("not unsafe: %v", value.Repr(d))
	}
}

func TestParseAll(t *testing.T) {
	t.Parallel()
	docs, _, err := ParseAll([]byte("a: 1\n---\n- b\n---\n"), "t.yml", Options{})
	if err != nil || len(docs) != 3 || value.Repr(docs[1]) != "['b']" || docs[2] != nil {
		t.Errorf("%v %v", docs, err)
	}
}

func TestAliasBombIsRefused(t *testing.T) {
	t.Parallel()
	text := "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'j'; c++ {
		p := string(c - 1)
		text += string(c) + ": &" + string(c) + " [" + strings.TrimSuffix(strings.Repeat("*"+p+",", 10), ",") + "]\n"
	}
	if _, _, err := Parse([]byte(text), "t.yml", Options{}); err == nil {
		t.Error("a bomb goes off")
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"a: 1", "- 1:20\n- 0x_", "{a: [1, {b: c}]}", "k: &x {a: 1}\nm: {<<: *x}", "a: 2024-01-01T00:00:00Z", `{"a": [1e3]}`, "x: {{ y }}", "a: |\n  {\nb: ["} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, _, err := Parse([]byte(text), "t.yml", Options{})
		if err != nil {
			var d *diag.Diagnostic
			if !errors.As(err, &d) {
				t.Fatalf("not a diagnostic: %v", err)
			}
			return
		}
		out := Dump(v, DumpOptions{Flow: FlowNever})
		back, _, err := Parse([]byte(out), "t.yml", Options{})
		if err == nil && !value.Equal(v, back) && !strings.Contains(out, ".nan") && !strings.Contains(out, "!!binary") {
			t.Fatalf("%q dumps as %q, which reads as %s", text, out, value.Repr(back))
		}
	})
}
