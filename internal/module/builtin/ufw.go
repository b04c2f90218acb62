package builtin

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// ufw keeps rules of the firewall ufw.
func ufw() module.Module {
	return module.Module{
		Name: "ufw",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "state", Choices: []string{"enabled", "disabled", "reloaded", "reset"}}, {Name: "default", Aliases: []string{"policy"}, Choices: []string{"allow", "deny", "reject"}},
			{Name: "direction", Choices: []string{"in", "incoming", "out", "outgoing", "routed"}}, {Name: "logging", Choices: []string{"full", "high", "low", "medium", "off", "on"}},
			{Name: "rule", Choices: []string{"allow", "deny", "limit", "reject"}}, {Name: "route", Type: module.Bool}, {Name: "log", Type: module.Bool},
			{Name: "from_ip", Default: "any", Aliases: []string{"from", "src"}}, {Name: "from_port"}, {Name: "to_ip", Default: "any", Aliases: []string{"dest", "to"}}, {Name: "to_port", Aliases: []string{"port"}},
			{Name: "proto", Aliases: []string{"protocol"}, Choices: []string{"ah", "any", "esp", "ipv6", "tcp", "udp", "gre", "igmp", "vrrp"}}, {Name: "name", Aliases: []string{"app"}},
			{Name: "delete", Type: module.Bool}, {Name: "insert", Type: module.Int}, {Name: "insert_relative_to", Only: "zero"},
			{Name: "interface", Aliases: []string{"if"}}, {Name: "interface_in", Aliases: []string{"if_in"}}, {Name: "interface_out", Aliases: []string{"if_out"}}, {Name: "comment"},
		}, OneOf: [][]string{{"default", "rule", "logging", "state"}}, Exclusive: [][]string{{"name", "proto", "logging"}, {"interface", "interface_in"}, {"interface", "interface_out"}}},
		Run: runUfw,
	}
}

func runUfw(ctx context.Context, c *module.Call) (*value.Dict, error) {
	if c.Args.Has("interface") && !c.Args.Has("direction") {
		return nil, fmt.Errorf("Direction must be specified when creating a rule on an interface.") //nolint:staticcheck,revive // Ansible's words
	}
	for _, step := range []struct {
		arg string
		run func(context.Context, *module.Call) error
	}{{"state", ufwState}, {"logging", ufwLogging}, {"default", ufwDefault}, {"rule", ufwRule}} {
		if c.Args.Has(step.arg) {
			if err := step.run(ctx, c); err != nil {
				return nil, err
			}
		}
	}
	return value.DictOf("msg", ""), nil
}

// ufwSetting is a setting in a file of ufw, as a plan leaves it.
func ufwSetting(c *module.Call, file, name string) string {
	if planned, ok := c.System.Foreseen("ufw " + name); ok {
		return planned
	}
	m := regexp.MustCompile(`(?m)^` + name + `="?([^"\n]*)"?`).FindStringSubmatch(textOf(c, file))
	if m == nil {
		return ""
	}
	return m[1]
}

func changeUfw(ctx context.Context, c *module.Call, action, id string, makes map[string]string, words ...string) error {
	return carryOut(ctx, c, node.Change{Kind: "ufw", ID: id, Action: action, Makes: makes}, append([]string{"ufw"}, words...)...)
}

func ufwState(ctx context.Context, c *module.Call) error {
	on := ufwSetting(c, "/etc/ufw/ufw.conf", "ENABLED") == "yes"
	switch state := c.Args.String("state"); {
	case state == "enabled" && !on:
		return changeUfw(ctx, c, "enable", "firewall", map[string]string{"ufw ENABLED": "yes"}, "-f", "enable")
	case state == "disabled" && on:
		return changeUfw(ctx, c, "disable", "firewall", map[string]string{"ufw ENABLED": "no"}, "-f", "disable")
	case state == "reloaded" && on:
		return changeUfw(ctx, c, "reload", "firewall", nil, "-f", "reload")
	case state == "reset":
		return changeUfw(ctx, c, "reset", "firewall", map[string]string{"ufw ENABLED": "no"}, "-f", "reset")
	}
	return nil
}

func ufwLogging(ctx context.Context, c *module.Call) error {
	wanted := c.Args.String("logging")
	have := ufwSetting(c, "/etc/ufw/ufw.conf", "LOGLEVEL")
	if have == wanted || wanted == "on" && have != "off" && have != "" {
		return nil
	}
	level := wanted
	if level == "on" {
		level = "low"
	}
	return changeUfw(ctx, c, "update", "logging", map[string]string{"ufw LOGLEVEL": level}, "logging", wanted)
}

func ufwDefault(ctx context.Context, c *module.Call) error {
	wanted := c.Args.String("default")
	direction := map[string]string{"in": "incoming", "out": "outgoing"}[c.Args.String("direction")]
	if direction == "" {
		direction = c.Args.String("direction")
	}
	name := map[string]string{"outgoing": "DEFAULT_OUTPUT_POLICY", "routed": "DEFAULT_FORWARD_POLICY"}[direction]
	if name == "" {
		name, direction = "DEFAULT_INPUT_POLICY", "incoming"
	}
	policy := map[string]string{"allow": "ACCEPT", "deny": "DROP", "reject": "REJECT"}[wanted]
	if ufwSetting(c, "/etc/default/ufw", name) == policy {
		return nil
	}
	return changeUfw(ctx, c, "update", "default "+direction, map[string]string{"ufw " + name: policy}, "default", wanted, direction)
}

// ufwWords are the rule as ufw takes it.
func ufwWords(c *module.Call) (words []string, err error) {
	routed := c.Args.Bool("route")
	if c.Args.Has("interface_in") && c.Args.Has("interface_out") && !routed {
		return nil, fmt.Errorf("Only route rules can combine interface_in and interface_out") //nolint:staticcheck // Ansible's words
	}
	if routed {
		words = append(words, "route")
	}
	switch {
	case c.Args.Bool("delete"):
		words = append(words, "delete")
	case c.Args.Has("insert"):
		words = append(words, "insert", strconv.Itoa(c.Args.Int("insert")))
	}
	words = append(words, c.Args.String("rule"))
	switch c.Args.String("direction") {
	case "in", "incoming":
		words = append(words, "in")
	case "out", "outgoing":
		words = append(words, "out")
	case "routed":
		return nil, fmt.Errorf("invalid direction routed of a rule: want route: true")
	}
	for _, i := range []struct{ arg, before string }{{"interface", "on"}, {"interface_in", "in on"}, {"interface_out", "out on"}} {
		if c.Args.Has(i.arg) {
			words = append(words, append(strings.Fields(i.before), c.Args.String(i.arg))...)
		}
	}
	if c.Args.Bool("log") {
		words = append(words, "log")
	}
	for _, p := range []struct{ arg, before string }{{"from_ip", "from"}, {"from_port", "port"}, {"to_ip", "to"}, {"to_port", "port"}, {"proto", "proto"}, {"name", "app"}, {"comment", "comment"}} {
		if c.Args.Has(p.arg) && (p.arg != "comment" || !c.Args.Bool("delete")) {
			words = append(words, p.before, c.Args.String(p.arg))
		}
	}
	return words, nil
}

// ufwRule adds or removes a rule. What ufw would do is asked of itself.
func ufwRule(ctx context.Context, c *module.Call) error {
	words, err := ufwWords(c)
	if err != nil {
		return err
	}
	id, remove := strings.Join(words, " "), c.Args.Bool("delete")
	fact := "ufw rule " + ufwPlace.ReplaceAllString(id, "")
	after := map[bool]string{true: "absent", false: "there"}[remove]
	changes, err := true, error(nil)
	if planned, ok := c.System.Foreseen(fact); ok {
		changes = planned != after
	} else {
		changes, err = ufwWould(ctx, c, words)
	}
	if err != nil || !changes {
		return err
	}
	action := map[bool]string{true: "delete", false: "create"}[remove]
	return changeUfw(ctx, c, action, "rule "+id, map[string]string{fact: after}, words...)
}

// ufwPlace are the words about where a rule stands, which do not make it another one.
var ufwPlace = regexp.MustCompile(`\b(?:delete|insert \d+) `)

// ufwWould asks ufw whether it would do something.
func ufwWould(ctx context.Context, c *module.Call, words []string) (bool, error) {
	said, err := learned(ctx, c, append([]string{"ufw", "--dry-run"}, words...)...)
	for _, idle := range []string{"Skipping adding existing rule", "Skipping inserting existing rule", "Could not delete non-existent rule"} {
		if strings.Contains(said, idle) && !strings.Contains(said, "*filter") {
			return false, err
		}
	}
	return true, err
}
