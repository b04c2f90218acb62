package engine

import (
	"maps"
	"slices"
	"sync"

	"pig/internal/diag"
	"pig/internal/jinja"
	"pig/internal/secret"
	"pig/internal/value"
)

// mayAdd checks what add_host is to add where a node had a say in it: no host that the inventory does not have, no group that it
// declares, no variable that chooses a connection. Values are never templates: they are rendered already.
func (c *call) mayAdd(name string, groups []string, vars *value.Dict) (*value.Dict, error) {
	heard := func(args ...string) bool {
		return c.said.names || slices.ContainsFunc(args, func(a string) bool { return c.said.args[a] })
	}
	if h := c.e.Inventory.Host(name); heard("name", "hostname", "host") && (h == nil || h.Implicit) {
		return nil, diag.Errorf(c.task.Pos, "invalid name %q of add_host: the name comes from a host, and is not in the inventory", name).
			WithHint("write the name in the playbook, or read the list of hosts on the controller: delegate_to: localhost")
	}
	if heard("groups", "group", "groupname") {
		if err := c.mayJoin(name, groups); err != nil {
			return nil, err
		}
	}
	finished := value.NewDict()
	for k, v := range vars.All() {
		key := value.KeyText(k)
		if heard(key) && steers(key) {
			return nil, diag.Errorf(c.task.Pos, "invalid variable %q of add_host: the value comes from a host, and cannot choose a connection", key)
		}
		if hidesTemplate(v) {
			return nil, diag.Errorf(c.task.Pos, "invalid variable %q of add_host: a secret must not contain a template", key)
		}
		finished.SetAt(k, untemplated(v), vars.KeyPos(k), vars.ValuePos(k))
	}
	return finished, nil
}

// mayJoin refuses groups that a node chose for a host, if the inventory declares them and the host is not in them: their
// variables and plays are for others.
func (c *call) mayJoin(name string, groups []string) error {
	h := c.e.Inventory.Host(name)
	for _, g := range groups {
		declared := c.e.Inventory.Group(g)
		if declared == nil || !declared.Pos.Known() || h != nil && slices.Contains(c.e.Inventory.GroupNames(h), g) {
			continue
		}
		return diag.Errorf(c.task.Pos, "invalid group %q: the name comes from a host, and the inventory declares that group for others", g).
			WithHint("put a prefix before the name: key: os_{{ ansible_distribution }}")
	}
	return nil
}

// hidesTemplate tells whether a secret in v reads as a template: unlike a plain text, it cannot be marked as none.
func hidesTemplate(v value.Value) bool {
	switch v := v.(type) {
	case secret.Text:
		return jinja.IsTemplate(v.Plain())
	case *value.List:
		return slices.ContainsFunc(v.Items, hidesTemplate)
	case value.Tuple:
		return slices.ContainsFunc(v, hidesTemplate)
	case *value.Dict:
		for _, item := range v.All() {
			if hidesTemplate(item) {
				return true
			}
		}
	}
	return false
}

// untemplated marks the texts in v as no templates.
func untemplated(v value.Value) value.Value {
	switch v := v.(type) {
	case string:
		return value.Unsafe(v)
	case *value.List:
		l := value.NewList()
		for _, item := range v.Items {
			l.Append(untemplated(item))
		}
		return l
	case value.Tuple:
		t := make(value.Tuple, len(v))
		for i, item := range v {
			t[i] = untemplated(item)
		}
		return t
	case *value.Dict:
		d := value.NewDict()
		for k, item := range v.All() {
			d.SetAt(k, untemplated(item), v.KeyPos(k), v.ValuePos(k))
		}
		return d
	}
	return v
}

// joins is what add_host and group_by added to the inventory by a node's word.
type joins struct {
	mu     sync.RWMutex
	heard  map[string]map[string]bool // host -> its variables
	groups bool
}

// note remembers what a node had a say in: variables of a host, and by the arguments that name them, groups and hosts.
func (j *joins) note(host string, vars *value.Dict, by said, groupArgs ...string) {
	if !by.any() {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.groups = j.groups || by.names || slices.ContainsFunc(groupArgs, func(a string) bool { return by.args[a] })
	if vars == nil {
		return
	}
	if j.heard == nil {
		j.heard = map[string]map[string]bool{}
	}
	if j.heard[host] == nil {
		j.heard[host] = map[string]bool{}
	}
	for k := range vars.All() {
		if name := value.KeyText(k); by.names || by.args[name] {
			j.heard[host][name] = true
		}
	}
}

// vars tells which variables of a host of the inventory a node had a say in; nil if in none.
func (j *joins) vars(host string) func(string) bool {
	j.mu.RLock()
	defer j.mu.RUnlock()
	heard := maps.Clone(j.heard[host])
	if len(heard) == 0 {
		return nil
	}
	return func(name string) bool { return heard[name] }
}

// joined tells whether a node had a say in who is in which group.
func (j *joins) joined() bool {
	j.mu.RLock()
	defer j.mu.RUnlock()
	return j.groups
}
