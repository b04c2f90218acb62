package engine

import (
	"fmt"
	"strings"

	"pig/internal/diag"
	"pig/internal/value"
)

// Files of one program are checked together: one may need another, so that in between none would pass. Tasks of copy, template and
// prune with staged: NAME send nothing. What they render is kept here, for the host that they are for, until the task configuration of
// that name sends it as a whole, has it checked, and puts it into place.

// staged is what a task has to say of a set.
type staged struct {
	module string
	args   *value.Dict
	pos    diag.Pos
	source string // the template
}

// sets are those of one host in one play, by the host that they go to and their name.
type sets struct {
	parts   map[string][]staged
	unknown map[string]bool // a part of it is known after apply only
}

func setKey(host, name string) string { return host + "\x00" + name }

// stage keeps a part of a set.
func (c *call) stage(host, module string, args *value.Dict) Result {
	if c.sets.parts == nil {
		c.sets.parts = map[string][]staged{}
	}
	name := value.Str(args.At("staged"))
	args = args.Clone()
	args.Delete("staged")
	key := setKey(host, name)
	c.sets.parts[key] = append(c.sets.parts[key], staged{module, args, c.task.Pos, value.Str(args.At("src"))})
	return ok(value.DictOf("staged", name))
}

// vague notes that a part of a set is not known yet.
func (r *run) vague(name string) {
	if r.sets.unknown == nil {
		r.sets.unknown = map[string]bool{}
	}
	r.sets.unknown[name] = true
}

// unstage gives the arguments of configuration with all parts of its set, and these parts.
func (c *call) unstage(host string, args *value.Dict) (*value.Dict, []staged) {
	name := value.Str(args.At("staged"))
	key := setKey(host, name)
	parts := c.sets.parts[key]
	delete(c.sets.parts, key)
	args = args.Clone()
	files, prunes := value.NewList(), value.NewList()
	for _, p := range parts {
		if p.module == "prune" {
			prunes.Append(p.args)
		} else {
			files.Append(p.args)
		}
	}
	args.Set("files", files)
	args.Set("prune", prunes)
	if c.sets.unknown[name] {
		args.Delete("check")
	}
	return args, parts
}

// explain adds to a refusal of a check where the line comes from: the task that writes the file, and the inventory.
func (c *call) explain(r *Result, parts []staged) {
	invalid, ok := r.Values.At("invalid").(*value.Dict)
	if !r.Failed || !ok {
		return
	}
	path := value.Str(invalid.At("path"))
	for _, p := range parts {
		if p.module != "prune" && value.Str(p.args.At("dest")) == path {
			r.Msg += fmt.Sprintf("\n%s is written at %s", path, p.pos)
			if p.source != "" {
				r.Msg += " from " + p.source
			}
		}
	}
	if text, pos := origin(c.host.inv, value.Str(invalid.At("text"))); text != "" {
		r.Msg += fmt.Sprintf("\nthe inventory has %q at %s", text, pos)
	}
}

// shortest is how long a text of the inventory has to be to tell anything.
const shortest = 4

// origin is the longest text of variables that is a part of a line, and its place.
func origin(v value.Value, line string) (text string, at diag.Pos) {
	look := func(v value.Value, pos diag.Pos) {
		switch v := v.(type) {
		case string:
			for part := range strings.SplitSeq(v, "\n") {
				part = strings.TrimSpace(part)
				if len(part) >= shortest && len(part) > len(text) && pos.Known() && strings.Contains(line, part) {
					text, at = part, pos
				}
			}
		case *value.Dict, *value.List:
			if t, p := origin(v, line); len(t) > len(text) {
				text, at = t, p
			}
		}
	}
	switch v := v.(type) {
	case *value.Dict:
		for k, item := range v.All() {
			look(item, v.ValuePos(k))
		}
	case *value.List:
		for i, item := range v.Items {
			look(item, v.Pos(i))
		}
	}
	return text, at
}
