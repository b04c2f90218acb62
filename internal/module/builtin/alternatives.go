package builtin

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// alternatives chooses which of several programs a common name means.
func alternatives() module.Module {
	return module.Module{
		Name: "alternatives",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "name", Required: true}, {Name: "path", Type: module.Path, Required: true}, {Name: "link", Type: module.Path}, {Name: "priority", Type: module.Int},
			{Name: "state", Default: "selected", Choices: []string{"present", "selected", "auto", "absent"}},
			{Name: "subcommands", Type: module.List, Elements: module.Dict, Aliases: []string{"slaves"}},
		}},
		Run: runAlternatives,
	}
}

// alternative is one of the programs, with the links that come with it.
type alternative struct {
	priority string
	slaves   map[string]string // name to path
}

// choice is what update-alternatives knows of a name.
type choice struct {
	link, status, value string
	slaveLinks          map[string]string
	all                 map[string]alternative
}

func runAlternatives(ctx context.Context, c *module.Call) (*value.Dict, error) {
	name, path, state := c.Args.String("name"), c.Args.String("path"), c.Args.String("state")
	now, err := alternativesOf(ctx, c, name)
	if err != nil {
		return nil, err
	}
	var said []string
	if _, there := now.all[path]; state == "absent" {
		if there {
			said = append(said, fmt.Sprintf("Remove alternative '%s' from '%s'.", path, name))
			err = changeAlternative(ctx, c, "delete", "--remove", name, path)
		}
		return value.DictOf("msg", strings.Join(said, " ")), err
	}
	installed, err := installAlternative(ctx, c, now)
	if err != nil {
		return nil, err
	}
	if installed {
		said = append(said, fmt.Sprintf("Install alternative '%s' for '%s'.", path, name))
	}
	switch {
	case state == "selected" && now.value != path:
		said = append(said, fmt.Sprintf("Set alternative '%s' for '%s'.", path, name))
		err = changeAlternative(ctx, c, "select", "--set", name, path)
	case state == "auto" && now.status == "manual":
		said = append(said, fmt.Sprintf("Set alternative to auto for '%s'.", name))
		err = changeAlternative(ctx, c, "select the best of", "--auto", name)
	}
	return value.DictOf("msg", strings.Join(said, " ")), err
}

func changeAlternative(ctx context.Context, c *module.Call, action string, words ...string) error {
	id := c.Args.String("name") + " " + c.Args.String("path")
	return carryOut(ctx, c, node.Change{Kind: "alternative", ID: id, Action: action}, append([]string{"update-alternatives"}, words...)...)
}

// installAlternative makes the program one of the alternatives, as it is asked for, and tells whether it was not. A link that is there stays.
func installAlternative(ctx context.Context, c *module.Call, now choice) (bool, error) {
	path, link := c.Args.String("path"), c.Args.String("link")
	have, there := now.all[path]
	subcommands := c.Args.List("subcommands")
	if there && (!c.Args.Has("priority") || strconv.Itoa(c.Args.Int("priority")) == have.priority) && (!c.Args.Has("subcommands") || sameSlaves(have, now, subcommands)) {
		return false, nil
	}
	i, err := c.System.Files().Stat(path, true)
	if err != nil {
		return false, err
	}
	if !i.Exists() && !i.Assumed {
		return false, fmt.Errorf("Specified path %s does not exist", path) //nolint:staticcheck // Ansible's words, here and below
	}
	if link == "" {
		link = now.link
	}
	if link == "" {
		return false, fmt.Errorf("Needed to install the alternative, but unable to do so as we are missing the link") //nolint:staticcheck // the text is Ansible's
	}
	priority := "50"
	if c.Args.Has("priority") {
		priority = strconv.Itoa(c.Args.Int("priority"))
	} else if there {
		priority = have.priority
	}
	words := []string{"--install", link, c.Args.String("name"), path, priority}
	for _, item := range subcommands {
		d, ok := item.(*value.Dict)
		if !ok || d.At("name") == nil || d.At("path") == nil || d.At("link") == nil {
			return false, fmt.Errorf("subcommands: each needs name, path and link")
		}
		words = append(words, "--slave", value.Str(d.At("link")), value.Str(d.At("name")), value.Str(d.At("path")))
	}
	return true, changeAlternative(ctx, c, "create", words...)
}

// sameSlaves tells whether an alternative brings the links that are wanted, and no others.
func sameSlaves(have alternative, now choice, wanted []value.Value) bool {
	if len(wanted) != len(have.slaves) {
		return false
	}
	return !slices.ContainsFunc(wanted, func(item value.Value) bool {
		d, ok := item.(*value.Dict)
		name := ""
		if ok {
			name = value.Str(d.At("name"))
		}
		return !ok || have.slaves[name] != value.Str(d.At("path")) || now.slaveLinks[name] != value.Str(d.At("link"))
	})
}

// alternativesOf asks for those of a name; there may be none.
func alternativesOf(ctx context.Context, c *module.Call, name string) (choice, error) {
	now := choice{slaveLinks: map[string]string{}, all: map[string]alternative{}}
	out, err := inquire(ctx, c, "update-alternatives", "--query", name)
	if err != nil || out.RC != 0 {
		return now, err
	}
	path, slaves := "", false
	for line := range strings.Lines(string(out.Stdout)) {
		key, val, _ := strings.Cut(strings.TrimRight(line, "\n"), ":")
		val = strings.TrimSpace(val)
		if f := strings.Fields(line); strings.HasPrefix(line, " ") && slaves && len(f) == 2 {
			if path == "" {
				now.slaveLinks[f[0]] = f[1]
			} else {
				now.all[path].slaves[f[0]] = f[1]
			}
			continue
		}
		slaves = key == "Slaves"
		switch key {
		case "Link":
			now.link = val
		case "Status":
			now.status = val
		case "Value":
			now.value = val
		case "Alternative":
			path = val
			now.all[path] = alternative{slaves: map[string]string{}}
		case "Priority":
			a := now.all[path]
			a.priority = val
			now.all[path] = a
		}
	}
	return now, nil
}
