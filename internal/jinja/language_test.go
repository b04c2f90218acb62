package jinja

import (
	"encoding/json"
	"io/fs"
	"math/big"
	"os"
	"testing"

	"pig/internal/jinja/python"
	"pig/internal/value"
)

// jinja2Case is a template and what Jinja2 makes of it.
type jinja2Case struct {
	Src, Out, Cls, Msg string
	Trim, LS, OK       bool
}

type jinja2Cases struct {
	Vars                                 json.RawMessage
	Files                                map[string]string
	Expressions, Whitespace, Inheritance []jinja2Case
}

func readTestdata(t *testing.T, file string, to any) {
	t.Helper()
	data, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, to); err != nil {
		t.Fatal(err)
	}
}

func (c jinja2Case) check(t *testing.T, s *Scope, o TextOptions) {
	t.Helper()
	got, err := s.Text(c.Src, "t.j2", o)
	switch {
	case err != nil && c.OK:
		t.Errorf("%q\nerror %v\nwant  %q", c.Src, err, c.Out)
	case err != nil && c.Cls != "" && errorClass(err) != c.Cls:
		t.Errorf("%q\n%s error %v\nwant %s error %s", c.Src, errorClass(err), err, c.Cls, c.Msg)
	case err == nil && (!c.OK || got != c.Out):
		t.Errorf("%q\ngot  %q\nwant %q %s", c.Src, got, c.Out, c.Msg)
	}
}

func TestTemplatesRenderAsInJinja2(t *testing.T) {
	t.Parallel()
	var cases jinja2Cases
	readTestdata(t, "jinja2.json", &cases)
	raw, err := python.ReadJSON(string(cases.Vars))
	if err != nil {
		t.Fatal(err)
	}
	vars := raw.(*value.Dict)
	vars.Set("big", new(big.Int).Exp(big.NewInt(10), big.NewInt(30), nil))
	e := New(Options{Load: func(name, _ string) (string, string, error) {
		if text, ok := cases.Files[name]; ok {
			return text, name, nil
		}
		return "", "", fs.ErrNotExist
	}})
	scope := func() *Scope { return e.Scope(testVars{d: vars, untrusted: true}) }
	for _, c := range cases.Expressions {
		c.check(t, scope(), TextOptions{})
	}
	for _, c := range cases.Whitespace {
		c.check(t, scope(), TextOptions{KeepBlockNewlines: !c.Trim, LstripBlocks: c.LS})
	}
	for _, c := range cases.Inheritance {
		c.check(t, e.Scope(testVars{d: value.DictOf("v", "V")}), TextOptions{})
	}
}
