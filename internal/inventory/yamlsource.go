package inventory

import (
	"net/netip"
	"slices"

	"pig/internal/diag"
	"pig/internal/value"
	"pig/internal/yaml"
)

// sections are what a group may hold in a YAML inventory.
var sections = []string{"hosts", "children", "vars"}

func (l *loader) yamlFile(path string, text []byte) {
	v, warnings, err := yaml.ParseVaulted(text, path, l.yamlOptions())
	l.diags = append(l.diags, warnings...)
	if err != nil {
		l.diags.Add(err)
		return
	}
	l.yamlRoot(path, v)
}

func (l *loader) yamlRoot(path string, v value.Value) {
	root, ok := v.(*value.Dict)
	if !ok || root.Len() == 0 {
		what := "is empty"
		if v != nil && !ok {
			what = "has invalid structure, it should be a dictionary, got: " + value.TypeName(v)
		}
		l.diags = append(l.diags, diag.Errorf(diag.Pos{File: path}, "the YAML inventory %s", what))
		return
	}
	if root.Has("plugin") {
		l.plugin(path, root)
		return
	}
	if l.lostIndentation(root) {
		return
	}
	for name, data := range root.All() {
		l.yamlGroup(name, data, root.KeyPos(name), root.ValuePos(name))
	}
}

// lostIndentation recognizes a file whose sections stand beside their groups instead of inside them, as happens when
// a snippet is pasted without its indentation. Ansible would make groups of them that are called hosts and vars.
func (l *loader) lostIndentation(root *value.Dict) bool {
	lost := false
	group := "" // the last name without anything below it
	for key, val := range root.All() {
		name := value.KeyText(key)
		if !slices.Contains(sections, name) {
			if val == nil {
				group = name
			}
			continue
		}
		d := diag.Errorf(root.KeyPos(key), "%s at the top level is not a group", name).
			WithHint("indent the key below its group")
		if group != "" {
			d.Hint = "indent it below its group, " + group + ": was the indentation lost?"
		}
		l.diags = append(l.diags, d)
		lost = true
	}
	return lost
}

func (l *loader) yamlGroup(name, data value.Value, pos, dataPos diag.Pos) *Group {
	g := l.inv.group(value.KeyText(name), pos)
	if data == nil {
		return g
	}
	body, ok := data.(*value.Dict)
	if !ok {
		l.diags = append(l.diags, diag.Errorf(dataPos, "group %s must be a mapping with hosts, children or vars, not %s", g.Name, value.TypeName(data)))
		return g
	}
	for key, section := range body.All() {
		at := body.ValuePos(key)
		switch key {
		case "vars":
			l.yamlVars(g, section, at)
		case "children":
			l.yamlChildren(g, section, at)
		case "hosts":
			l.yamlHosts(g, section, at)
		default:
			l.unexpectedKey(g, value.KeyText(key), section, body.KeyPos(key))
		}
	}
	return g
}

// unexpectedKey warns, as Ansible does, of a key in a group that is no section, and guesses how it came there.
func (l *loader) unexpectedKey(g *Group, key string, val value.Value, pos diag.Pos) {
	d := diag.Warnf(pos, "skipping unexpected key %s in group %s: only hosts, children and vars are valid", key, g.Name)
	_, isMapping := val.(*value.Dict)
	_, notAddress := netip.ParseAddr(key)
	switch near := diag.DidYouMean(key, sections); {
	case near != "":
		d.Hint = near
	case notAddress == nil:
		d.Hint = "a host belongs below hosts: of the group"
	case isMapping && g.Name == allGroup:
		d.Hint = "a group belongs below children: of the group all"
	default:
		d.Hint = "a variable belongs below vars: of the group"
	}
	l.diags = append(l.diags, d)
}

// section gives a section as a mapping: Ansible allows a lone name in its place.
func (l *loader) section(g *Group, name string, v value.Value, pos diag.Pos, want string) *value.Dict {
	switch v := v.(type) {
	case nil:
		return value.NewDict()
	case *value.Dict:
		return v
	case string:
		d := value.NewDict()
		d.SetAt(v, nil, pos, pos)
		return d
	}
	d := diag.Errorf(pos, "%s of group %s must be a mapping, not %s", name, g.Name, value.TypeName(v)).WithHint("%s", want)
	l.diags = append(l.diags, d)
	return value.NewDict()
}

func (l *loader) yamlVars(g *Group, v value.Value, pos diag.Pos) {
	if s, ok := v.(string); ok {
		l.diags = append(l.diags, diag.Errorf(pos, "vars of group %s must be a mapping, not the text %q", g.Name, s))
		return
	}
	vars := l.section(g, "vars", v, pos, "write   name: value   without the dash")
	for key, val := range vars.All() {
		l.diags.Add(g.setVar(varName(key), val, vars.KeyPos(key), vars.ValuePos(key)))
	}
}

// varName is the name of a variable: text, whatever YAML took it for.
func varName(key value.Value) value.Value {
	if s, ok := value.Plain(key); ok {
		return s
	}
	return value.KeyText(key)
}

func (l *loader) yamlChildren(g *Group, v value.Value, pos diag.Pos) {
	children := l.section(g, "children", v, pos, "write   name:   or   name: { hosts: ... }   without the dash")
	for key, data := range children.All() {
		child := l.yamlGroup(key, data, children.KeyPos(key), children.ValuePos(key))
		l.diags.Add(diag.At(children.KeyPos(key), g.adopt(child)))
	}
}

func (l *loader) yamlHosts(g *Group, v value.Value, pos diag.Pos) {
	hosts := l.section(g, "hosts", v, pos, "write   10.10.10.10: { ... }   or   10.10.10.10:   without the dash")
	for key, data := range hosts.All() {
		at := hosts.KeyPos(key)
		name, ok := key.(string)
		switch {
		case !ok:
			l.diags = append(l.diags, diag.Errorf(at, "host %s of group %s must be text", value.Repr(key), g.Name).WithHint("quote the name"))
		case slices.Contains(sections, name):
			l.diags = append(l.diags, diag.Errorf(at, "%s stands inside hosts of group %s, where it would be a host of that name", name, g.Name).
				WithHint("end hosts before it: is a } missing, or is it indented too far?"))
		default:
			l.yamlHost(g, name, data, at, hosts.ValuePos(key))
		}
	}
}

func (l *loader) yamlHost(g *Group, name string, data value.Value, pos, dataPos diag.Pos) {
	vars, ok := data.(*value.Dict)
	if !ok && data != nil {
		l.diags = append(l.diags, diag.Errorf(dataPos, "variables of host %s must be a mapping, not %s", name, value.TypeName(data)))
		return
	}
	names, port, err := ExpandHosts(name)
	if err != nil {
		l.diags.Add(diag.At(pos, err))
		return
	}
	for _, n := range names {
		h := l.addHost(n, port, g, pos)
		if vars == nil {
			continue
		}
		for key, val := range vars.All() {
			h.vars.SetAt(varName(key), val, vars.KeyPos(key), vars.ValuePos(key))
		}
	}
}
