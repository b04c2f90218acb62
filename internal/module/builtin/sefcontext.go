package builtin

import (
	"context"
	"fmt"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// sefcontext says which context of SELinux files are to have.
func sefcontext() module.Module {
	return module.Module{
		Name: "sefcontext",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "target", Required: true, Aliases: []string{"path"}}, {Name: "state", Default: "present", Choices: []string{"absent", "present"}},
			{Name: "ftype", Default: "a", Choices: []string{"a", "b", "c", "d", "f", "l", "p", "s"}}, {Name: "setype"}, {Name: "seuser"}, {Name: "selevel", Aliases: []string{"serange"}},
			{Name: "substitute", Aliases: []string{"equal"}}, {Name: "reload", Type: module.Bool, Default: true}, {Name: "ignore_selinux_state", Type: module.Bool},
		}, Exclusive: [][]string{{"setype", "substitute"}, {"substitute", "seuser"}, {"substitute", "selevel"}}},
		Run: runSefcontext,
	}
}

// kindsOfFiles are the words by which semanage lists them.
var kindsOfFiles = map[string]string{
	"a": "all files", "b": "block device", "c": "character device", "d": "directory", "f": "regular file", "l": "symbolic link", "p": "named pipe", "s": "socket",
}

func runSefcontext(ctx context.Context, c *module.Call) (*value.Dict, error) {
	target, present := c.Args.String("target"), c.Args.String("state") == "present"
	if present && !c.Args.Has("setype") && !c.Args.Has("substitute") {
		return nil, fmt.Errorf("state is present but any of the following are missing: setype, substitute")
	}
	if err := selinuxOn(ctx, c); err != nil {
		return nil, err
	}
	result := value.DictOf("target", target, "state", c.Args.String("state"), "setype", c.Args.Get("setype"), "ftype", c.Args.String("ftype"))
	kind := kindsOfFiles[c.Args.String("ftype")]
	if c.Args.Has("substitute") {
		kind = "substitute"
	}
	have, err := contextOf(ctx, c, target, kind)
	if err != nil {
		return result, err
	}
	wanted := wantedContext(c, have)
	if present && have == wanted || !present && have == "" {
		return result, nil
	}
	argv := []string{"semanage", "fcontext"}
	change := node.Change{Kind: "selinux context", ID: target + " (" + kind + ")", Makes: map[string]string{"selinux context " + target + " " + kind: wanted}}
	switch {
	case !present:
		change.Action, change.Makes = "delete", map[string]string{"selinux context " + target + " " + kind: ""}
		argv = append(argv, "-d")
	case have == "":
		change.Action = "create"
		argv = append(argv, "-a")
	default:
		change.Action = "update"
		argv = append(argv, "-m")
	}
	if !c.Args.Bool("reload") {
		argv = append(argv, "-N")
	}
	switch {
	case kind == "substitute" && present:
		argv = append(argv, "-e", c.Args.String("substitute"))
	case kind == "substitute":
		argv = append(argv, "-e", have)
	default:
		argv = append(argv, "-f", c.Args.String("ftype"))
		if present {
			user, typ, level := splitContext(wanted)
			argv = append(argv, "-t", typ, "-s", user, "-r", level)
		}
	}
	return result, carryOut(ctx, c, change, append(argv, target)...)
}

// wantedContext is what a target is to have; what no argument says stays, or is the default.
func wantedContext(c *module.Call, have string) string {
	if c.Args.Has("substitute") {
		return c.Args.String("substitute")
	}
	user, _, level := splitContext(have)
	if user == "" {
		user = "system_u"
	}
	if level == "" {
		level = "s0"
	}
	if v := c.Args.String("seuser"); v != "" {
		user = v
	}
	if v := c.Args.String("selevel"); v != "" {
		level = v
	}
	return user + ":object_r:" + c.Args.String("setype") + ":" + level
}

func splitContext(s string) (user, typ, level string) {
	f := strings.SplitN(s, ":", 4)
	if len(f) < 3 {
		return "", "", ""
	}
	if len(f) > 3 {
		level = f[3]
	}
	return f[0], f[2], level
}

// contextOf is the context that files of a kind have by the policy, "" if nothing says so.
func contextOf(ctx context.Context, c *module.Call, target, kind string) (string, error) {
	if planned, ok := c.System.Foreseen("selinux context " + target + " " + kind); ok {
		return planned, nil
	}
	said, err := learned(ctx, c, "semanage", "fcontext", "-l", "-n")
	for line := range strings.Lines(said) {
		line = strings.TrimSpace(line)
		if from, to, ok := strings.Cut(line, " = "); ok && kind == "substitute" && strings.TrimSpace(from) == target {
			return strings.TrimSpace(to), err
		}
		rest, ok := strings.CutPrefix(line, target+" ")
		if rest = strings.TrimSpace(rest); !ok || !strings.HasPrefix(rest, kind+" ") {
			continue
		}
		if context := strings.TrimSpace(strings.TrimPrefix(rest, kind)); strings.Contains(context, ":") {
			return context, err
		}
	}
	return "", err
}
