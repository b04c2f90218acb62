package builtin

import (
	"fmt"
	"strings"

	"pig/internal/module"
	"pig/internal/value"
)

// iptablesRule is the rule as iptables takes it.
func iptablesRule(c *module.Call) (rule []string, err error) {
	text := c.Args.String
	put := func(arg, flag string) {
		v := text(arg)
		if v == "" {
			return
		}
		if rest, ok := strings.CutPrefix(v, "!"); ok {
			rule, v = append(rule, "!"), rest
		}
		rule = append(rule, flag, v)
	}
	needs := func(match string) {
		if !strings.Contains(" "+strings.Join(rule, " ")+" ", " -m "+match+" ") {
			rule = append(rule, "-m", match)
		}
	}
	put("protocol", "-p")
	put("source", "-s")
	put("destination", "-d")
	for _, m := range c.Args.Strings("match") {
		rule = append(rule, "-m", m)
	}
	if flags := c.Args.Dict("tcp_flags"); flags != nil {
		if flags.At("flags") == nil || flags.At("flags_set") == nil {
			return nil, fmt.Errorf("tcp_flags needs flags and flags_set")
		}
		rule = append(rule, "--tcp-flags", joined(flags.At("flags")), joined(flags.At("flags_set")))
	}
	jump := text("jump")
	if (text("log_prefix") != "" || text("log_level") != "") && jump == "" {
		jump = "LOG"
	}
	if text("reject_with") != "" && jump == "" {
		jump = "REJECT"
	}
	if jump != "" {
		rule = append(rule, "-j", jump)
	}
	put("gateway", "--gateway")
	put("log_prefix", "--log-prefix")
	put("log_level", "--log-level")
	put("to_destination", "--to-destination")
	if text("src_range") != "" || text("dst_range") != "" {
		needs("iprange")
	}
	put("src_range", "--src-range")
	put("dst_range", "--dst-range")
	if set := text("match_set"); set != "" {
		if text("match_set_flags") == "" {
			return nil, fmt.Errorf("match_set needs match_set_flags")
		}
		needs("set")
		if rest, ok := strings.CutPrefix(set, "!"); ok {
			rule, set = append(rule, "!"), rest
		}
		rule = append(rule, "--match-set", set, text("match_set_flags"))
	}
	put("to_source", "--to-source")
	put("goto", "-g")
	put("in_interface", "-i")
	put("out_interface", "-o")
	put("fragment", "-f")
	put("set_counters", "-c")
	put("source_port", "--source-port")
	put("destination_port", "--destination-port")
	if ports := c.Args.Strings("destination_ports"); len(ports) > 0 {
		needs("multiport")
		rule = append(rule, "--dports", strings.Join(ports, ","))
	}
	put("to_ports", "--to-ports")
	put("set_dscp_mark", "--set-dscp")
	put("set_dscp_mark_class", "--set-dscp-class")
	if syn := text("syn"); syn != "ignore" {
		if syn == "negate" {
			rule = append(rule, "!")
		}
		rule = append(rule, "--syn")
	}
	return append(rule, ruleMatches(c, rule)...), nil
}

// ruleMatches are the parts of a rule that need a match of their own.
func ruleMatches(c *module.Call, before []string) (rule []string) {
	text := c.Args.String
	has := func(match string) bool {
		return strings.Contains(" "+strings.Join(append(before[:len(before):len(before)], rule...), " ")+" ", " -m "+match+" ")
	}
	put := func(match, arg, flag string) {
		v := text(arg)
		if v == "" {
			return
		}
		if match != "" && !has(match) {
			rule = append(rule, "-m", match)
		}
		if rest, ok := strings.CutPrefix(v, "!"); ok {
			rule, v = append(rule, "!"), rest
		}
		rule = append(rule, flag, v)
	}
	if states := c.Args.Strings("ctstate"); len(states) > 0 {
		switch {
		case has("state"):
			rule = append(rule, "--state", strings.Join(states, ","))
		case has("conntrack"):
			rule = append(rule, "--ctstate", strings.Join(states, ","))
		default:
			rule = append(rule, "-m", "conntrack", "--ctstate", strings.Join(states, ","))
		}
	}
	put("limit", "limit", "--limit")
	put("limit", "limit_burst", "--limit-burst")
	put("owner", "uid_owner", "--uid-owner")
	put("owner", "gid_owner", "--gid-owner")
	put("", "reject_with", "--reject-with")
	icmp := "--icmp-type"
	if text("protocol") == "ipv6-icmp" || text("protocol") == "icmpv6" {
		icmp = "--icmpv6-type"
	}
	put("", "icmp_type", icmp)
	if comment := text("comment"); comment != "" {
		if !has("comment") {
			rule = append(rule, "-m", "comment")
		}
		rule = append(rule, "--comment", comment)
	}
	return rule
}

// joined are the items of a list with commas between them.
func joined(v value.Value) string {
	l, ok := v.(*value.List)
	if !ok {
		return value.Str(v)
	}
	texts := make([]string, len(l.Items))
	for i, item := range l.Items {
		texts[i] = value.Str(item)
	}
	return strings.Join(texts, ",")
}
