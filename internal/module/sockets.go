package module

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"pig/internal/node"
)

// Socket is where somebody listens on this node.
type Socket struct {
	At      string // as ss names it: address:port
	Process string // the name of the first process that has it, "" where ss does not tell
	PIDs    []int  // of all that have it
}

// Port is the port of a socket, 0 where ss names none.
func (s Socket) Port() int { return Number(s.At[strings.LastIndexByte(s.At, ':')+1:]) }

// Address is the address of a socket without brackets and the name of an interface.
func (s Socket) Address() string {
	address, _, _ := strings.Cut(strings.Trim(s.At[:max(0, strings.LastIndexByte(s.At, ':'))], "[]"), "%")
	return address
}

var holder = regexp.MustCompile(`\("([^"]+)",pid=(\d+),`)

// Sockets are those on which somebody listens; none where ss does not tell.
func Sockets(ctx context.Context, on node.System) (all []Socket) {
	out, err := on.Exec(ctx, node.Cmd{Argv: []string{"ss", "-Hltnp"}, ReadOnly: true})
	if err != nil || out.RC != 0 {
		return nil
	}
	for line := range strings.Lines(string(out.Stdout)) {
		f := strings.Fields(line)
		if len(f) < 4 {
			continue
		}
		s := Socket{At: f[3]}
		for i, m := range holder.FindAllStringSubmatch(line, -1) {
			if i == 0 {
				s.Process = m[1]
			}
			s.PIDs = append(s.PIDs, Number(m[2]))
		}
		all = append(all, s)
	}
	return all
}

// ListensAt are the addresses where the main process of a unit listens now, as address:port. What a server is declared to
// listen at is where it will be found after its next restart.
func ListensAt(ctx context.Context, c *Call, unit string) []string {
	u, err := c.Scratch.Services().Unit(ctx, unit)
	if err != nil || u.PID == 0 {
		return nil
	}
	var found []string
	for _, s := range Sockets(ctx, c.Scratch) {
		if slices.Contains(s.PIDs, u.PID) {
			found = append(found, onLoopback(s.At))
		}
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
