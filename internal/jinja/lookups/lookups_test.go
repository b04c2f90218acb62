package lookups_test

import (
	"io/fs"
	"strings"
	"testing"

	"pig/internal/jinja"
	"pig/internal/jinja/jinjatest"
	"pig/internal/value"
)

// memory is a Files over a map of paths.
type memory map[string]string

func (m memory) Find(kind, name, from string) (string, error) {
	for _, p := range []string{name, kind + "/" + name} {
		if _, ok := m[p]; ok {
			return p, nil
		}
	}
	return "", fs.ErrNotExist
}

func (m memory) Read(path string) ([]byte, error) { return []byte(m[path]), nil }

func (m memory) Glob(pattern, _ string) ([]string, error) {
	return []string{"files/a", "files/b"}, nil
}

func fileScope() *jinja.Scope {
	s := jinjatest.Scope("name", "world", "d", value.DictOf("a", "{{ name }}"), "dynamic", "name", "pg_a", int64(1), "pg_b", int64(2), "u", value.Unknown{})
	s.SetFiles(memory{"files/a": "content\n\n", "templates/t.j2": "hi {{ name }} {{ x | default('-') }}\n", "files/b": "b"})
	return s
}

func TestLookups(t *testing.T) {
	t.Parallel()
	jinjatest.WantAll(t, fileScope, map[string]string{
		"lookup('file', 'a')":                                               "'content'",
		"lookup('file', 'a', rstrip=false)":                                 `'content\n\n'`,
		"lookup('file', 'a', 'b')":                                          "'content,b'",
		"query('file', 'a', 'b')":                                           "['content', 'b']",
		"lookup('template', 't.j2')":                                        `'hi world -\n'`,
		"lookup('template', 't.j2', template_vars={'x': 5})":                `'hi world 5\n'`,
		"lookup('ansible.builtin.file', 'a')":                               "'content'",
		"query('fileglob', 'x*')":                                           "['files/a', 'files/b']",
		"lookup('first_found', ['zz', 'b'])":                                "'files/b'",
		"query('first_found', 'zz', skip=true)":                             "[]",
		"lookup('first_found', {'files': ['zz', 'a'], 'paths': ['files']})": "'files/a'",
		"lookup('vars', 'na' ~ 'me')":                                       "'world'",
		"lookup('vars', 'nosuch', default='x')":                             "'x'",
		"lookup('vars', 'd').a":                                             "'world'",
		"query('varnames', '^pg_')":                                         "['pg_a', 'pg_b']",
		"query('dict', {'a': 1})":                                           "[{'key': 'a', 'value': 1}]",
		"query('items', [1, [2]], 3)":                                       "[1, [2], 3]",
		"query('indexed_items', ['a', 'b'])":                                "[[0, 'a'], [1, 'b']]",
		"query('list', [1, 2])":                                             "[[1, 2]]",
		"query('nested', ['a', 'b'], [1, 2])":                               "[['a', 1], ['a', 2], ['b', 1], ['b', 2]]",
		"query('together', ['a', 'b'], [1])":                                "[['a', 1], ['b', None]]",
		"query('flattened', [1, [2, [3]]], 4)":                              "[1, 2, 3, 4]",
		"query('community.general.flattened', [1, [2, [3]]], 4)":            "[1, 2, 3, 4]",
		"query('community.general.cartesian', ['a', 'b'], [1])":             "[['a', 1], ['b', 1]]",
		"query('sequence', 'start=1 end=3')":                                "['1', '2', '3']",
		"query('sequence', 'count=2 format=host%02d')":                      "['host01', 'host02']",
		"query('sequence', start=4, end=0, stride=-2)":                      "['4', '2', '0']",
		"query('sequence', '2-6/2:x%d')":                                    "['x2', 'x4', 'x6']",
		"query('subelements', [{'l': [1, 2]}], 'l')":                        "[[{}, 1], [{}, 2]]",
		"lookup('random_choice', ['a'])":                                    "'a'",
		"lookup('file', 'zz', errors='ignore')":                             "None",
		"lookup('file', 'zz', errors='ignore', wantlist=true)":              "[]",
		"lookup('env', 'NO_SUCH_VARIABLE_HERE')":                            "''",
		"lookup('env', 'NO_SUCH_VARIABLE_HERE', default='d')":               "'d'",
		"lookup('file', u)":                                                 "(known after apply)",
		"lookup('items', [u])":                                              "(known after apply)",
		"q('items', [1])":                                                   "[1]",
		"lookup(dynamic) if false else 'x'":                                 "'x'",
	})
	jinjatest.WantErrors(t, fileScope, map[string]string{
		"lookup('fil', 'a')":            "did you mean file?",
		"lookup('file', 'zz')":          "could not locate file",
		"lookup('first_found', ['zz'])": "no file was found",
		"lookup('vars', 'nosuch')":      "'nosuch' is undefined",
		"lookup('pipe', 'exit 3')":      "returned 3",
		"lookup()":                      "needs the name",
		"query('sequence', 'start=1')":  "must specify count or end",
		"query('sequence', 'x=1')":      "unrecognized",
		"query('dict', [1])":            "expects a dict",
		"query('nested')":               "at least one",
	})
}

func TestWithLookups(t *testing.T) {
	t.Parallel()
	s := fileScope()
	got, err := s.RunLookup("nested", []value.Value{value.NewList("a"), value.NewList(int64(1), int64(2))}, nil, false)
	if err != nil || value.Repr(got) != "[['a', 1], ['a', 2]]" {
		t.Errorf("%v %v", got, err)
	}
	if _, err := s.RunLookup("nosuch", nil, nil, false); err == nil || !strings.Contains(err.Error(), "not found") {
		t.Error(err)
	}
	if v, ok, err := s.Lookup("d"); !ok || err != nil || value.Repr(v) != "{'a': 'world'}" {
		t.Errorf("%v %v %v", v, ok, err)
	}
	if _, ok, _ := s.Lookup("nosuch"); ok {
		t.Error("nosuch is there")
	}
}

func TestLookupsOfTables(t *testing.T) {
	t.Parallel()
	scope := func() *jinja.Scope {
		s := jinjatest.Scope()
		s.SetFiles(memory{
			"files/ansible.csv": "key\tone\ttwo\n", "files/c.csv": "k,v\nq,\"a, b\"\n", "files/i.ini": "[global]\nport = 5432\n# port = 1\n[web]\nport = 80\nhost=a=b\n",
			"files/p.properties": "top=1\n", "files/plain": "hi\n",
		})
		return s
	}
	jinjatest.WantAll(t, scope, map[string]string{
		"lookup('csvfile', 'key')":                                             "'one'",
		"lookup('csvfile', 'key', col=2)":                                      "'two'",
		"lookup('csvfile', 'q file=c.csv delimiter=,')":                        "'a, b'",
		"lookup('csvfile', 'zz', file='c.csv', delimiter=',', default='none')": "'none'",
		"query('csvfile', 'zz', file='c.csv', delimiter=',')":                  "[]",
		"lookup('ini', 'port', file='i.ini')":                                  "'5432'",
		"lookup('ini', 'port section=web file=i.ini')":                         "'80'",
		"lookup('ini', 'HOST', section='web', file='i.ini')":                   "'a=b'",
		"lookup('ini', 'nosuch', file='i.ini', default='x')":                   "'x'",
		"lookup('ini', 'nosuch', file='i.ini')":                                "''",
		"query('ini', '.*', section='web', file='i.ini', re=true)":             "['80', 'a=b']",
		"query('ini', 'ho.*', section='web', file='i.ini', re=true)":           "['a=b']",
		"lookup('ini', 'top', type='properties', file='p.properties')":         "'1'",
		"lookup('unvault', 'plain')":                                           `'hi\n'`,
	})
	jinjatest.WantErrors(t, scope, map[string]string{
		"lookup('csvfile', 'key', col='x')":           "invalid col",
		"lookup('ini', '(', file='i.ini', re=true)":   "(",
		"lookup('csvfile', 'key', file='nosuch.csv')": "nosuch.csv",
	})
}
