package playbook

import (
	"bytes"
	"slices"
	"strings"

	"pig/internal/value"
)

// Written lists the tasks that a play has before it runs, handlers left out: what its includes bring is not among them.
func Written(p *Play) []*Task {
	var tasks []*Task
	for _, b := range append(append([]*Block{p.PreTasks}, p.RoleTasks...), p.Tasks, p.PostTasks) {
		tasks = append(tasks, written(b)...)
	}
	return tasks
}

func written(b *Block) (tasks []*Task) {
	if b == nil {
		return nil
	}
	for _, n := range slices.Concat(b.Body, b.Rescue, b.Always) {
		switch n := n.(type) {
		case *Block:
			tasks = append(tasks, written(n)...)
		case *Task:
			tasks = append(tasks, n)
		}
	}
	return tasks
}

// Reach lists the tasks that a play may come to, handlers left out: those in the play, and those that its includes bring. It is
// not whole where the name of an include is a template, or has a loop that makes one: what that brings shows only when it runs.
// The play is not to be run afterwards, since its includes have left roles in it.
func (l *Loader) Reach(p *Play) (tasks []*Task, whole bool, err error) {
	r := &reacher{l: l, play: p, whole: true, seen: map[string]bool{}}
	for _, b := range append(append([]*Block{p.PreTasks}, p.RoleTasks...), p.Tasks, p.PostTasks) {
		if err := r.block(b); err != nil {
			return nil, false, err
		}
	}
	return r.tasks, r.whole, nil
}

type reacher struct {
	l     *Loader
	play  *Play
	tasks []*Task
	whole bool
	seen  map[string]bool // includes, by place and tags: they may include themselves
}

func (r *reacher) block(b *Block) error {
	if b == nil {
		return nil
	}
	for _, nodes := range [][]Node{b.Body, b.Rescue, b.Always} {
		for _, n := range nodes {
			var err error
			switch n := n.(type) {
			case *Block:
				err = r.block(n)
			case *Task:
				r.tasks = append(r.tasks, n)
				err = r.include(n)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *reacher) include(t *Task) error {
	if t.Action != "include_tasks" && t.Action != "include_role" {
		return nil
	}
	if bytes.Contains(value.PlainJSON(t.Args), []byte("{{")) {
		r.whole = false
		return nil
	}
	key := t.Pos.String() + " " + strings.Join(t.AllTags(), " ")
	if r.seen[key] {
		return nil
	}
	r.seen[key] = true
	blocks, err := r.l.Include(t, t.Args, nil, false, r.play)
	if err != nil {
		return err
	}
	for _, b := range blocks {
		if err := r.block(b); err != nil {
			return err
		}
	}
	return nil
}
