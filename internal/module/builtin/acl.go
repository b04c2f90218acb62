package builtin

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// acl keeps an entry in the access control list of a file.
func acl() module.Module {
	return module.Module{
		Name: "acl",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "path", Type: module.Path, Required: true, Aliases: []string{"name"}}, {Name: "state", Default: "query", Choices: []string{"absent", "present", "query"}},
			{Name: "entry"}, {Name: "entity", Default: ""}, {Name: "etype", Choices: []string{"group", "mask", "other", "user"}}, {Name: "permissions"},
			{Name: "default", Type: module.Bool}, {Name: "follow", Type: module.Bool, Default: true}, {Name: "recursive", Type: module.Bool},
			{Name: "recalculate_mask", Default: "default", Choices: []string{"default", "mask", "no_mask"}}, {Name: "use_nfsv4_acls", Type: module.Bool, Only: false},
		}},
		Run: runACL,
	}
}

// aclEntry is one entry: whom it is for, and what he may do.
type aclEntry struct{ kind, entity, permissions string }

func runACL(ctx context.Context, c *module.Call) (*value.Dict, error) {
	path, state := c.Args.String("path"), c.Args.String("state")
	e, err := wantedEntry(c)
	if err != nil {
		return nil, err
	}
	i, err := c.System.Files().Stat(path, c.Args.Bool("follow"))
	if err != nil {
		return nil, err
	}
	if !i.Exists() {
		if i.Assumed {
			return nil, fmt.Errorf("the entries of %s: %w", path, node.ErrUnknown)
		}
		return nil, fmt.Errorf("Path not found or not accessible.") //nolint:staticcheck,revive // Ansible's words
	}
	words := aclWords(c, e)
	fact := "acl " + path + " " + words[len(words)-1]
	if state != "query" {
		changes, err := aclChanges(ctx, c, words, path)
		if planned, ok := c.System.Foreseen(fact); ok {
			changes, err = planned != state, nil
		}
		if err != nil {
			return nil, err
		}
		if changes {
			change := node.Change{Kind: "acl", ID: path, Action: map[string]string{"present": "update", "absent": "delete"}[state], Makes: map[string]string{fact: state}}
			change.Attrs = append(change.Attrs, node.Attr{Name: "entry", After: words[len(words)-1]})
			if err := carryOut(ctx, c, change, append(append([]string{"setfacl"}, words...), path)...); err != nil {
				return nil, err
			}
		}
	}
	argv := []string{"getfacl", "--absolute-names", "--omit-header"}
	if !c.Args.Bool("follow") {
		argv = append(argv, "--physical")
	}
	said, err := learned(ctx, c, append(argv, path)...)
	lines := slices.DeleteFunc(strings.Split(said, "\n"), func(s string) bool { return strings.TrimSpace(s) == "" })
	return value.DictOf("acl", value.Strings(lines)), err
}

// wantedEntry reads the entry, from one text or from its parts.
func wantedEntry(c *module.Call) (e aclEntry, err error) {
	state := c.Args.String("state")
	e = aclEntry{c.Args.String("etype"), c.Args.String("entity"), c.Args.String("permissions")}
	if c.Args.Has("entry") {
		if e != (aclEntry{}) {
			return e, fmt.Errorf("'entry' MUST NOT be set when 'entity', 'etype' or 'permissions' are set")
		}
		parts := strings.Split(c.Args.String("entry"), ":")
		if parts[0] == "d" || parts[0] == "default" {
			c.Args.D.Set("default", true)
			parts = parts[1:]
		}
		want := map[bool]int{true: 2, false: 3}[state == "absent"]
		if len(parts) != want && len(parts) != 3 {
			return e, fmt.Errorf("'entry' MUST have %d sections divided by ':' when 'state=%s'", want, state)
		}
		e.kind, e.entity = parts[0], parts[1]
		if len(parts) == 3 && state == "present" {
			e.permissions = parts[2]
		}
		for long, short := range map[string]string{"user": "u", "group": "g", "mask": "m", "other": "o"} {
			if e.kind == short {
				e.kind = long
			}
		}
	}
	switch {
	case state == "present" && (e.kind == "" || e.permissions == ""):
		err = fmt.Errorf("'entry' MUST be set, or 'etype' and 'permissions', when 'state=present'")
	case state == "absent" && e.kind == "":
		err = fmt.Errorf("'entry' MUST be set, or 'etype', when 'state=absent'")
	case state == "absent" && e.permissions != "":
		err = fmt.Errorf("'permissions' MUST NOT be set when 'state=absent'")
	}
	return e, err
}

// aclWords are the arguments of setfacl but for the path; the last one is the entry.
func aclWords(c *module.Call, e aclEntry) (words []string) {
	if c.Args.Bool("recursive") {
		words = append(words, "--recursive")
	}
	switch c.Args.String("recalculate_mask") {
	case "mask":
		words = append(words, "--mask")
	case "no_mask":
		words = append(words, "--no-mask")
	}
	if !c.Args.Bool("follow") {
		words = append(words, "--physical")
	}
	if c.Args.Bool("default") {
		words = append(words, "-d")
	}
	if c.Args.String("state") == "absent" {
		return append(words, "-x", e.kind+":"+e.entity)
	}
	return append(words, "-m", e.kind+":"+e.entity+":"+e.permissions)
}

// aclChanges asks setfacl what it would do: a line of what stays as it is ends with *,*.
func aclChanges(ctx context.Context, c *module.Call, words []string, path string) (bool, error) {
	said, err := learned(ctx, c, append(append([]string{"setfacl", "--test"}, words...), path)...)
	for line := range strings.Lines(said) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasSuffix(line, "*,*") {
			return true, err
		}
	}
	return false, err
}
