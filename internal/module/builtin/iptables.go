package builtin

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// iptables keeps a rule, a chain or a policy of the kernel's packet filter.
func iptables() module.Module {
	args := []module.Arg{
		{Name: "table", Default: "filter", Choices: []string{"filter", "nat", "mangle", "raw", "security"}}, {Name: "chain"},
		{Name: "state", Default: "present", Choices: []string{"absent", "present"}}, {Name: "action", Default: "append", Choices: []string{"append", "insert"}}, {Name: "rule_num"},
		{Name: "ip_version", Default: "ipv4", Choices: []string{"ipv4", "ipv6", "both"}}, {Name: "policy", Choices: []string{"ACCEPT", "DROP", "QUEUE", "RETURN"}},
		{Name: "flush", Type: module.Bool}, {Name: "chain_management", Type: module.Bool}, {Name: "numeric", Type: module.Bool}, {Name: "wait"},
		{Name: "match", Type: module.List, Elements: module.Str}, {Name: "tcp_flags", Type: module.Dict}, {Name: "syn", Default: "ignore", Choices: []string{"ignore", "match", "negate"}},
		{Name: "destination_ports", Type: module.List, Elements: module.Str}, {Name: "ctstate", Type: module.List, Elements: module.Str},
		{Name: "match_set"}, {Name: "match_set_flags", Choices: []string{"src", "dst", "src,dst", "dst,src", "dst,dst", "src,src"}},
		{Name: "log_level", Choices: []string{"0", "1", "2", "3", "4", "5", "6", "7", "emerg", "alert", "crit", "error", "warning", "notice", "info", "debug"}},
	}
	for _, name := range []string{"protocol", "source", "destination", "jump", "gateway", "log_prefix", "to_destination", "src_range", "dst_range", "to_source", "goto", "in_interface", "out_interface", "fragment", "set_counters",
		"source_port", "destination_port", "to_ports", "set_dscp_mark", "set_dscp_mark_class", "limit", "limit_burst", "uid_owner", "gid_owner", "reject_with", "icmp_type", "comment"} {
		args = append(args, module.Arg{Name: name})
	}
	return module.Module{Name: "iptables", Spec: module.Spec{Args: args, Exclusive: [][]string{{"set_dscp_mark", "set_dscp_mark_class"}, {"flush", "policy"}}}, Run: runIptables}
}

func runIptables(ctx context.Context, c *module.Call) (*value.Dict, error) {
	chain, flush := c.Args.String("chain"), c.Args.Bool("flush")
	if !flush && chain == "" {
		return nil, errors.New("flush is False but all of the following are missing: chain")
	}
	rule, err := iptablesRule(c)
	if err != nil {
		return nil, err
	}
	programs := map[string][]string{"ipv4": {"iptables"}, "ipv6": {"ip6tables"}, "both": {"iptables", "ip6tables"}}[c.Args.String("ip_version")]
	for _, program := range programs {
		f := &filter{Call: c, ctx: ctx, program: program, table: c.Args.String("table"), chain: chain, rule: rule}
		switch {
		case flush:
			err = f.do("flush", "", f.words("-F")...)
		case c.Args.Has("policy"):
			err = f.policy(c.Args.String("policy"))
		case c.Args.Bool("chain_management") && len(rule) == 0:
			err = f.chains()
		default:
			err = f.settle()
		}
		if err != nil {
			return nil, err
		}
	}
	return value.DictOf("failed", false, "ip_version", c.Args.String("ip_version"), "table", c.Args.String("table"), "chain", c.Args.Get("chain"), "flush", flush, "rule", strings.Join(rule, " "),
		"state", c.Args.String("state"), "chain_management", c.Args.Bool("chain_management"), "wait", c.Args.Get("wait")), nil
}

// filter is one of the two packet filters, IPv4's or IPv6's.
type filter struct {
	*module.Call
	ctx                   context.Context //nolint:containedctx // it lives as long as the call
	program, table, chain string
	rule                  []string
}

// words are a command on the table, and the chain if there is one.
func (f *filter) words(flag string, more ...string) []string {
	words := []string{f.program, "-t", f.table}
	if wait := f.Args.String("wait"); wait != "" {
		words = append(words, "-w", wait)
	}
	words = append(words, flag)
	if f.chain != "" {
		words = append(words, f.chain)
	}
	if f.Args.Bool("numeric") && flag == "-L" {
		words = append(words, "--numeric")
	}
	return append(words, more...)
}

func (f *filter) id() string {
	return strings.TrimSpace(strings.Join(append([]string{f.program, f.table, f.chain}, f.rule...), " "))
}

// do makes a change, which a plan remembers as makes.
func (f *filter) do(action, makes string, argv ...string) error {
	return carryOut(f.ctx, f.Call, node.Change{Kind: "packet filter", ID: f.id(), Action: action, Makes: map[string]string{f.id(): makes}}, argv...)
}

// there tells whether the rule, or the chain, is there.
func (f *filter) there(argv ...string) (bool, error) {
	if planned, ok := f.System.Foreseen(f.id()); ok {
		return planned != "", nil
	}
	out, err := inquire(f.ctx, f.Call, argv...)
	return err == nil && out.RC == 0, err
}

func (f *filter) settle() error {
	there, err := f.there(f.words("-C", f.rule...)...)
	present := f.Args.String("state") == "present"
	if err != nil || there == present {
		return err
	}
	switch {
	case !present:
		return f.do("delete", "", f.words("-D", f.rule...)...)
	case f.Args.String("action") == "insert":
		rule := f.rule
		if n := f.Args.String("rule_num"); n != "" {
			rule = append([]string{n}, rule...)
		}
		return f.do("create", "there", f.words("-I", rule...)...)
	}
	return f.do("create", "there", f.words("-A", f.rule...)...)
}

// chains has the chain there or not.
func (f *filter) chains() error {
	there, err := f.there(f.words("-L")...)
	switch present := f.Args.String("state") == "present"; {
	case err != nil || there == present:
		return err
	case present:
		return f.do("create", "there", f.words("-N")...)
	}
	return f.do("delete", "", f.words("-X")...)
}

// policy sets what becomes of packets that no rule of the chain is about.
func (f *filter) policy(wanted string) error {
	now, planned := f.System.Foreseen(f.id() + " policy")
	if !planned {
		text, err := learned(f.ctx, f.Call, f.words("-L")...)
		if err != nil {
			return err
		}
		first, _, _ := strings.Cut(text, "\n")
		_, now, _ = strings.Cut(first, "(policy ")
		now, _, _ = strings.Cut(strings.TrimSuffix(now, ")"), " ")
	}
	if now == "" {
		return fmt.Errorf("chain %s of table %s has no policy: it is not a built-in chain", f.chain, f.table)
	}
	if now == wanted {
		return nil
	}
	change := node.Change{Kind: "packet filter", ID: f.id(), Action: "update", Attrs: []node.Attr{{Name: "policy", Before: now, After: wanted}}, Makes: map[string]string{f.id() + " policy": wanted}}
	return carryOut(f.ctx, f.Call, change, f.words("-P", wanted)...)
}
