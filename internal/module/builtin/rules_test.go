package builtin_test

import (
	"slices"
	"strings"
	"testing"

	"pig/internal/imitation"
	"pig/internal/module/fake"
	"pig/internal/node"
	"pig/internal/value"
)

// packetFilter is iptables with its rules.
func packetFilter(rules *[]string, chains map[string]string) imitation.Command {
	return func(c *imitation.Invocation) int {
		w := c.Argv[3:] // after -t TABLE
		if w[0] == "-w" {
			w = w[2:]
		}
		chain := ""
		if len(w) > 1 {
			chain = w[1]
		}
		rule := strings.Join(w[min(2, len(w)):], " ")
		switch w[0] {
		case "-C":
			if !slices.Contains(*rules, chain+" "+rule) {
				return c.Fail("iptables: Bad rule (does a matching rule exist in that chain?).")
			}
		case "-A":
			*rules = append(*rules, chain+" "+rule)
		case "-I":
			if n, rest, ok := strings.Cut(rule, " "); ok && strings.Trim(n, "0123456789") == "" {
				rule = rest
			}
			*rules = slices.Insert(*rules, 0, chain+" "+rule)
		case "-D":
			*rules = slices.DeleteFunc(*rules, func(r string) bool { return r == chain+" "+rule })
		case "-F":
			*rules = nil
		case "-N":
			chains[chain] = ""
		case "-X":
			delete(chains, chain)
		case "-P":
			chains[chain] = rule
		case "-L":
			policy, ok := chains[chain]
			if !ok {
				return c.Fail("iptables: No chain/target/match by that name.")
			}
			c.Say("Chain %s (policy %s)\n", chain, policy)
		}
		return 0
	}
}

// What each case makes is what the module of Debian 13's ansible-core gives iptables.
func TestRulesOfThePacketFilter(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args   *value.Dict
		rule   string
		failed string
	}{
		{args("chain", "INPUT", "protocol", "tcp", "destination_port", "22", "jump", "ACCEPT"), "INPUT -p tcp -j ACCEPT --destination-port 22", ""},
		{args("chain", "INPUT", "source", "!8.8.8.8", "jump", "DROP", "comment", "no dns", "wait", "5"), "INPUT ! -s 8.8.8.8 -j DROP -m comment --comment no dns", ""},
		{args("chain", "INPUT", "protocol", "tcp", "destination_ports", list("80", "443"), "jump", "ACCEPT"), "INPUT -p tcp -j ACCEPT -m multiport --dports 80,443", ""},
		{args("chain", "INPUT", "ctstate", list("ESTABLISHED", "RELATED"), "jump", "ACCEPT"), "INPUT -j ACCEPT -m conntrack --ctstate ESTABLISHED,RELATED", ""},
		{args("chain", "INPUT", "match", list("state"), "ctstate", "NEW", "jump", "ACCEPT"), "INPUT -m state -j ACCEPT --state NEW", ""},
		{args("chain", "INPUT", "protocol", "icmp", "icmp_type", "8", "limit", "3/s", "limit_burst", "5"), "INPUT -p icmp -m limit --limit 3/s --limit-burst 5 --icmp-type 8", ""},
		{args("chain", "OUTPUT", "uid_owner", "0", "gid_owner", "1", "out_interface", "lo", "in_interface", "eth0"), "OUTPUT -i eth0 -o lo -m owner --uid-owner 0 --gid-owner 1", ""},
		{args("chain", "INPUT", "reject_with", "tcp-reset"), "INPUT -j REJECT --reject-with tcp-reset", ""},
		{args("chain", "INPUT", "log_prefix", "x", "log_level", "info"), "INPUT -j LOG --log-prefix x --log-level info", ""},
		{args("chain", "PREROUTING", "table", "nat", "to_destination", "192.0.2.1", "to_source", "192.0.2.2", "to_ports", "8", "jump", "DNAT", "goto", "X", "gateway", "192.0.2.3"),
			"PREROUTING -j DNAT --gateway 192.0.2.3 --to-destination 192.0.2.1 --to-source 192.0.2.2 -g X --to-ports 8", ""},
		{args("chain", "INPUT", "src_range", "a-b", "dst_range", "c-d", "destination", "192.0.2.1", "fragment", "x", "set_counters", "1", "source_port", "9"), "INPUT -d 192.0.2.1 -m iprange --src-range a-b --dst-range c-d -f x -c 1 --source-port 9", ""},
		{args("chain", "INPUT", "match_set", "s", "match_set_flags", "src", "set_dscp_mark", "8"), "INPUT -m set --match-set s src --set-dscp 8", ""},
		{args("chain", "INPUT", "set_dscp_mark_class", "CS1", "syn", "negate"), "INPUT --set-dscp-class CS1 ! --syn", ""},
		{args("chain", "INPUT", "tcp_flags", args("flags", list("ALL"), "flags_set", list("ACK", "RST"))), "INPUT --tcp-flags ALL ACK,RST", ""},
		{args("chain", "INPUT", "action", "insert", "rule_num", "2", "protocol", "udp"), "INPUT -p udp", ""},
		{args("chain", "INPUT", "tcp_flags", args("flags", "x")), "", "tcp_flags needs flags and flags_set"},
		{args("chain", "INPUT", "match_set", "s"), "", "match_set needs match_set_flags"},
		{args(), "", "flush is False but all of the following are missing: chain"},
		{args("chain", "x", "flush", true, "policy", "DROP"), "", "takes only one of: flush, policy"},
		{args("chain", "x", "table", "y"), "", "must be one of filter, nat"},
	} {
		var rules []string
		m := newMachine(with(map[string]imitation.Command{"iptables": packetFilter(&rules, map[string]string{})}))
		d := deed{module: "iptables", args: c.args, failed: c.failed}
		if c.failed == "" {
			table := "filter"
			if c.args.Has("table") {
				table = value.Str(c.args.At("table"))
			}
			d.makes = "packet filter iptables " + table + " " + c.rule + " create"
		}
		on(t, m, d)
		if got := strings.Join(rules, "; "); got != c.rule {
			t.Errorf("%s makes %q, want %q", value.Display(c.args), got, c.rule)
		}
	}
}

func TestChainsAndPolicies(t *testing.T) {
	t.Parallel()
	rules, six := []string{"INPUT -p udp"}, []string{}
	chains := map[string]string{"INPUT": "ACCEPT", "OLD": ""}
	m := newMachine(with(map[string]imitation.Command{"iptables": packetFilter(&rules, chains), "ip6tables": packetFilter(&six, map[string]string{"INPUT": "ACCEPT"})}))
	on(t, m,
		deed{module: "iptables", args: args("chain", "INPUT", "policy", "DROP", "ip_version", "both"), makes: "packet filter iptables filter INPUT update; packet filter ip6tables filter INPUT update"},
		deed{module: "iptables", args: args("chain", "NEW", "chain_management", true), makes: "packet filter iptables filter NEW create"},
		deed{module: "iptables", args: args("chain", "OLD", "chain_management", true, "state", "absent", "numeric", true), makes: "packet filter iptables filter OLD delete"},
		deed{module: "iptables", args: args("chain", "TWO", "chain_management", true), makes: "packet filter iptables filter TWO create"},
		deed{module: "iptables", args: args("chain", "INPUT", "protocol", "udp", "state", "absent"), makes: "packet filter iptables filter INPUT -p udp delete"},
		deed{module: "iptables", args: args("chain", "TWO", "policy", "DROP"), failed: "chain TWO of table filter has no policy"},
		deed{module: "iptables", args: args("flush", true), makes: "packet filter iptables filter flush", repeats: true},
	)
	if len(rules) > 0 || chains["INPUT"] != "DROP" {
		t.Errorf("the rules are %q, the chains %v", rules, chains)
	}
	plan := node.NewShadow(m)
	for _, want := range []string{"packet filter iptables filter INPUT -p tcp create", ""} {
		if r := run(t, plan, "iptables", args("chain", "INPUT", "protocol", "tcp")); fake.Keys(r.Changes) != want {
			t.Errorf("planned %q, want %q", fake.Keys(r.Changes), want)
		}
	}
}

// redHat is rpm and dnf with what is installed, and of what there is something newer.
func redHat(there map[string]bool, newer *[]string, ran *[]string) map[string]imitation.Command {
	return map[string]imitation.Command{
		"rpm": func(c *imitation.Invocation) int {
			if !there[c.Argv[3]] {
				c.Say("no package provides %s\n", c.Argv[3])
				return 1
			}
			return 0
		},
		"dnf": func(c *imitation.Invocation) int {
			line := strings.Join(c.Argv[1:], " ")
			switch verb := c.Argv[slices.IndexFunc(c.Argv, func(w string) bool {
				return slices.Contains([]string{"install", "upgrade", "remove", "autoremove", "makecache", "check-update"}, w)
			})]; verb {
			case "check-update":
				for _, name := range *newer {
					c.Say("%s.x86_64   2-1   updates\n", name)
				}
				if len(*newer) > 0 {
					return 100
				}
				return 0
			default:
				*ran = append(*ran, line)
				for _, name := range c.Argv {
					if name == "broken" {
						return c.Fail("Error: nothing provides x needed by broken")
					}
					if verb != "makecache" {
						there[name] = verb != "remove"
					}
				}
				if verb != "makecache" {
					*newer = nil
				}
			}
			return 0
		},
	}
}

func TestPackagesOfRPM(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args   *value.Dict
		makes  string
		ran    string
		failed string
		says   string
	}{
		{args("name", list("jq", "bash")), "package jq install", "-y install jq", "", "'results': ['Installed: jq']"},
		{args("name", "bash", "state", "present"), "", "", "", "'msg': 'Nothing to do'"},
		{args("name", "bash,jq", "state", "absent"), "package bash delete", "-y remove bash", "", "'results': ['Removed: bash']"},
		{args("name", "bash", "state", "latest"), "package bash upgrade", "-y install bash", "", ""},
		{args("name", "zsh", "state", "latest"), "package zsh upgrade", "-y install zsh", "", ""},
		{args("name", "zsh", "state", "latest", "update_only", true), "", "", "", "Nothing to do"},
		{args("name", "*", "state", "latest"), "package bash upgrade", "-y upgrade bash", "", ""},
		{args("update_cache", true), "", "-y makecache", "", "'msg': 'Cache updated'"},
		{args("name", "jq", "enablerepo", list("a", "b"), "disablerepo", "*", "exclude", "x", "disable_gpg_check", true, "allowerasing", true, "best", true, "installroot", "/mnt", "releasever", "9", "conf_file", "/c", "install_weak_deps", false, "sslverify", false,
			"enable_plugin", "p", "disable_plugin", "q", "disable_excludes", "all", "download_only", true, "download_dir", "/d", "skip_broken", true, "security", true, "bugfix", true, "cacheonly", true), "package jq install",
			"-y --allowerasing --best --bugfix --security --cacheonly --nogpgcheck --downloadonly --skip-broken --config=/c --disableexcludes=all --downloaddir=/d --releasever=9 --disableplugin=q --enableplugin=p --disablerepo=* --enablerepo=a,b --exclude=x --installroot=/mnt --setopt=install_weak_deps=False --setopt=sslverify=False install jq", "", ""},
		{args("name", "broken"), "", "-y install broken", "Failed to install broken: Error: nothing provides x needed by broken", ""},
		{args("name", "x", "best", true, "nobest", true), "", "", "takes only one of: best, nobest", ""},
		{args("name", "x", "autoremove", true, "state", "present"), "", "", "Autoremove should be used alone or with state=absent", ""},
		{args("name", "x", "lock_timeout", 5), "", "", "only 30 can be used", ""},
		{args("name", "x", "list", "installed"), "", "", `has no argument "list"`, ""},
	} {
		for _, name := range []string{"dnf", "yum"} {
			there, newer, ran := map[string]bool{"bash": true}, []string{"bash"}, []string(nil)
			m := newMachine(with(redHat(there, &newer, &ran)))
			d := deed{module: name, args: c.args, makes: c.makes, failed: c.failed, says: c.says, repeats: true, onlyLive: name == "yum" || c.ran == "-y install broken"}
			on(t, m, d)
			var last string
			if len(ran) > 0 {
				last = ran[len(ran)-1]
			}
			if last != c.ran {
				t.Errorf("%s %s ran %q, want %q", name, value.Display(c.args), ran, c.ran)
			}
		}
	}
}
