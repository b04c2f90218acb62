package builtin

import (
	"context"
	"fmt"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// seboolean switches a boolean of SELinux.
func seboolean() module.Module {
	return module.Module{
		Name: "seboolean",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "name", Required: true}, {Name: "state", Type: module.Bool, Required: true}, {Name: "persistent", Type: module.Bool}, {Name: "ignore_selinux_state", Type: module.Bool},
		}},
		Run: runSeboolean,
	}
}

func runSeboolean(ctx context.Context, c *module.Call) (*value.Dict, error) {
	name, wanted, persistent := c.Args.String("name"), c.Args.Bool("state"), c.Args.Bool("persistent")
	if err := selinuxOn(ctx, c); err != nil {
		return nil, err
	}
	result := value.DictOf("name", name, "state", wanted, "persistent", persistent)
	word := map[bool]string{true: "on", false: "off"}[wanted]
	fact := "selinux boolean " + name
	now, lasting, err := sebooleanOf(ctx, c, name)
	if planned, ok := c.System.Foreseen(fact); ok {
		now, err = strings.TrimSuffix(planned, " -P"), nil
		if strings.HasSuffix(planned, " -P") {
			lasting = now
		}
	}
	if err != nil || now == word && (!persistent || lasting == word) {
		return result, err
	}
	argv := []string{"setsebool", name, word}
	if persistent {
		argv = []string{"setsebool", "-P", name, word}
	}
	made := word
	if persistent {
		made += " -P"
	}
	return result, carryOut(ctx, c, node.Change{Kind: "selinux boolean", ID: name, Action: "update", Makes: map[string]string{fact: made}}, argv...)
}

// selinuxOn refuses a machine on which SELinux is switched off, unless it shall not matter.
func selinuxOn(ctx context.Context, c *module.Call) error {
	if c.Args.Bool("ignore_selinux_state") {
		return nil
	}
	said, err := learned(ctx, c, "getenforce")
	if err == nil && strings.TrimSpace(said) == "Disabled" {
		err = fmt.Errorf("SELinux is disabled on this host.") //nolint:staticcheck,revive // Ansible's words
	}
	return err
}

// sebooleanOf is the state of a boolean now, and at the next start.
func sebooleanOf(ctx context.Context, c *module.Call, name string) (now, lasting string, err error) {
	out, err := inquire(ctx, c, "getsebool", name)
	if err != nil {
		return "", "", err
	}
	f := strings.Fields(string(out.Stdout)) // NAME --> on
	if out.RC != 0 || len(f) < 3 {
		return "", "", fmt.Errorf("SELinux boolean %s does not exist.", name) //nolint:staticcheck,revive // Ansible's words
	}
	now = f[2]
	if !c.Args.Bool("persistent") {
		return now, now, nil
	}
	listed, err := learned(ctx, c, "semanage", "boolean", "-l", "-n") // NAME (on , off) what it is for
	for line := range strings.Lines(listed) {
		if f := strings.Fields(strings.NewReplacer("(", " ", ")", " ", ",", " ").Replace(line)); len(f) > 2 && f[0] == name {
			return f[1], f[2], err
		}
	}
	return now, "", err
}
