package inventory

import (
	"bytes"

	"pig/internal/diag"
	"pig/internal/secret"
	"pig/internal/toml"
	"pig/internal/value"
)

// tomlFile reads an inventory in TOML: tables are groups, children is a list of names.
func (l *loader) tomlFile(path string, doc []byte) {
	text := func(s string) value.Value { return s }
	if bytes.HasPrefix(doc, []byte("$ANSIBLE_VAULT;")) {
		plain, ok := l.opened(string(doc), diag.Pos{File: path}).(secret.Text)
		if !ok {
			return
		}
		doc, text = []byte(plain.Plain()), func(s string) value.Value { return secret.New(s) }
	}
	root, err := toml.Parse(doc, path, text)
	if err != nil {
		l.diags.Add(err)
		return
	}
	if root.Len() == 0 {
		l.diags = append(l.diags, diag.Errorf(diag.Pos{File: path}, "the TOML inventory is empty"))
		return
	}
	if plugin := root.At("plugin"); value.Truthy(plugin) {
		l.diags = append(l.diags, diag.Errorf(root.KeyPos("plugin"), "invalid inventory: a plugin is configured in YAML, not in TOML").WithHint("write the file as YAML"))
		return
	}
	for name, data := range root.All() {
		body, ok := data.(*value.Dict)
		if !ok {
			l.diags = append(l.diags, diag.Warnf(root.KeyPos(name), "skipping %s: a group is a table", value.KeyText(name)))
			continue
		}
		if children, ok := body.Get("children"); ok {
			named, ok := l.tomlChildren(children, body.ValuePos("children"), value.KeyText(name))
			if !ok {
				return
			}
			body.SetAt("children", named, body.KeyPos("children"), body.ValuePos("children"))
		}
		l.yamlGroup(name, body, root.KeyPos(name), root.ValuePos(name))
	}
}

// tomlChildren is a list of names as YAML has children: a mapping of groups with nothing below them.
func (l *loader) tomlChildren(children value.Value, pos diag.Pos, group string) (*value.Dict, bool) {
	list, ok := children.(*value.List)
	if !ok {
		l.diags = append(l.diags, diag.Errorf(pos, "children of group %s must be a list, not %s", group, value.TypeName(children)).WithHint(`write   children = ["name"]`))
		return nil, false
	}
	named := value.NewDict()
	for _, item := range list.Items {
		named.SetAt(item, nil, pos, pos)
	}
	return named, true
}
