package module

import (
	"context"
	"fmt"
	"strings"

	"pig/internal/node"
)

// ListensAt are the addresses where the main process of a unit listens now, as address:port. What a server is declared to
// listen at is where it will be found after its next restart.
func ListensAt(ctx context.Context, c *Call, unit string) []string {
	u, err := c.Scratch.Services().Unit(ctx, unit)
	if err != nil || u.PID == 0 {
		return nil
	}
	out, err := c.Scratch.Exec(ctx, node.Cmd{Argv: []string{"ss", "-Hltnp"}, ReadOnly: true})
	if err != nil || out.RC != 0 {
		return nil
	}
	var found []string
	for line := range strings.SplitSeq(string(out.Stdout), "\n") {
		f := strings.Fields(line)
		if len(f) < 5 || !strings.Contains(line, fmt.Sprintf("pid=%d,", u.PID)) {
			continue
		}
		found = append(found, onLoopback(f[3]))
	}
	return found
}

// onLoopback is where a node reaches a socket that ss names: what listens on all addresses listens on the loopback too. [::] may be IPv6
// alone; what takes both ss names *.
func onLoopback(at string) string {
	for wild, loopback := range map[string]string{"*:": "127.0.0.1:", "0.0.0.0:": "127.0.0.1:", "[::]:": "[::1]:"} {
		if port, ok := strings.CutPrefix(at, wild); ok {
			return loopback + port
		}
	}
	return at
}
