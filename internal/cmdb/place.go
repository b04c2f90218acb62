package cmdb

import (
	"errors"
	"strings"

	"pig/internal/diag"
	"pig/internal/value"
	"pig/internal/yaml"
)

// Place begins the file of a position in tables; the row follows: cmdb:group_var/pg-test/pg_users.
const Place = "cmdb:"

// Inventory gives a text that was made of tables as the mapping of an inventory. Its places name the rows; line and column are those in the text.
func Inventory(text string, open func(string) (string, error)) (value.Value, diag.List, error) {
	v, warnings, err := yaml.Parse([]byte(text), Place, yaml.Options{Vault: open})
	if err != nil {
		return nil, warnings, at(text, err)
	}
	root, ok := v.(*value.Dict)
	if !ok {
		return v, warnings, nil
	}
	t := &Text{root: root, groups: map[string][]string{}}
	t.each(func(id ID, in *value.Dict, key value.Value) {
		if in == nil {
			return
		}
		file := Place + id.String()
		val, _ := in.Get(key)
		in.SetAt(key, val, inFile(in.KeyPos(key), file), inFile(in.ValuePos(key), file))
		if id.variable() {
			rename(val, file)
		}
	})
	for _, w := range warnings {
		_ = at(text, w)
	}
	return root, warnings, nil
}

func inFile(p diag.Pos, file string) diag.Pos {
	p.File = file
	return p
}

// rename gives all places inside a value another file.
func rename(v value.Value, file string) {
	switch v := v.(type) {
	case *value.List:
		for i, item := range v.Items {
			if i < len(v.At) {
				v.At[i].File = file
			}
			rename(item, file)
		}
	case *value.Dict:
		for key, item := range v.All() {
			v.SetAt(key, item, inFile(v.KeyPos(key), file), inFile(v.ValuePos(key), file))
			rename(item, file)
		}
	}
}

// at names the row of a mistake that keeps the text from being read: an encrypted value without its key.
func at(text string, err error) error {
	var d *diag.Diagnostic
	if !errors.As(err, &d) || d.Pos.Line == 0 {
		return err
	}
	t, bad := ReadText(Place, []byte(text))
	if bad != nil {
		return err
	}
	best := 0
	t.each(func(id ID, in *value.Dict, key value.Value) {
		if in == nil || !id.variable() {
			return
		}
		if line := in.KeyPos(key).Line; line <= d.Pos.Line && line > best {
			best, d.Pos.File = line, Place+id.String()
		}
	})
	d.Summary = strings.ReplaceAll(d.Summary, " at "+Place+":", " at line ")
	return d
}
