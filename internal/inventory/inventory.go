// Package inventory reads Ansible's inventories: which hosts there are, in which groups, with which variables.
//
// It knows YAML and INI files, directories of them, executable scripts, lists of hosts, and the group_vars and host_vars
// directories beside them, and it merges variables by Ansible's precedence. Values are as they were written: strings are
// templates that nobody has rendered yet.
package inventory

import (
	"slices"
	"sync"
	"time"

	"pig/internal/diag"
	"pig/internal/value"
	"pig/internal/yaml"
)

// Options say how sources are read.
type Options struct {
	// Vault decrypts !vault values. Without it they are errors.
	Vault func(ciphertext string) (string, error)
	// Closed lets encrypted values be without Vault: whoever uses one gets the error.
	Closed bool
	// Strict makes a duplicate key an error.
	Strict bool
	// PlaybookDir is the directory whose group_vars and host_vars count too; "" for none.
	PlaybookDir string
	// Tables reads a source that is no file but the tables of a database; nil for a name of something else.
	Tables func(name string) (*Tables, error)
	// Render evaluates a template, and Test a condition, with variables: for inventories that are constructed. nil: there are none.
	Render func(text string, vars *value.Dict) (value.Value, error)
	Test   func(condition string, vars *value.Dict) (bool, error)
	// Merge merges mappings of several places that set a variable: hash_behaviour = merge.
	Merge bool
	// NoScripts refuses inventory scripts: nothing is run.
	NoScripts bool
	// ScriptTimeout bounds a run of an inventory script; 0 is a minute.
	ScriptTimeout time.Duration
}

// Tables is an inventory as a YAML file has it, which was read from a database: its places are rows.
type Tables struct {
	Root     value.Value
	Warnings diag.List
	File     string // what stands for the file: files of the environment are beside
}

// Inventory is what all sources together declare. It is safe for concurrent use; AddHost and AddGroup work on a Clone.
type Inventory struct {
	mu          sync.RWMutex
	hosts       map[string]*Host
	order       []*Host // by first appearance
	groups      map[string]*Group
	inOrder     []*Group
	local       *Host // the implicit localhost, once somebody asked for it
	dirs        varsDirs
	mergeHashes bool // mappings of several places are one
	merged      map[*Host]*value.Dict
}

// Host is a managed node.
type Host struct {
	Name string
	Pos  diag.Pos // where it appears first
	// Implicit tells that no source declares it: localhost, made because a pattern or delegation names it. It is in no
	// group, and not in all either.
	Implicit bool
	// File is the source that declares it, or "": Ansible's inventory_file.
	File string
	// Aliases are names that ByAddress took from it.
	Aliases []string

	vars   *value.Dict
	groups []*Group // those that name it
}

// Group is a set of hosts and of other groups.
type Group struct {
	Name string
	Pos  diag.Pos

	vars     *value.Dict
	hosts    []*Host
	children []*Group
	parents  []*Group
	depth    int // the longest way down from all
	priority int // ansible_group_priority
}

// The two groups that always exist.
const (
	allGroup  = "all"
	ungrouped = "ungrouped"
)

func newInventory() *Inventory {
	inv := &Inventory{hosts: map[string]*Host{}, groups: map[string]*Group{}, merged: map[*Host]*value.Dict{}}
	all := inv.group(allGroup, diag.Pos{})
	_ = all.adopt(inv.group(ungrouped, diag.Pos{}))
	return inv
}

// Load reads sources in order; what comes later overrides. A source is a file, a directory or a list of hosts with a comma
// in it. The list holds warnings; the error is a diag.List of all mistakes, and the inventory is then what could be read.
func Load(sources []string, opts Options) (*Inventory, diag.List, error) {
	l := &loader{inv: newInventory(), opts: opts}
	for _, s := range sources {
		l.source(s)
	}
	return l.finish(sources)
}

// LoadText is Load of one text that is in no file: a YAML inventory, or what a script prints for --list. Name stands for
// its file in messages.
func LoadText(name string, text []byte, opts Options) (*Inventory, diag.List, error) {
	l := &loader{inv: newInventory(), opts: opts}
	if v, err := yaml.ParseJSON(text, name); err == nil && isListOutput(v) {
		l.scriptRoot(v.(*value.Dict), nil)
	} else {
		l.yamlFile(name, text)
	}
	return l.finish(nil)
}

// isListOutput tells what a script prints from a YAML inventory that is written as JSON.
func isListOutput(v value.Value) bool {
	d, ok := v.(*value.Dict)
	return ok && d.Has("_meta")
}

// finish puts groups and hosts in order, reads group_vars and host_vars, and sorts out what was wrong.
func (l *loader) finish(sources []string) (*Inventory, diag.List, error) {
	inv := l.inv
	inv.mergeHashes = l.opts.Merge
	inv.reconcile(&l.diags)
	inv.dirs = l.varsDirs(sources)
	l.readVars()
	if l.constructed() {
		inv.reconcile(&l.diags)
		l.readVars()
	}
	var warnings, errs diag.List
	for _, d := range l.diags {
		if d.Severity == diag.Warning {
			warnings = append(warnings, d)
		} else {
			errs = append(errs, d)
		}
	}
	return inv, warnings, errs.Err()
}

// Host finds a host by name; localhost exists even if no source names it. nil if there is none.
func (inv *Inventory) Host(name string) *Host {
	inv.mu.RLock()
	h := inv.hosts[name]
	inv.mu.RUnlock()
	if h == nil && isLocalhost(name) {
		return inv.implicitLocalhost(name)
	}
	return h
}

// Hosts are all declared hosts by first appearance.
func (inv *Inventory) Hosts() []*Host {
	inv.mu.RLock()
	defer inv.mu.RUnlock()
	return slices.Clone(inv.order)
}

// Group finds a group by name, or gives nil.
func (inv *Inventory) Group(name string) *Group {
	inv.mu.RLock()
	defer inv.mu.RUnlock()
	return inv.groups[name]
}

// Groups are all groups by first appearance: all and ungrouped, then the declared ones.
func (inv *Inventory) Groups() []*Group {
	inv.mu.RLock()
	defer inv.mu.RUnlock()
	return slices.Clone(inv.inOrder)
}

// GroupNames are the sorted names of all groups that h is in, directly or not, without all: Ansible's group_names.
func (inv *Inventory) GroupNames(h *Host) []string {
	inv.mu.RLock()
	defer inv.mu.RUnlock()
	names := []string{}
	for _, g := range h.allGroups() {
		if g.Name != allGroup {
			names = append(names, g.Name)
		}
	}
	slices.Sort(names)
	return names
}

// HostsOf are the hosts of a group and its children, the group's own first: what Ansible's groups[name] lists.
func (inv *Inventory) HostsOf(g *Group) []*Host {
	inv.mu.RLock()
	defer inv.mu.RUnlock()
	return g.allHosts()
}

// Own are the variables that the sources set on h itself, with inline and INI ones merged. Read only.
func (h *Host) Own() *value.Dict { return h.vars }

// Own are the variables that the sources set on g itself. Read only.
func (g *Group) Own() *value.Dict { return g.vars }

// Hosts are the hosts that g itself names.
func (g *Group) Hosts() []*Host { return slices.Clone(g.hosts) }

// Children are the groups that g itself names.
func (g *Group) Children() []*Group { return slices.Clone(g.children) }

func isLocalhost(name string) bool {
	return name == "localhost" || name == "127.0.0.1" || name == "::1"
}

// implicitLocalhost makes the host that Ansible makes of a localhost that nobody declared: connected to locally.
func (inv *Inventory) implicitLocalhost(name string) *Host {
	inv.mu.Lock()
	defer inv.mu.Unlock()
	if inv.local == nil {
		inv.local = &Host{Name: name, Implicit: true, vars: value.DictOf("ansible_connection", "local")}
	}
	return inv.local
}
