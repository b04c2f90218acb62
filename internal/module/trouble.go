package module

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"pig/internal/format"
	"pig/internal/node"
)

// Sign is what logs say, and what it means.
type Sign struct {
	Pattern *regexp.Regexp
	Cause   string
}

// Means is a sign: what a regular expression finds in a log has this cause.
func Means(pattern, cause string) Sign { return Sign{regexp.MustCompile(pattern), cause} }

// Troubled is an error with its probable cause first, by the first of signs that the evidence shows, and the evidence.
func Troubled(signs []Sign, unit string, u node.Unit, known bool, evidence []string, cause error) error {
	why := FirstSign(signs, evidence)
	switch {
	case why != "":
	case known && !u.Exists:
		why = "unit " + unit + " not found on this node"
	case known && !u.Running():
		why = "unit " + unit + " does not run"
	default:
		return fmt.Errorf("%w\n  %s", cause, strings.Join(evidence, "\n  "))
	}
	return fmt.Errorf("%w\n  probably %s\n  %s", cause, why, strings.Join(evidence, "\n  "))
}

// FirstSign is what the first of signs that the evidence shows means, "" if it shows none.
func FirstSign(signs []Sign, evidence []string) string {
	text := strings.Join(evidence, "\n")
	if strings.Contains(text, "disk: ") {
		return "the disk is full"
	}
	for _, s := range signs {
		if s.Pattern.MatchString(text) {
			return s.Cause
		}
	}
	return ""
}

// TailLogs gives the last lines of the newest file in a directory of logs.
func TailLogs(ctx context.Context, c *Call, dir string) []string {
	names, err := c.System.Files().List(dir)
	if err != nil {
		return nil
	}
	newest, at := "", time.Time{}
	for _, n := range names {
		i, err := c.System.Files().Stat(dir+"/"+n, true)
		if err == nil && i.Kind == node.File && i.Size > 0 && i.Mtime.After(at) {
			newest, at = dir+"/"+n, i.Mtime
		}
	}
	if newest == "" {
		return nil
	}
	out, err := c.System.Exec(ctx, node.Cmd{Argv: []string{"tail", "-n", "8", newest}, ReadOnly: true})
	if err != nil || out.RC != 0 {
		return nil
	}
	var lines []string
	for line := range strings.SplitSeq(strings.TrimSpace(string(out.Stdout)), "\n") {
		if line != "" {
			lines = append(lines, newest[strings.LastIndexByte(newest, '/')+1:]+": "+Clip(line, 300))
		}
	}
	return lines
}

// Clip cuts a text after n bytes.
func Clip(s string, n int) string {
	if len(s) > n {
		return s[:n] + "…"
	}
	return s
}

// Listening tells who has a port of this node.
func Listening(ctx context.Context, c *Call, port int) string {
	found := fmt.Sprintf("ports: nothing listens on %d", port)
	out, err := c.System.Exec(ctx, node.Cmd{Argv: []string{"ss", "-Hltnp"}, ReadOnly: true})
	if err != nil || out.RC != 0 {
		return "ports: unknown"
	}
	for line := range strings.SplitSeq(string(out.Stdout), "\n") {
		if strings.Contains(line, fmt.Sprintf(":%d ", port)) {
			found = "ports: " + strings.Join(strings.Fields(line), " ")
		}
	}
	return found
}

// Listener is the address and port under which this node reaches its own service: it may listen on one address only.
func Listener(ctx context.Context, c *Call, port int) string {
	local := format.HostPort("127.0.0.1", port)
	var everywhere []string
	for _, s := range Sockets(ctx, c.System) {
		if s.Port() != port {
			continue
		}
		at := onLoopback(s.At)
		if at == s.At {
			return at
		}
		everywhere = append(everywhere, at)
	}
	if len(everywhere) > 0 && !slices.Contains(everywhere, local) { // all of IPv6 alone
		return everywhere[0]
	}
	return local
}
