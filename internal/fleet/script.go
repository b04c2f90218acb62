package fleet

import (
	_ "embed"
	"fmt"
	"strings"

	"pig/internal/agentbin"
	"pig/internal/transport"
)

// starter is what runs on the node before there is an agent: plain sh, the one place where pig writes shell.
//
// It looks for the agent in a place that allows execution, takes it from its input if it is not there or is not what its
// name says, and becomes it. Agents of other versions that nobody used for a month are swept away.
//
// What comes by SFTP gathers in a file of a known name, to which two controllers may write at once: it is copied, since a program that is
// open for writing does not start.
//
// Other accounts of the node may have prepared any name below /var/tmp and /tmp. So the script goes into a directory, and
// then asks what it is in: one that this account owns and that nobody else can write, at the path that was meant. From there
// on it names files without a path, so that nothing above can be swapped between the check of the agent and its start.
//
//go:embed start.sh
var starter string

// itself becomes the agent of the directory that the script is in. Bash would look for ./agent at the path by which it knows
// that directory; the kernel asks the directory itself.
const itself = `exec "/proc/self/cwd/agent-$h"`

func script(bin agentbin.Binary, h Host) string {
	args := "--stdio"
	if bin.Self {
		args = "agent " + args
	}
	become := itself
	if h.Become {
		sudo := h.BecomeExe
		if sudo == "" {
			sudo = "sudo"
		}
		if h.BecomePassword == "" {
			become = fmt.Sprintf(`[ "$u" = 0 ] || exec %s -n -- "$a"`, transport.Quote(sudo))
		} else {
			become = fmt.Sprintf(`[ "$u" != 0 ] || read -r _; [ "$u" = 0 ] || exec %s -S -p '' -- "$a"`, transport.Quote(sudo))
		}
		become += " " + args + ` "$w"` + `; ` + itself
	}
	body := strings.NewReplacer("HASH", bin.SHA256, "SIZE", fmt.Sprint(len(bin.Content)), "BECOME", become+" "+args+` "$w"`).Replace(starter)
	return "exec /bin/sh -c " + transport.Quote(body)
}
