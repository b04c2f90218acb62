package lint

import (
	"errors"
	"strings"

	"pig/internal/diag"
	"pig/internal/jinja"
	"pig/internal/value"
	"pig/internal/yaml"
)

// File is a file that was read.
type File struct {
	name   string
	lines  []string
	top    value.Value
	broken *diag.Diagnostic // why it cannot be read as YAML
	made   map[string]bool  // see gather
}

// Read reads a text of that name as YAML. A text that is none is a finding of Check.
func Read(name string, text []byte) *File {
	f := &File{name: name, lines: strings.Split(string(text), "\n"), made: map[string]bool{}}
	var err error
	if f.top, _, err = yaml.Parse(text, name, yaml.Options{Closed: true}); err != nil {
		if !errors.As(err, &f.broken) {
			f.broken = diag.Errorf(diag.Pos{File: name, Line: 1}, "%s", err.Error())
		}
		f.broken = f.broken.WithRule("yaml-syntax")
		return f
	}
	gather(f.top, f.made)
	return f
}

// gather notes the names that a file makes: what tasks register and set, variables, loop variables. True is one that is some constant other
// than true and false, or the result of a task: it is no condition by itself.
func gather(v value.Value, made map[string]bool) {
	note := func(name string, constant bool) { made[name] = made[name] || constant }
	switch v := v.(type) {
	case *value.List:
		for _, item := range v.Items {
			gather(item, made)
		}
	case *value.Dict:
		for k, item := range v.All() {
			key := value.KeyText(k)
			text, plain := item.(string)
			_, boolean := item.(bool)
			note(key, item != nil && !boolean && !(plain && jinja.IsTemplate(text)))
			switch {
			case plain && key == "register":
				note(text, true)
			case plain && (key == "loop_var" || key == "index_var" || key == "name"):
				note(text, false)
			}
			gather(item, made)
		}
	}
}
