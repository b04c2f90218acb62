package module

import (
	"context"
	"fmt"
	"strings"

	"pig/internal/node"
)

// listensAt are the addresses where the main process of a unit listens now, as address:port. What a server is declared to
// listen at is where it will be found after its next restart.
func listensAt(ctx context.Context, c *Call, unit string) []string {
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
		at := f[3]
		for _, wild := range []string{"*:", "0.0.0.0:", "[::]:"} {
			if port, ok := strings.CutPrefix(at, wild); ok {
				at = "127.0.0.1:" + port
			}
		}
		found = append(found, at)
	}
	return found
}
