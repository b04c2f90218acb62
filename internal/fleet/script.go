package fleet

import (
	"fmt"
	"strings"

	"pig/internal/agentbin"
)

// script is what runs on the node before there is an agent: plain sh, the one place where pig writes shell.
//
// It looks for the agent in a place that allows execution, takes it from its input if it is not there or is not what its
// name says, and becomes it. Agents of other versions that nobody used for a month are swept away.
func script(bin agentbin.Binary, h Host) string {
	args := "--stdio"
	if bin.Self {
		args = "agent " + args
	}
	start := fmt.Sprintf(`exec "$a" %s`, args)
	if h.Become {
		sudo := h.BecomeExe
		if sudo == "" {
			sudo = "sudo"
		}
		if h.BecomePassword == "" {
			start = fmt.Sprintf(`if [ "$(id -u)" = 0 ]; then exec "$a" %[1]s; else exec %[2]s -n -- "$a" %[1]s; fi`, args, quote(sudo))
		} else {
			start = fmt.Sprintf(`if [ "$(id -u)" = 0 ]; then read -r _; exec "$a" %[1]s; else exec %[2]s -S -p '' -- "$a" %[1]s; fi`, args, quote(sudo))
		}
	}
	body := strings.Join([]string{
		`umask 077`,
		`h=` + bin.SHA256,
		`ok() { [ -x "$1" ] && [ "$(sha256sum "$1" 2>/dev/null | cut -c1-64)" = "$h" ]; }`,
		`for d in "$HOME/.cache/pig" "/var/tmp/pig-$(id -u)" "/tmp/pig-$(id -u)"; do a="$d/agent-$h"; if ok "$a"; then touch "$a"; echo pig have; ` + start + `; fi; done`,
		`for d in "$HOME/.cache/pig" "/var/tmp/pig-$(id -u)" "/tmp/pig-$(id -u)"; do mkdir -p "$d" 2>/dev/null && [ -O "$d" ] || continue`,
		`printf '#!/bin/sh\nexit 0\n' > "$d/.try" 2>/dev/null && chmod 700 "$d/.try" && "$d/.try" 2>/dev/null; r=$?; rm -f "$d/.try"; [ $r = 0 ] || continue`,
		`a="$d/agent-$h"; t="$a.$$"; echo pig need`,
		fmt.Sprintf(`head -c %d > "$t" && chmod 700 "$t" && ok "$t" && mv -f "$t" "$a" || { rm -f "$t"; echo "pig cannot: the agent did not arrive whole in $d (is the disk full?)"; exit 1; }`, len(bin.Content)),
		`find "$d" -name 'agent-*' -mtime +30 -exec rm -f {} + 2>/dev/null`,
		`echo pig have; ` + start + `; done`,
		`echo "pig cannot: no directory where the agent may be kept and run"; exit 1`,
	}, "\n")
	return "exec /bin/sh -c " + quote(body)
}

// quote makes one word of s for a POSIX shell.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
