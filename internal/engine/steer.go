package engine

import (
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/fleet"
	"pig/internal/inventory"
	"pig/internal/playbook"
	"pig/internal/value"
)

// What a node said is data: here is where it must not choose. docs/engine.md lists the rules.

// said are the arguments of a call that a node had a say in, and whether it had one in their names.
type said struct {
	args  map[string]bool
	names bool
}

func (s said) any() bool { return s.names || len(s.args) > 0 }

// delegate checks the host that delegate_to names. One that a node chose has to be a host of the inventory beside the task's
// own, and never this machine.
func (c *call) delegate(name string) error {
	refuse := func(rule string) error {
		return diag.Errorf(c.task.Pos, "invalid delegate_to %q: the name comes from a host, and %s", name, rule).
			WithHint("write the name of the host in the playbook, or choose it from groups or hostvars by a condition")
	}
	h := c.e.Inventory.Host(name)
	switch {
	case name == c.Name:
		return nil
	case h == nil || h.Implicit:
		return refuse("is not in the inventory")
	case !slices.Contains(c.playRun.all, name) && !c.shareGroup(h):
		return refuse("is neither a host of this play nor in a group with " + c.Name)
	}
	return nil
}

// shareGroup tells whether h is in a group, other than all, with the host of the call.
func (c *call) shareGroup(h *inventory.Host) bool {
	own := c.e.Inventory.GroupNames(c.host.Host)
	return slices.ContainsFunc(c.e.Inventory.GroupNames(h), func(g string) bool {
		return g != "all" && g != "ungrouped" && slices.Contains(own, g)
	})
}

// notHere refuses a connection to this machine that a node chose.
func (c *call) notHere(h fleet.Host) error {
	if h.Local {
		return diag.Errorf(c.task.Pos, "invalid connection of %q: what a host sent cannot choose this machine", h.Name)
	}
	return nil
}

// Permit implements jinja.Guard: a file that a node chose by what it said lies with the role or the playbook, and not only its
// owner can read it. name is as it was given, file is where it was found.
func (l *lookupFiles) Permit(name, file string) error {
	refuse := func(rule string) error {
		return fmt.Errorf("invalid file name %q: the name comes from a host, and %s", name, rule)
	}
	if slices.Contains(strings.Split(filepath.ToSlash(name), "/"), "..") {
		return refuse("must not contain ..")
	}
	if strings.HasPrefix(file, playbook.Embedded) {
		return nil
	}
	dirs := []string{l.pr.play.Dir}
	if l.t != nil && l.t.Role != nil {
		dirs = append(dirs, l.t.Role.Dir)
	}
	if !slices.ContainsFunc(dirs, func(d string) bool { return below(d, file) }) {
		return refuse("must lie in the directory of the role or the playbook")
	}
	if l.hides(file) {
		return refuse("not everybody on the controller can read the file")
	}
	return nil
}

// hides tells whether a file, or one in a directory, is not for everybody on this machine.
func (l *lookupFiles) hides(file string) bool {
	files := l.pr.e.Files
	if files.IsDir(file) {
		inside, err := files.Walk(file)
		return err != nil || slices.ContainsFunc(inside, func(f string) bool { return l.hides(playbook.Join(file, f)) })
	}
	info, err := files.Stat(file)
	return err == nil && ownersOnly(info)
}

func ownersOnly(info fs.FileInfo) bool {
	return info.Mode().IsRegular() && info.Mode().Perm()&0o004 == 0
}

func below(dir, file string) bool {
	rel, err := filepath.Rel(absolute(dir), absolute(file))
	return err == nil && rel != ".." && !strings.HasPrefix(rel, "../")
}

// chosen checks the file of an argument that was found for name.
func (c *call) chosen(arg, name, file string) error {
	if !c.said.names && !c.said.args[arg] {
		return nil
	}
	if err := (&lookupFiles{pr: c.playRun, t: c.task}).Permit(name, file); err != nil {
		return diag.At(c.task.Pos, err)
	}
	return nil
}

// mayInclude checks what an include names: a node may choose between files of tasks that lie with the playbook or the role, not
// more.
func (r *run) mayInclude(t *playbook.Task, args *value.Dict, heard said) error {
	if args == nil || !heard.any() {
		return nil
	}
	for k, v := range args.All() {
		arg, name := value.KeyText(k), value.Str(v)
		if !heard.names && !heard.args[arg] {
			continue
		}
		refuse := func(rule string) error {
			return diag.Errorf(t.Pos, "invalid %s %q of %s: the value comes from a host, and %s", arg, name, t.Action, rule)
		}
		switch {
		case arg == "apply":
			return refuse("keywords cannot")
		case t.Action == "include_role" && (strings.ContainsAny(name, "/\\") || name == ".." || name == "."):
			return refuse("must be the name of a role")
		case t.Action == "include_tasks":
			file := name
			if !filepath.IsAbs(name) && !strings.HasPrefix(name, playbook.Embedded) {
				file = playbook.Join(r.playRun.play.Dir, name)
			}
			if err := (&lookupFiles{pr: r.playRun, t: t}).Permit(name, file); err != nil {
				return diag.At(t.Pos, err)
			}
		}
	}
	return nil
}

// fetchInto checks where a file of the node is written to here: a node may have a say in the end of the path, such as its
// hostname, not in its beginning.
func (c *call) fetchInto(dest string) error {
	if !c.said.names && !c.said.args["dest"] {
		return nil
	}
	refuse := func(rule string) error {
		return diag.Errorf(c.args.ValuePos("dest"), "invalid dest %q: the path comes from a host, and %s", dest, rule).
			WithHint("begin dest with a directory that the playbook names")
	}
	if slices.Contains(strings.Split(dest, "/"), "..") {
		return refuse("must not contain ..")
	}
	raw, ok := c.task.Args.At("dest").(string)
	end := strings.Index(raw, "}}")
	switch {
	case !ok || strings.HasPrefix(raw, "{%"):
		return refuse("the beginning must not come from a host")
	case strings.HasPrefix(raw, "{{") && end > 0:
		var first value.Value
		if c.scope.Heard(func() { first, _ = c.scope.Value(raw[:end+2], c.task.Pos) }) || value.Str(first) == "" {
			return refuse("the beginning must not come from a host")
		}
	}
	return nil
}

// inside is path p of a node below dir: .. in it leads nowhere else.
func inside(dir, p string) string { return filepath.Join(dir, path.Join("/", p)) }
