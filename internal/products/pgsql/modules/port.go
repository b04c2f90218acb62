package modules

import (
	"strconv"
	"strings"

	"pig/internal/module"
)

// livePort is the port that this node's PostgreSQL listens on: the declared one, unless it was started with another, which it has
// until it is restarted. The fourth line of its postmaster.pid tells.
func livePort(c *module.Call) int {
	text, err := c.System.Files().Read(c.Args.String("data") + "/postmaster.pid")
	if err != nil {
		return c.Args.Int("port")
	}
	lines := strings.Split(string(text), "\n")
	const at = 3
	if len(lines) <= at {
		return c.Args.Int("port")
	}
	n, err := strconv.Atoi(strings.TrimSpace(lines[at]))
	if err != nil {
		return c.Args.Int("port")
	}
	return n
}
