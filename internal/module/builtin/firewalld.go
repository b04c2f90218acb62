package builtin

import (
	"context"
	"fmt"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// firewalldItems are what can be in a zone: the argument, and the word of firewall-cmd. Switches have no value of their own.
var firewalldItems = []struct {
	arg, word string
	toggle    bool
}{
	{"service", "service", false}, {"port", "port", false}, {"protocol", "protocol", false}, {"source", "source", false}, {"interface", "interface", false},
	{"icmp_block", "icmp-block", false}, {"rich_rule", "rich-rule", false}, {"port_forward", "forward-port", false},
	{"icmp_block_inversion", "icmp-block-inversion", true}, {"masquerade", "masquerade", true}, {"forward", "forward", true},
}

// firewalld keeps what is in the zones of firewalld, over firewall-cmd.
func firewalld() module.Module {
	return module.Module{
		Name: "firewalld",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "state", Required: true, Choices: []string{"absent", "disabled", "enabled", "present"}}, {Name: "zone"}, {Name: "permanent", Type: module.Bool}, {Name: "immediate", Type: module.Bool},
			{Name: "offline", Type: module.Bool}, {Name: "timeout", Type: module.Int, Default: int64(0)}, {Name: "service"}, {Name: "port"}, {Name: "protocol"}, {Name: "source"}, {Name: "interface"},
			{Name: "icmp_block"}, {Name: "rich_rule"}, {Name: "port_forward", Type: module.List, Elements: module.Dict}, {Name: "icmp_block_inversion"}, {Name: "masquerade"}, {Name: "forward"},
			{Name: "target", Choices: []string{"default", "ACCEPT", "DROP", "%%REJECT%%"}},
		}, Exclusive: [][]string{{"icmp_block", "icmp_block_inversion", "service", "protocol", "port", "port_forward", "rich_rule", "interface", "forward", "masquerade", "source", "target"}}},
		Run: runFirewalld,
	}
}

// firewallCall is a call with what all its commands share.
type firewallCall struct {
	*module.Call
	zone    string
	offline bool
}

func runFirewalld(ctx context.Context, call *module.Call) (*value.Dict, error) {
	c := &firewallCall{Call: call}
	permanent, immediate := c.Args.Bool("permanent"), c.Args.Bool("immediate")
	if !permanent && !immediate {
		immediate = true
	}
	if c.Args.Int("timeout") > 0 && permanent {
		return nil, fmt.Errorf("timeout requires permanent: false")
	}
	out, err := inquire(ctx, call, "firewall-cmd", "--state")
	if err != nil {
		return nil, err
	}
	if c.offline = out.RC != 0; c.offline && (immediate || !c.Args.Bool("offline")) {
		return nil, fmt.Errorf("firewalld is not running: immediate changes, and changes without offline: true, require the running service")
	}
	if c.zone = c.Args.String("zone"); c.zone == "" {
		said, err := learned(ctx, call, c.program(), "--get-default-zone")
		if err != nil {
			return nil, err
		}
		c.zone = strings.TrimSpace(said)
	}
	var layers []bool
	if permanent {
		layers = append(layers, true)
	}
	if immediate {
		layers = append(layers, false)
	}
	item, err := c.item()
	if err != nil {
		return nil, err
	}
	for _, lasting := range layers {
		switch {
		case item != nil:
			err = c.settle(ctx, *item, lasting)
		case c.Args.Has("target"):
			err = c.target(ctx, lasting)
		default:
			err = c.zoneItself(ctx, lasting)
		}
		if err != nil {
			return nil, err
		}
	}
	return value.DictOf("msg", ""), nil
}

func (c *firewallCall) program() string {
	if c.offline {
		return "firewall-offline-cmd"
	}
	return "firewall-cmd"
}

// firewallItem is a thing in a zone, and whether it shall be there.
type firewallItem struct {
	word, value string
	wanted      bool
}

func (c *firewallCall) item() (*firewallItem, error) {
	state := c.Args.String("state")
	wanted := state == "enabled" || state == "present"
	for _, i := range firewalldItems {
		if !c.Args.Has(i.arg) {
			continue
		}
		if state == "present" || state == "absent" {
			return nil, fmt.Errorf("absent and present state can only be used in zone level operations")
		}
		v := c.Args.String(i.arg)
		switch {
		case i.toggle:
			on, err := value.Truthy(v) && v != "no" && v != "false" && v != "False" && v != "off" && v != "0", error(nil)
			return &firewallItem{i.word, "", wanted == on}, err
		case i.arg == "port_forward":
			forward, err := forwardPort(c.Args.List(i.arg))
			return &firewallItem{i.word, forward, wanted}, err
		case i.arg == "port" && !strings.Contains(v, "/"):
			return nil, fmt.Errorf("improper port format (missing protocol?)")
		}
		return &firewallItem{i.word, v, wanted}, nil
	}
	return nil, nil
}

// forwardPort is one forwarding as firewall-cmd takes it.
func forwardPort(list []value.Value) (string, error) {
	if len(list) != 1 {
		return "", fmt.Errorf("Only one port forward supported at a time") //nolint:staticcheck // Ansible's words
	}
	d, ok := list[0].(*value.Dict)
	if !ok || d.At("port") == nil || d.At("proto") == nil {
		return "", fmt.Errorf("port_forward needs port and proto")
	}
	text := "port=" + value.Str(d.At("port")) + ":proto=" + value.Str(d.At("proto"))
	for _, name := range []string{"toport", "toaddr"} {
		if v := d.At(name); v != nil && value.Str(v) != "" {
			text += ":" + name + "=" + value.Str(v)
		}
	}
	return text, nil
}

// words are a command about the zone.
func (c *firewallCall) words(lasting bool, more ...string) []string {
	argv := []string{c.program()}
	if lasting && !c.offline {
		argv = append(argv, "--permanent")
	}
	return append(append(argv, "--zone="+c.zone), more...)
}

// settle adds an item to the zone or takes it out.
func (c *firewallCall) settle(ctx context.Context, i firewallItem, lasting bool) error {
	option := func(verb string) string {
		if i.value == "" {
			return "--" + verb + "-" + i.word
		}
		return "--" + verb + "-" + i.word + "=" + i.value
	}
	where := map[bool]string{true: " permanent", false: ""}[lasting]
	fact := "firewalld " + c.zone + where + " " + i.word + " " + i.value
	there := false
	if planned, ok := c.System.Foreseen(fact); ok {
		there = planned == "there"
	} else {
		out, err := inquire(ctx, c.Call, c.words(lasting, option("query"))...)
		if err != nil {
			return err
		}
		if out.RC > 1 {
			return &node.CommandError{Argv: c.words(lasting, option("query")), Output: out}
		}
		there = out.RC == 0
	}
	if there == i.wanted {
		return nil
	}
	verb, action, after := "add", "create", "there"
	if !i.wanted {
		verb, action, after = "remove", "delete", "absent"
	}
	words := c.words(lasting, option(verb))
	if t := c.Args.Int("timeout"); t > 0 && i.wanted && !lasting {
		words = append(words, fmt.Sprintf("--timeout=%d", t))
	}
	change := node.Change{Kind: "firewalld", ID: strings.TrimSpace(c.zone + where + " " + i.word + " " + i.value), Action: action, Makes: map[string]string{fact: after}}
	return carryOut(ctx, c.Call, change, words...)
}

// target sets what becomes of packets that no rule is for.
func (c *firewallCall) target(ctx context.Context, lasting bool) error {
	if !lasting {
		return fmt.Errorf("the target of a zone can only be set with permanent: true")
	}
	wanted := c.Args.String("target")
	if state := c.Args.String("state"); state == "absent" || state == "disabled" {
		wanted = "default"
	}
	said, err := learned(ctx, c.Call, c.words(true, "--get-target")...)
	have := strings.TrimSpace(said)
	if planned, ok := c.System.Foreseen("firewalld " + c.zone + " target"); ok {
		have, err = planned, nil
	}
	if err != nil || have == wanted {
		return err
	}
	change := node.Change{Kind: "firewalld", ID: c.zone + " target", Action: "update", Makes: map[string]string{"firewalld " + c.zone + " target": wanted}}
	return carryOut(ctx, c.Call, change, c.words(true, "--set-target="+wanted)...)
}

// zoneItself makes a zone or removes it.
func (c *firewallCall) zoneItself(ctx context.Context, lasting bool) error {
	state := c.Args.String("state")
	switch {
	case state == "enabled" || state == "disabled":
		return fmt.Errorf("nothing to do: want one of service, port, source, interface, rich_rule, ..., or state present or absent of a zone")
	case !c.Args.Has("zone"):
		return fmt.Errorf("zone is a required parameter when state is present or absent alone")
	case !lasting:
		return fmt.Errorf("Zone operations must be permanent. Make sure you didn't set the 'permanent' flag to 'false' or the 'immediate' flag to 'true'.") //nolint:staticcheck,revive // Ansible's words
	}
	argv := []string{c.program()}
	if !c.offline {
		argv = append(argv, "--permanent")
	}
	fact := "firewalld zone " + c.zone
	said, err := learned(ctx, c.Call, append(argv, "--get-zones")...)
	there := strings.Contains(" "+strings.Join(strings.Fields(said), " ")+" ", " "+c.zone+" ")
	if planned, ok := c.System.Foreseen(fact); ok {
		there, err = planned == "there", nil
	}
	switch {
	case err != nil || there == (state == "present"):
		return err
	case there:
		return carryOut(ctx, c.Call, node.Change{Kind: "firewalld", ID: "zone " + c.zone, Action: "delete", Makes: map[string]string{fact: "absent"}}, append(argv, "--delete-zone="+c.zone)...)
	}
	return carryOut(ctx, c.Call, node.Change{Kind: "firewalld", ID: "zone " + c.zone, Action: "create", Makes: map[string]string{fact: "there"}}, append(argv, "--new-zone="+c.zone)...)
}
