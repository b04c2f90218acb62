package builtin

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// modprobe loads a module of the kernel or unloads it, now and at each start of the machine.
func modprobe() module.Module {
	return module.Module{
		Name: "modprobe",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "name", Required: true}, {Name: "state", Default: "present", Choices: []string{"absent", "present"}}, {Name: "params", Default: ""},
			{Name: "persistent", Default: "disabled", Choices: []string{"disabled", "present", "absent"}},
		}},
		Run: runModprobe,
	}
}

func runModprobe(ctx context.Context, c *module.Call) (*value.Dict, error) {
	name, params := c.Args.String("name"), c.Args.String("params")
	loaded, err := moduleLoaded(c, name)
	if err != nil {
		return nil, err
	}
	fact := "kernel module " + name
	switch present := c.Args.String("state") == "present"; {
	case present && !loaded:
		change := node.Change{Kind: "kernel module", ID: name, Action: "load", Makes: map[string]string{fact: "loaded"}}
		err = carryOut(ctx, c, change, append([]string{"modprobe", name}, strings.Fields(params)...)...)
	case !present && loaded:
		change := node.Change{Kind: "kernel module", ID: name, Action: "unload", Makes: map[string]string{fact: "unloaded"}}
		err = carryOut(ctx, c, change, "modprobe", "-r", name)
	}
	if err != nil {
		return nil, err
	}
	if persistent := c.Args.String("persistent"); persistent != "disabled" {
		err = keepModule(c, name, params, persistent == "present")
	}
	return value.DictOf("name", name, "params", params, "state", c.Args.String("state")), err
}

// moduleLoaded tells whether a module is loaded, or part of the kernel that runs.
func moduleLoaded(c *module.Call, name string) (bool, error) {
	if planned, ok := c.System.Foreseen("kernel module " + name); ok {
		return planned == "loaded", nil
	}
	flat := strings.ReplaceAll(name, "-", "_")
	if i, err := c.System.Files().Stat("/sys/module/"+flat, true); err != nil || i.Exists() {
		return i.Exists(), err
	}
	release := strings.TrimSpace(textOf(c, "/proc/sys/kernel/osrelease"))
	for line := range strings.Lines(textOf(c, "/lib/modules/"+release+"/modules.builtin")) {
		base := strings.TrimSuffix(filepath.Base(strings.TrimSpace(line)), ".ko")
		if strings.ReplaceAll(base, "-", "_") == flat {
			return true, nil
		}
	}
	return false, nil
}

// keepModule has a module loaded at each start with its parameters, or takes it out of all files that say so.
func keepModule(c *module.Call, name, params string, present bool) error {
	options := "options " + name + " "
	loads := func(line string) bool { return strings.TrimSpace(line) == name }
	tunes := func(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), options) }
	places := []struct {
		dir, line string
		is        func(string) bool
	}{{"/etc/modules-load.d", name, loads}, {"/etc/modprobe.d", options + params, tunes}}
	for i, p := range places {
		wanted := present && (i == 0 || params != "")
		there, err := settleLine(c, p.dir, p.is, p.line, wanted)
		if err != nil {
			return err
		}
		if !wanted || there {
			continue
		}
		if err := mkdirAll(c, p.dir, node.Attrs{}); err != nil {
			return err
		}
		if err := c.System.Files().Write(filepath.Join(p.dir, name+".conf"), []byte(p.line+"\n"), node.Attrs{}); err != nil {
			return fmt.Errorf("cannot make module %s persistent: %w", name, err)
		}
	}
	return nil
}

// settleLine tells whether one of the files of a directory has the line that is wanted; all others that is takes for its like become comments.
func settleLine(c *module.Call, dir string, is func(string) bool, line string, wanted bool) (there bool, err error) {
	paths, err := module.Glob(c.System.Files(), dir+"/*.conf")
	if err != nil {
		return false, err
	}
	for _, path := range paths {
		text, before, err := textAt(c, path)
		if err != nil {
			return false, err
		}
		doc := splitLines(text)
		for i, l := range doc.lines {
			switch {
			case !is(l):
			case wanted && strings.TrimSpace(l) == strings.TrimSpace(line):
				there = true
			default:
				doc.lines[i] = "#" + l
			}
		}
		if _, err := putText(c, path, text, doc.String(), before); err != nil {
			return false, err
		}
	}
	return there, nil
}
