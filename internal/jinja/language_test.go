package jinja_test

import (
	"encoding/json"
	"io/fs"
	"math/big"
	"os"
	"strings"
	"testing"

	"pig/internal/diag"
	"pig/internal/jinja"
	"pig/internal/jinja/jinjatest"
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

func (c jinja2Case) check(t *testing.T, s *jinja.Scope, o jinja.TextOptions) {
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
	e := jinja.New(jinja.Options{Load: func(name, _ string) (string, string, error) {
		if text, ok := cases.Files[name]; ok {
			return text, name, nil
		}
		return "", "", fs.ErrNotExist
	}})
	scope := func() *jinja.Scope { return e.Scope(jinjatest.Vars{D: vars, Untrusted: true}) }
	for _, c := range cases.Expressions {
		c.check(t, scope(), jinja.TextOptions{})
	}
	for _, c := range cases.Whitespace {
		c.check(t, scope(), jinja.TextOptions{KeepBlockNewlines: !c.Trim, LstripBlocks: c.LS})
	}
	for _, c := range cases.Inheritance {
		c.check(t, e.Scope(jinjatest.Vars{D: value.DictOf("v", "V")}), jinja.TextOptions{})
	}
}

func TestHeadersAndOtherSyntax(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"#jinja2: variable_start_string:'[[', variable_end_string:']]'\n[[ name ]] {{ x }}":    "world {{ x }}",
		"#jinja2: trim_blocks: False\n{% if true %}\na{% endif %}\n":                           "\na\n",
		"#jinja2: line_statement_prefix:'##'\n## for i in [1, 2]\n- {{ i }}\n## endfor\nend\n": "- 1\n- 2\nend\n",
		"#jinja2: line_comment_prefix:'//'\na // gone\nb\n":                                    "a\nb\n",
		"#jinja2: newline_sequence:'\\r\\n'\na\n{{ name }}\n":                                  "a\r\nworld\r\n",
		"a\n":         "a\n",
		"a\n\n\n":     "a\n\n\n",
		"":            "",
		"\n":          "\n",
		"{{ '\\n' }}": "\n",
	} {
		got, err := jinjatest.Scope("name", "world").Text(text, "f", jinja.TextOptions{})
		if err != nil || got != want {
			t.Errorf("%q: %q %v, want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"#jinja2: foo: 1\nx", "#jinja2: trim_blocks\nx", "#jinja2: trim_blocks: maybe\nx"} {
		if _, err := jinjatest.Scope("name", "world").Text(text, "f", jinja.TextOptions{}); err == nil {
			t.Errorf("%q: no error", text)
		}
	}
	got, err := jinjatest.Scope("name", "world").Text("<< name >> <% if x %>y<% endif %><# c #>", "f", jinja.TextOptions{VariableStart: "<<", VariableEnd: ">>", BlockStart: "<%", BlockEnd: "%>",
		CommentStart: "<#", CommentEnd: "#>", Vars: value.DictOf("x", "{{ raw }}")})
	if err != nil || got != "world y" {
		t.Errorf("%q %v", got, err)
	}
}

func TestSyntaxCanBeCheckedAlone(t *testing.T) {
	t.Parallel()
	e := testEngine()
	pos := diag.Pos{File: "f", Line: 3, Col: 5}
	if err := e.CheckExpression("a ==", pos); err == nil || !strings.HasPrefix(err.Error(), "f:3:9:") {
		t.Error(err)
	}
	if err := e.CheckText("{{ a | nosuch }}", pos); err == nil {
		t.Error("no error")
	}
	for _, ok := range []error{e.CheckExpression("a == 1", pos), e.CheckText("{{ a }}", pos), e.CheckText("plain {", pos)} {
		if ok != nil {
			t.Error(ok)
		}
	}
}
