package inventory

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"pig/internal/diag"
	"pig/internal/value"
	"pig/internal/yaml"
)

// script runs an inventory script with --list and reads the JSON that it prints.
func (l *loader) script(path string) {
	if l.opts.NoScripts {
		l.diags.Add(diag.Errorf(diag.Pos{File: path}, "cannot read the inventory script: scripts are not run here"))
		return
	}
	out, err := l.run(path, "--list")
	if err != nil {
		l.diags.Add(err)
		return
	}
	v, err := yaml.ParseJSON(out, path+" --list")
	if err != nil {
		l.diags.Add(err)
		return
	}
	root, ok := v.(*value.Dict)
	if !ok {
		l.diags = append(l.diags, diag.Errorf(diag.Pos{File: path}, "the inventory script must print a JSON object, not %s", value.TypeName(v)))
		return
	}
	l.scriptRoot(root, func() *value.Dict { return l.askForHosts(path) })
}

// scriptRoot reads what a script prints for --list. Variables of hosts that it does not hold are asked for.
func (l *loader) scriptRoot(root *value.Dict, ask func() *value.Dict) {
	l.unwrap(root)
	var hostvars *value.Dict
	if meta, ok := root.At("_meta").(*value.Dict); ok {
		hostvars, _ = meta.At("hostvars").(*value.Dict)
	}
	for name, data := range root.All() {
		if name != "_meta" {
			l.scriptGroup(value.KeyText(name), data, root.KeyPos(name))
		}
	}
	if hostvars == nil && ask != nil {
		hostvars = ask()
	}
	if hostvars != nil {
		l.scriptHostvars(hostvars)
	}
}

const scriptTimeout = time.Minute

func (l *loader) run(path string, args ...string) ([]byte, error) {
	timeout := l.opts.ScriptTimeout
	if timeout == 0 {
		timeout = scriptTimeout
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("find the inventory script %s: %w", path, err)
	}
	cmd := exec.CommandContext(ctx, full, args...)
	cmd.Dir = filepath.Dir(full)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	switch {
	case err == nil:
		return out, nil
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		err = fmt.Errorf("no answer within %s", timeout)
	}
	d := diag.Errorf(diag.Pos{File: path}, "the inventory script failed: %v", err)
	d.Detail, d.Cause = strings.TrimSpace(stderr.String()), err
	if strings.Contains(err.Error(), "permission denied") {
		d.Hint = "make it executable: chmod +x " + path
	}
	return nil, d
}

// scriptGroup reads a group as a script prints it: a list of hosts, or an object with hosts, vars and children. An object
// with none of them is a host of that name, an old form.
func (l *loader) scriptGroup(name string, data value.Value, pos diag.Pos) {
	g := l.inv.group(name, pos)
	switch data := data.(type) {
	case *value.List:
		l.scriptHosts(g, data, pos)
	case *value.Dict:
		hosts, hasHosts := data.Get("hosts")
		vars, hasVars := data.Get("vars")
		children, hasChildren := data.Get("children")
		if !hasHosts && !hasVars && !hasChildren {
			hosts, vars = value.NewList(name), data
		}
		l.scriptHosts(g, hosts, pos)
		if d, ok := vars.(*value.Dict); ok {
			for k, v := range d.All() {
				l.diags.Add(g.setVar(k, v, d.KeyPos(k), d.ValuePos(k)))
			}
		} else if vars != nil {
			l.diags = append(l.diags, diag.Errorf(pos, "vars of group %s must be an object, not %s", name, value.TypeName(vars)))
		}
		for _, child := range l.names(children, "children of group "+name, pos) {
			l.diags.Add(diag.At(pos, g.adopt(l.inv.group(child, pos))))
		}
	default:
		l.diags = append(l.diags, diag.Errorf(pos, "group %s must be an object or a list of hosts, not %s", name, value.TypeName(data)))
	}
}

func (l *loader) scriptHosts(g *Group, hosts value.Value, pos diag.Pos) {
	for _, name := range l.names(hosts, "hosts of group "+g.Name, pos) {
		l.addHost(name, 0, g, pos)
	}
}

func (l *loader) names(v value.Value, what string, pos diag.Pos) []string {
	var items []value.Value
	switch v := v.(type) {
	case nil:
	case *value.List:
		items = v.Items
	case *value.Dict:
		items = v.Keys()
	default:
		l.diags = append(l.diags, diag.Errorf(pos, "%s must be a list of names, not %s", what, value.TypeName(v)))
	}
	names := make([]string, len(items))
	for i, item := range items {
		names[i] = value.KeyText(item)
	}
	return names
}

// askForHosts runs the script once per host, for scripts that print no _meta.
func (l *loader) askForHosts(path string) *value.Dict {
	all := value.NewDict()
	for _, h := range l.inv.order {
		out, err := l.run(path, "--host", h.Name)
		if err != nil {
			l.diags.Add(err)
			return all
		}
		if len(bytes.TrimSpace(out)) == 0 {
			continue
		}
		v, err := yaml.ParseJSON(out, path+" --host "+h.Name)
		l.diags.Add(err)
		all.SetAt(h.Name, l.unwrap(v), h.Pos, h.Pos)
	}
	return all
}

func (l *loader) scriptHostvars(hostvars *value.Dict) {
	for name, v := range hostvars.All() {
		vars, ok := v.(*value.Dict)
		if !ok {
			l.diags = append(l.diags, diag.Errorf(hostvars.KeyPos(name), "variables of host %s must be an object", value.KeyText(name)))
			continue
		}
		h := l.addHost(value.KeyText(name), 0, nil, hostvars.KeyPos(name))
		h.vars.Update(vars)
	}
}
