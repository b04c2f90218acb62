package builtin

import (
	"context"
	"fmt"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

func hostname() module.Module {
	return module.Module{
		Name: "hostname",
		Spec: module.Spec{Args: []module.Arg{{Name: "name", Required: true}, {Name: "use", Only: "systemd"}}},
		Run:  runHostname,
	}
}

// runHostname sets the name that lasts and the one in force; both must be right.
func runHostname(ctx context.Context, c *module.Call) (*value.Dict, error) {
	name := c.Args.String("name")
	file, err := c.System.Files().Read("/etc/hostname")
	lasting := strings.TrimSpace(string(file))
	if err != nil {
		lasting = ""
	}
	current, err := c.System.Files().Read("/proc/sys/kernel/hostname")
	if err != nil {
		return nil, err
	}
	was := strings.TrimSpace(string(current))
	result := value.DictOf("name", name, "ansible_facts", value.DictOf("ansible_hostname", name, "ansible_nodename", name))
	if lasting == name && was == name {
		return result, nil
	}
	out, err := c.System.Exec(ctx, node.Cmd{
		Argv:   []string{"hostnamectl", "set-hostname", "--", name},
		Change: &node.Change{Kind: "hostname", ID: name, Action: "update", Attrs: []node.Attr{{Name: "name", Before: was, After: name}}},
	})
	if err != nil {
		return nil, err
	}
	if out.RC != 0 {
		return nil, fmt.Errorf("hostnamectl: %s", strings.TrimSpace(string(out.Stderr)))
	}
	return result, nil
}
