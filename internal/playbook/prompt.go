package playbook

import (
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/value"
)

// Prompt is a variable that a play asks for.
type Prompt struct {
	Name    string
	Text    string
	Default value.Value
	Private bool // what is typed is not shown
	Confirm bool // it is asked for twice
	Unsafe  bool
}

// promptKeys are what vars_prompt obeys. An encrypted answer needs a salt, and would be another one in each run.
var promptKeys = []string{"name", "prompt", "default", "private", "confirm", "unsafe", "encrypt", "salt", "salt_size"}

func prompts(v value.Value, pos diag.Pos) ([]Prompt, error) {
	var all []Prompt
	for _, item := range listOf(v) {
		d, ok := item.(*value.Dict)
		if !ok || !d.Has("name") {
			return nil, diag.Errorf(pos, "vars_prompt is a list of mappings with name:, and this is %s", describe(item))
		}
		for k := range d.All() {
			if name := value.KeyText(k); !slices.Contains(promptKeys, name) {
				return nil, diag.Errorf(d.KeyPos(k), "vars_prompt has no key %q", name).WithHint("want one of: %s", strings.Join(promptKeys, ", "))
			}
		}
		if d.At("encrypt") != nil {
			return nil, diag.Errorf(d.KeyPos("encrypt"), "encrypt of vars_prompt is not supported").WithHint("use the filter password_hash where the variable is used")
		}
		p := Prompt{Name: value.Str(d.At("name")), Default: d.At("default"), Private: true}
		if p.Text = p.Name; d.At("prompt") != nil {
			p.Text = value.Str(d.At("prompt"))
		}
		for key, to := range map[string]*bool{"private": &p.Private, "confirm": &p.Confirm, "unsafe": &p.Unsafe} {
			if d.At(key) == nil {
				continue
			}
			on, err := flagOf(d.At(key), d.ValuePos(key), key)
			if err != nil {
				return nil, err
			}
			*to = on
		}
		all = append(all, p)
	}
	return all, nil
}
