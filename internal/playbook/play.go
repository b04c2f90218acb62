package playbook

import (
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/value"
)

type playReader struct {
	l    *Loader
	play *Play
	path string
}

var playKeys = map[string]bool{
	"name": true, "hosts": true, "gather_facts": true, "gather_subset": true, "gather_timeout": true, "vars_files": true, "vars_prompt": true,
	"strategy": true, "serial": true, "max_fail_percentage": true, "force_handlers": true, "order": true, "roles": true, "pre_tasks": true,
	"tasks": true, "post_tasks": true, "handlers": true,
}

func (p *playReader) read(d *value.Dict) error {
	var errs diag.List
	play := p.play
	errs.Add(notOfPlays(d))
	k, err := readKeywords(d, playKeys)
	errs.Add(err)
	p.l.collections(d.At("collections"), d.ValuePos("collections"), play.Dir)
	play.Keywords = k
	if v := d.At("name"); v != nil {
		play.Name = value.Str(v)
	}
	play.Hosts = d.At("hosts")
	if play.Hosts == nil {
		errs.Add(diag.Errorf(d.KeyPos("hosts"), "hosts: is empty"))
	}
	play.GatherFacts, play.GatherWhat, play.GatherTime = d.At("gather_facts"), d.At("gather_subset"), d.At("gather_timeout")
	play.VarsFiles = listOf(d.At("vars_files"))
	play.Prompts, err = prompts(d.At("vars_prompt"), d.ValuePos("vars_prompt"))
	errs.Add(err)
	if v := d.At("strategy"); v != nil {
		play.Strategy = value.Str(v)
		switch play.Strategy {
		case "linear", "free", "host_pinned", "ansible.builtin.linear", "ansible.builtin.free", "ansible.builtin.host_pinned":
		default:
			if isTemplate(play.Strategy) {
				break
			}
			errs.Add(diag.Errorf(d.ValuePos("strategy"), "invalid strategy %q: want linear, free or host_pinned", play.Strategy))
		}
	}
	play.Serial, play.MaxFail = d.At("serial"), d.At("max_fail_percentage")
	play.ForceFlush = d.At("force_handlers")
	if v := d.At("order"); v != nil {
		play.Order = value.Str(v)
		if !slices.Contains(orders, play.Order) {
			errs.Add(diag.Errorf(d.ValuePos("order"), "invalid order %q: want one of %s", play.Order, strings.Join(orders, ", ")))
		}
	}
	root := &Block{Keywords: play.Keywords, Pos: play.Pos}
	play.root = root
	errs.Add(p.roles(d, root))
	for _, s := range []struct {
		key string
		to  **Block
	}{{"pre_tasks", &play.PreTasks}, {"tasks", &play.Tasks}, {"post_tasks", &play.PostTasks}} {
		if v := d.At(s.key); v != nil {
			b, err := p.section(v, d.ValuePos(s.key), root)
			errs.Add(err)
			*s.to = b
		}
	}
	if v := d.At("handlers"); v != nil {
		r := &taskReader{l: p.l, file: p.path, play: play, handlers: true}
		nodes, err := r.list(v, d.ValuePos("handlers"), root)
		errs.Add(err)
		play.Handlers = tasksOf(nodes)
	}
	return errs.Err()
}

// orders are those in which hosts can be taken. shuffle is none: a plan and its apply would take them differently.
var orders = []string{"inventory", "reverse_inventory", "sorted", "reverse_sorted"}

func (p *playReader) section(v value.Value, pos diag.Pos, root *Block) (*Block, error) {
	b := &Block{Parent: root, Pos: pos}
	r := &taskReader{l: p.l, file: p.path, play: p.play}
	var err error
	b.Body, err = r.list(v, pos, b)
	return b, err
}

// tasksOf lists the tasks in nodes, those of blocks too.
func tasksOf(nodes []Node) []*Task {
	var tasks []*Task
	for _, n := range nodes {
		switch n := n.(type) {
		case *Task:
			tasks = append(tasks, n)
		case *Block:
			tasks = append(tasks, tasksOf(n.Body)...)
		}
	}
	return tasks
}

func (p *playReader) roles(d *value.Dict, root *Block) error {
	v := d.At("roles")
	if v == nil {
		return nil
	}
	list, ok := v.(*value.List)
	if !ok {
		return diag.Errorf(d.ValuePos("roles"), "roles is a list, and this is %s", describe(v))
	}
	var errs diag.List
	seen := map[string]bool{}
	for i, item := range list.Items {
		use, err := readRoleUse(item, list.Pos(i))
		if err != nil {
			errs.Add(err)
			continue
		}
		known := value.DictOf("playbook_dir", p.play.Dir)
		if p.play.Vars != nil {
			known.Update(p.play.Vars)
		}
		if use.Name, err = p.l.static(use.Name, known, use.Pos); err != nil {
			errs.Add(err)
			continue
		}
		blocks, err := p.l.useRole(use, root, p.play, seen)
		errs.Add(err)
		if n := len(blocks); n > 0 && blocks[n-1].Role != nil {
			p.play.Listed = append(p.play.Listed, blocks[n-1].Role)
		}
		p.play.RoleTasks = append(p.play.RoleTasks, blocks...)
	}
	return errs.Err()
}
