package toml_test

import (
	"strings"
	"testing"

	"pig/internal/diag"
	"pig/internal/toml"
	"pig/internal/value"
)

func plain(s string) value.Value { return s }

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, doc, want string }{
		{"keys in their order", "z = 1\na = 2\n[m]\ny = true\nb = 1.5", "{'z': 1, 'a': 2, 'm': {'y': True, 'b': 1.5}}"},
		{"a table below one that comes later", "[web.hosts]\nb = {}\na = { v = 1, u = 2 }\n[web.vars]\nx = 'y'", "{'web': {'hosts': {'b': {}, 'a': {'v': 1, 'u': 2}}, 'vars': {'x': 'y'}}}"},
		{"dotted keys", "a.c = 1\na.b = 2", "{'a': {'c': 1, 'b': 2}}"},
		{"arrays", "v = [ [1, 2], [ { z = 1, a = 2 } ] ]", "{'v': [[1, 2], [{'z': 1, 'a': 2}]]}"},
		{"arrays of tables", "[[p]]\nz = 1\na = 2\n[[p]]\na = 3\nz = 4\n[p.q]\nn = 1", "{'p': [{'z': 1, 'a': 2}, {'a': 3, 'z': 4, 'q': {'n': 1}}]}"},
		{"a local time", "t = 07:32:00", "{'t': '07:32:00'}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := toml.Parse([]byte(c.doc), "f.toml", plain)
			if err != nil {
				t.Fatal(err)
			}
			if text := value.Repr(got); text != c.want {
				t.Errorf("got  %s\nwant %s", text, c.want)
			}
		})
	}
}

func TestPlacesOfKeys(t *testing.T) {
	t.Parallel()
	d, err := toml.Parse([]byte("[web]\n[web.hosts]\n  a = { v = 1 }\n"), "f.toml", plain)
	if err != nil {
		t.Fatal(err)
	}
	hosts := d.At("web").(*value.Dict).At("hosts").(*value.Dict)
	if got, want := hosts.KeyPos("a"), (diag.Pos{File: "f.toml", Line: 3, Col: 3}); got != want {
		t.Errorf("key a stands at %v, want %v", got, want)
	}
	if got, want := hosts.At("a").(*value.Dict).KeyPos("v"), (diag.Pos{File: "f.toml", Line: 3, Col: 9}); got != want {
		t.Errorf("key v stands at %v, want %v", got, want)
	}
}

func TestMistakesHaveTheirPlace(t *testing.T) {
	t.Parallel()
	for doc, want := range map[string]string{
		"a = \n":          "f.toml:1:",
		"a = 1\nb 2":      "f.toml:2:",
		"a = 1\na = 2\n":  "f.toml:2:1",
		"[t]\n[t]\nx = 1": "f.toml:2:",
	} {
		_, err := toml.Parse([]byte(doc), "f.toml", plain)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want the place %s", doc, err, want)
		}
	}
}
