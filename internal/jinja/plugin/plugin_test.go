package plugin

import (
	"errors"
	"strings"
	"testing"

	"pig/internal/jinja/python"
	"pig/internal/secret"
	"pig/internal/value"
)

// greeting is a table with one filter: name | greet(word, *more, mark='!').
func greeting(fl Flags) Table {
	t := Table{}
	t.Add("greet hello", "word *more **rest", fl, func(c *Call) (value.Value, error) {
		word, err := c.Str(0, "Hi")
		if err != nil {
			return nil, err
		}
		if word == "fail" {
			return nil, errors.New("no greeting for " + c.Text())
		}
		mark := "."
		if c.KW != nil {
			mark = python.Str(c.KW.At("mark"))
		}
		return word + " " + c.Text() + strings.Repeat(mark, 1+len(c.Rest)), nil
	})
	return t
}

func TestPluginsAreFoundByShortAndFullNames(t *testing.T) {
	t.Parallel()
	table := greeting(0)
	for name, found := range map[string]bool{"greet": true, "hello": true, "ansible.builtin.greet": true, "community.general.hello": true, "my.own.greet": false, "nosuch": false} {
		if got := table.Find(name) != nil; got != found {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestArgumentsAreBoundByPlaceAndName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []value.Value
		kw   *value.Dict
		want string
	}{
		{nil, nil, "Hi Ann."},
		{[]value.Value{"Hello"}, nil, "Hello Ann."},
		{[]value.Value{"Hello", 1, 2}, nil, "Hello Ann..."},
		{nil, value.DictOf("word", "Bye", "mark", "!"), "Bye Ann!"},
		{[]value.Value{"Hello"}, value.DictOf("word", "Bye"), "the filter plugin 'greet' failed: got multiple values for argument 'word'"},
		{[]value.Value{int64(1)}, nil, "the filter plugin 'greet' failed: word must be a string, not int"},
	} {
		got, err := Use(nil, greeting(0)["greet"], "Ann", c.args, c.kw)
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%v %v: %v, want %s", c.args, value.Display(c.kw), got, c.want)
		}
	}
	table := Table{}
	table.Test("odd", "", 0, func(c *Call) (bool, error) { return c.In == int64(1), nil })
	if got, err := Use(nil, table["odd"], int64(1), nil, nil); got != true || err != nil {
		t.Errorf("%v %v", got, err)
	}
	if _, err := Use(nil, table["odd"], int64(1), []value.Value{1}, nil); err == nil || err.Error() != "the test plugin 'odd' failed: takes at most 1 arguments but 2 were given" {
		t.Error(err)
	}
}

func TestPluginsNeedNotCareForUndefinedAndUnknownOperands(t *testing.T) {
	t.Parallel()
	undefined, unknown := value.Undefined{Name: "x", Hint: "'x' is undefined"}, value.Unknown{Why: "a command"}
	for _, c := range []struct {
		in, arg, want value.Value
	}{
		{undefined, "Hi", undefined}, {"Ann", undefined, undefined}, {unknown, "Hi", unknown}, {"Ann", unknown, unknown},
		{unknown, undefined, undefined}, {value.NewList("a", value.NewList(unknown)), "Hi", unknown}, {value.NewList(undefined), "Hi", undefined},
	} {
		if got, err := Use(nil, greeting(0)["greet"], c.in, []value.Value{c.arg}, nil); got != c.want || err != nil {
			t.Errorf("%v, %v: %v %v", c.in, c.arg, got, err)
		}
	}
}

func TestWhatIsMadeFromSecretsIsSecret(t *testing.T) {
	t.Parallel()
	pw := secret.New("Pa55word")
	for _, c := range []struct{ in, word value.Value }{{pw, "Hi"}, {"Ann", pw}, {value.NewList("a", pw), "Hi"}} {
		got, err := Use(nil, greeting(0)["greet"], c.in, []value.Value{c.word}, nil)
		text, ok := got.(secret.Text)
		if err != nil || !ok {
			t.Errorf("%s: %s %v", value.Display(c.in), value.Display(got), err)
		} else if shown := secret.NewRedactor(text.Parts()...).Redact(text.Plain()); strings.Contains(shown, "Pa55word") {
			t.Errorf("shown: %s", shown)
		}
	}
	_, err := Use(nil, greeting(0)["greet"], pw, []value.Value{"fail"}, nil)
	if err == nil || strings.Contains(err.Error(), "Pa55word") || !strings.Contains(err.Error(), "reason not shown") {
		t.Error(err)
	}
	if got, err := Use(nil, greeting(KeepsSecrets)["greet"], pw, nil, nil); got != "Hi Pa55word." || err != nil {
		t.Errorf("a plugin that marks secrets itself: %s %v", value.Display(got), err)
	}
}
