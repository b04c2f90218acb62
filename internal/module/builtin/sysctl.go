package builtin

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// sysctlModule keeps a parameter of the kernel in a file, and in the kernel.
func sysctlModule() module.Module {
	return module.Module{
		Name: "sysctl",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "name", Required: true, Aliases: []string{"key"}}, {Name: "value", Aliases: []string{"val"}},
			{Name: "state", Default: "present", Choices: []string{"present", "absent"}},
			{Name: "reload", Type: module.Bool, Default: true}, {Name: "sysctl_set", Type: module.Bool}, {Name: "ignoreerrors", Type: module.Bool},
			{Name: "sysctl_file", Type: module.Path, Default: "/etc/sysctl.conf"},
		}},
		Run: runSysctl,
	}
}

func runSysctl(ctx context.Context, c *module.Call) (*value.Dict, error) {
	name, path, present := c.Args.String("name"), c.Args.String("sysctl_file"), c.Args.String("state") == "present"
	if name == "" {
		return nil, errors.New("name cannot be blank")
	}
	if present && !c.Args.Has("value") {
		return nil, errors.New("state is present but all of the following are missing: value")
	}
	if present && c.Args.String("value") == "" {
		return nil, errors.New("value cannot be blank")
	}
	text, before, err := textAt(c, path)
	if err != nil {
		return nil, err
	}
	wanted := sysctlWords(c.Args.String("value"))
	edited := setParameter(splitLines(text), name, wanted, present)
	if edited != text {
		if _, err := putText(c, path, text, edited, before); err != nil {
			return nil, err
		}
	}
	reload := edited != text
	if present && (c.Args.Bool("sysctl_set") || c.Args.Bool("reload")) {
		differs, err := kernelDiffers(c, name, wanted)
		if err != nil {
			return nil, err
		}
		if differs && c.Args.Bool("sysctl_set") {
			if err := setKernel(ctx, c, name, wanted); err != nil {
				return nil, err
			}
		}
		reload = reload || differs
	}
	if c.Args.Bool("reload") && reload {
		argv := []string{"sysctl", "-p", path}
		if c.Args.Bool("ignoreerrors") {
			argv = []string{"sysctl", "-e", "-p", path}
		}
		change := node.Change{Kind: "kernel parameters", ID: path, Action: "reload"}
		if present {
			change.Makes = map[string]string{"kernel parameter " + name: wanted}
		}
		err = judged(carryOut(ctx, c, change, argv...), c, "Failed to reload sysctl")
	}
	return value.NewDict(), err
}

// judged is how far a failure of sysctl counts.
func judged(err error, c *module.Call, what string) error {
	var failed *node.CommandError
	if !errors.As(err, &failed) {
		return err
	}
	if c.Args.Bool("ignoreerrors") {
		return nil
	}
	return fmt.Errorf("%s: %s%s", what, failed.Output.Stdout, failed.Output.Stderr)
}

// sysctlWords are a value as sysctl prints it.
func sysctlWords(text string) string {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "true", "yes", "on", "t", "y", "1":
		return "1"
	case "false", "no", "off", "f", "n", "0":
		return "0"
	}
	return strings.TrimSpace(text)
}

// setParameter gives the lines with the parameter set, or without it. Of several lines of it the last counts, and one is kept.
func setParameter(doc *document, name, wanted string, present bool) string {
	is := func(line string) bool {
		line = strings.TrimSpace(line)
		key, _, ok := strings.Cut(line, "=")
		return ok && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, ";") && strings.TrimSpace(key) == name
	}
	last, count := "", 0
	for _, l := range doc.lines {
		if is(l) {
			_, last, _ = strings.Cut(l, "=")
			count++
		}
	}
	if present && count > 0 && strings.TrimSpace(last) == wanted {
		return doc.String()
	}
	placed := !present
	doc.lines = slices.DeleteFunc(doc.lines, func(l string) bool {
		if !is(l) {
			return false
		}
		drop := placed
		placed = true
		return drop
	})
	at := slices.IndexFunc(doc.lines, is)
	switch {
	case present && at >= 0:
		doc.lines[at] = name + "=" + wanted
	case present:
		doc.newline = true
		doc.lines = append(doc.lines, name+"="+wanted)
	}
	return doc.String()
}

// equalWords tells whether two values of the kernel are the same but for their spaces.
func equalWords(a, b string) bool { return slices.Equal(strings.Fields(a), strings.Fields(b)) }

// kernelDiffers tells whether the kernel has another value. One that it does not know, and that may be missing, does not differ.
func kernelDiffers(c *module.Call, name, wanted string) (bool, error) {
	if planned, ok := c.System.Foreseen("kernel parameter " + name); ok {
		return !equalWords(planned, wanted), nil
	}
	now, err := c.System.Files().Read("/proc/sys/" + sysctlPath.Replace(name))
	if errors.Is(err, fs.ErrNotExist) {
		return !c.Args.Bool("ignoreerrors"), nil
	}
	return !equalWords(string(now), wanted), err
}

// setKernel sets a parameter in the kernel.
func setKernel(ctx context.Context, c *module.Call, name, wanted string) error {
	argv := []string{"sysctl", "-w", name + "=" + wanted}
	if c.Args.Bool("ignoreerrors") {
		argv = slices.Insert(argv, 1, "-e")
	}
	change := node.Change{Kind: "kernel parameter", ID: name, Action: "update", Attrs: []node.Attr{{Name: "value", After: wanted}}, Makes: map[string]string{"kernel parameter " + name: wanted}}
	return judged(carryOut(ctx, c, change, argv...), c, "setting "+name+" failed")
}

var sysctlPath = strings.NewReplacer(".", "/", "/", ".")
