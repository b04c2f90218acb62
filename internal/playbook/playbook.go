// Package playbook reads Ansible's playbooks and roles into a tree of plays, blocks and tasks that know their positions.
//
// Reading is static: imports are followed, includes are left for the engine. Nothing is templated here but the file names
// of imports, which Ansible templates too.
package playbook

import (
	"cmp"
	"slices"

	"pig/internal/diag"
	"pig/internal/value"
)

// Play is one play of a playbook.
type Play struct {
	Keywords
	Pos         diag.Pos
	Name        string
	Hosts       value.Value // a pattern or a list of patterns, perhaps a template
	GatherFacts value.Value // nil: as configured
	GatherWhat  value.Value // gather_subset
	GatherTime  value.Value // gather_timeout
	VarsFiles   []value.Value
	Prompts     []Prompt // vars_prompt
	Strategy    string
	Serial      value.Value
	MaxFail     value.Value // max_fail_percentage
	ForceFlush  value.Value // force_handlers
	Order       string
	Roles       []*Role
	Listed      []*Role // by roles: of the play itself
	PreTasks    *Block
	RoleTasks   []*Block // one for each role, dependencies first
	Tasks       *Block
	PostTasks   *Block
	Handlers    []*Task         // of the play itself; roles have their own
	Dir         string          // of the playbook file
	root        *Block          // around all its sections
	used        map[string]bool // roles that are used, by name and parameters
}

// Node is a task or a block.
type Node interface {
	keywords() *Keywords
}

// Block is a list of nodes that share keywords. Imports, roles and the sections of a play are blocks too.
type Block struct {
	Keywords
	Pos    diag.Pos
	Name   string
	Parent *Block
	Role   *Role // the role that it belongs to
	// Params are variables given where the block is used: of a role, or vars: of an include. They go before set_fact.
	Params *value.Dict
	// Given are finished variables of a looping include: its item.
	Given *value.Dict
	Heard bool // a node had a say in Given
	// Notify are handlers of every task in it, besides those of the task itself.
	Notify []value.Value
	Body   []Node
	Rescue []Node
	Always []Node
}

// Task is one action.
type Task struct {
	Keywords
	Pos         diag.Pos
	Name        string
	Parent      *Block
	Role        *Role
	Action      string      // as the field knows it, without the ansible.builtin. prefix
	Called      string      // the action as it is written
	Missing     error       // why the action cannot be done: nobody knows it
	OnDisk      bool        // what is missing lies on disk, as an action plugin
	Script      string      // the file of a module that pig lacks and that lies on disk
	Args        *value.Dict // raw
	ArgsText    value.Value // args given as one template: a mapping only after it is rendered
	Free        string      // free-form text, when the action takes it
	Loop        *Loop
	Register    string
	ChangedWhen value.Value
	FailedWhen  value.Value
	Until       value.Value
	Retries     value.Value
	Delay       value.Value
	Notify      []value.Value
	Listen      []string
	Async       value.Value
	Poll        value.Value
	File        string // the file that it was read from
	Handler     bool
}

// Loop is how a task repeats itself.
type Loop struct {
	With  string // the lookup of a with_ loop, "" for loop:
	Items value.Value
	Pos   diag.Pos
	// Of loop_control; LoopVar is "item" by default.
	LoopVar  string
	IndexVar string
	Label    value.Value
	Pause    value.Value
	Extended bool
	AllItems bool        // extended_allitems: ansible_loop holds the whole list
	BreakIf  value.Value // break_when
}

// Keywords are what plays, roles, blocks and tasks have in common. A nil field says nothing; the innermost one that says
// something counts, but tags, conditions, variables and environments add up.
type Keywords struct {
	Tags              []string
	When              []Expr
	Vars              *value.Dict
	Environment       []value.Value
	Become            value.Value
	BecomeUser        value.Value
	BecomeMethod      value.Value
	BecomeExe         value.Value
	BecomeFlags       value.Value
	Connection        value.Value
	RemoteUser        value.Value
	Port              value.Value
	DelegateTo        value.Value
	DelegateFacts     value.Value
	RunOnce           value.Value
	IgnoreErrors      value.Value
	IgnoreUnreachable value.Value
	AnyErrorsFatal    value.Value
	NoLog             value.Value
	CheckMode         value.Value
	Diff              value.Value
	Throttle          value.Value
	Timeout           value.Value
	ModuleDefaults    []*value.Dict
	Debugger          value.Value
	Collections       value.Value // only to tell that they bring nothing
}

func (k *Keywords) keywords() *Keywords { return k }

// Expr is a value of a condition and where it stands.
type Expr struct {
	Value value.Value
	Pos   diag.Pos
}

// Role is a role as one play uses it.
type Role struct {
	Name      string
	Dir       string
	Defaults  *value.Dict
	Vars      *value.Dict
	Params    *value.Dict // given where the role is used
	Handlers  []*Task
	Depends   []*Role
	Duplicate bool // allow_duplicates
	// Collections are those of its meta: short names of its tasks are looked for there.
	Collections []string
	Pos         diag.Pos
}

// Chain lists the blocks around a task, innermost first.
func (t *Task) Chain() []*Block {
	var chain []*Block
	for b := t.Parent; b != nil; b = b.Parent {
		chain = append(chain, b)
	}
	return chain
}

// AllTags are the task's own tags and those of everything around it, each once.
func (t *Task) AllTags() []string {
	var tags []string
	add := func(more []string) {
		for _, tag := range more {
			if !slices.Contains(tags, tag) {
				tags = append(tags, tag)
			}
		}
	}
	add(t.Tags)
	for b := t.Parent; b != nil; b = b.Parent {
		add(b.Tags)
	}
	return tags
}

// Title is what people know the task by: its name, with its role's before it.
func (t *Task) Title() string {
	name := t.Name
	if name == "" {
		name = cmp.Or(t.Called, t.Action)
	}
	if t.Role != nil {
		return t.Role.Name + " : " + name
	}
	return name
}

// Static lists the tasks of a play that are there before anything runs: in their order, without handlers and what includes bring.
func (p *Play) Static() []*Task {
	var all []*Task
	for _, b := range append(append([]*Block{p.PreTasks}, p.RoleTasks...), p.Tasks, p.PostTasks) {
		if b != nil {
			all = append(all, allTasks(b)...)
		}
	}
	return all
}

func allTasks(b *Block) (all []*Task) {
	for _, nodes := range [][]Node{b.Body, b.Rescue, b.Always} {
		for _, n := range nodes {
			switch n := n.(type) {
			case *Block:
				all = append(all, allTasks(n)...)
			case *Task:
				all = append(all, n)
			}
		}
	}
	return all
}
