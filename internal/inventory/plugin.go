package inventory

import (
	"strings"

	"pig/internal/diag"
	"pig/internal/value"
)

// A file with plugin: makes hosts or groups. Two of Ansible's plugins are here, those that need nothing but other sources and templates:
// constructed and generator.

// pluginFile is a file that constructs groups and variables, once all hosts are known.
type pluginFile struct {
	root *value.Dict
}

func (l *loader) plugin(path string, root *value.Dict) {
	name := strings.TrimPrefix(value.Str(root.At("plugin")), "ansible.builtin.")
	switch {
	case name == "constructed" && l.opts.Render != nil:
		l.plugins = append(l.plugins, pluginFile{root})
	case name == "generator" && l.opts.Render != nil:
		l.generate(path, root)
	default:
		l.diags = append(l.diags, diag.Errorf(root.KeyPos("plugin"), "invalid inventory: the file configures the inventory plugin %q", name).
			WithHint("use the output of ansible-inventory --list --export, or an inventory script"))
	}
}

// constructed adds variables and groups that follow from those of each host. It tells whether there was anything to add.
func (l *loader) constructed() bool {
	for _, p := range l.plugins {
		strict := p.root.At("strict") == true
		for _, h := range append([]*Host(nil), l.inv.order...) {
			l.construct(p.root, h, strict)
		}
	}
	return len(l.plugins) > 0
}

func (l *loader) construct(root *value.Dict, h *Host, strict bool) {
	fail := func(key string, err error) {
		if strict && err != nil {
			l.diags.Add(diag.At(root.ValuePos(key), err))
		}
	}
	vars := l.inv.Vars(h)
	vars.Set("inventory_hostname", h.Name)
	if compose, ok := root.At("compose").(*value.Dict); ok {
		for k, v := range compose.All() {
			made, err := l.opts.Render("{{ "+value.Str(v)+" }}", vars)
			if err != nil {
				fail("compose", err)
				continue
			}
			h.vars.Set(value.KeyText(k), made)
			vars.Set(value.KeyText(k), made)
		}
	}
	delete(l.inv.merged, h)
	if groups, ok := root.At("groups").(*value.Dict); ok {
		for k, v := range groups.All() {
			in, err := l.opts.Test(value.Str(v), vars)
			if err != nil {
				fail("groups", err)
				continue
			}
			if in {
				l.join(h, groupName(value.KeyText(k)), "")
			}
		}
	}
	keyed, _ := root.At("keyed_groups").(*value.List)
	if keyed == nil {
		return
	}
	for _, item := range keyed.Items {
		if d, ok := item.(*value.Dict); ok {
			fail("keyed_groups", l.keyedGroup(d, h, vars))
		}
	}
}

// keyedGroup joins a host to the groups that the value of a key names.
func (l *loader) keyedGroup(d *value.Dict, h *Host, vars *value.Dict) error {
	v, err := l.opts.Render("{{ "+value.Str(d.At("key"))+" }}", vars)
	if err != nil {
		return err
	}
	prefix, separator := text(d, "prefix", ""), text(d, "separator", "_")
	if prefix == "" && !d.Has("separator") {
		separator = "_"
	}
	parent := ""
	if p := d.At("parent_group"); p != nil {
		made, err := l.opts.Render(value.Str(p), vars)
		if err != nil {
			return err
		}
		parent = groupName(value.Str(made))
	}
	for _, name := range keyedNames(v, separator, text(d, "default_value", "")) {
		l.join(h, groupName(prefix+separator+name), parent)
	}
	return nil
}

// keyedNames are the ends of the names of groups: of a text one, of a list one for each item, of a mapping one for each pair.
func keyedNames(v value.Value, separator, absent string) (names []string) {
	switch v := v.(type) {
	case nil:
	case *value.List:
		for _, item := range v.Items {
			names = append(names, keyedNames(item, separator, absent)...)
		}
	case *value.Dict:
		for k, item := range v.All() {
			names = append(names, value.KeyText(k)+separator+orText(value.Str(item), absent))
		}
	default:
		if s := orText(value.Str(v), absent); s != "" {
			names = append(names, s)
		}
	}
	return names
}

func orText(s, absent string) string {
	if s == "" {
		return absent
	}
	return s
}

func text(d *value.Dict, key, absent string) string {
	if v := d.At(key); v != nil {
		return value.Str(v)
	}
	return absent
}

func (l *loader) join(h *Host, group, parent string) {
	g := l.inv.group(group, h.Pos)
	l.inv.host(h.Name, g, h.Pos)
	if parent != "" {
		l.diags.Add(l.inv.group(parent, h.Pos).adopt(g))
	}
}

// groupName is a name with what a variable cannot have in it replaced.
func groupName(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, s)
}

// generate makes a host of each combination of layers.
func (l *loader) generate(path string, root *value.Dict) {
	layers, _ := root.At("layers").(*value.Dict)
	hosts, _ := root.At("hosts").(*value.Dict)
	if layers == nil || hosts == nil {
		l.diags = append(l.diags, diag.Errorf(diag.Pos{File: path}, "the generator needs hosts and layers"))
		return
	}
	pos := root.KeyPos("hosts")
	for _, vars := range combinations(layers) {
		name, err := l.opts.Render(value.Str(hosts.At("name")), vars)
		if err != nil {
			l.diags.Add(diag.At(pos, err))
			return
		}
		h := l.addHost(value.Str(name), 0, nil, pos)
		parents, _ := hosts.At("parents").(*value.List)
		l.parentsOf(parents, vars, pos, func(g *Group) { l.inv.host(h.Name, g, pos) })
	}
}

func (l *loader) parentsOf(parents *value.List, vars *value.Dict, pos diag.Pos, adopt func(*Group)) {
	if parents == nil {
		return
	}
	for _, item := range parents.Items {
		d, ok := item.(*value.Dict)
		if !ok {
			continue
		}
		name, err := l.opts.Render(value.Str(d.At("name")), vars)
		if err != nil {
			l.diags.Add(diag.At(pos, err))
			return
		}
		g := l.inv.group(value.Str(name), pos)
		adopt(g)
		own, _ := d.At("vars").(*value.Dict)
		if own != nil {
			for k, v := range own.All() {
				made, err := l.opts.Render(value.Str(v), vars)
				if err != nil {
					l.diags.Add(diag.At(pos, err))
					continue
				}
				l.diags.Add(g.setVar(k, made, own.KeyPos(k), own.ValuePos(k)))
			}
		}
		above, _ := d.At("parents").(*value.List)
		l.parentsOf(above, vars, pos, func(parent *Group) { l.diags.Add(parent.adopt(g)) })
	}
}

// combinations are the mappings with one value of each layer, the last layer changing fastest.
func combinations(layers *value.Dict) []*value.Dict {
	all := []*value.Dict{value.NewDict()}
	for k, v := range layers.All() {
		list, ok := v.(*value.List)
		if !ok {
			list = value.NewList(v)
		}
		var next []*value.Dict
		for _, d := range all {
			for _, item := range list.Items {
				with := d.Clone()
				with.Set(value.KeyText(k), item)
				next = append(next, with)
			}
		}
		all = next
	}
	return all
}
