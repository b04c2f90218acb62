package module

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"pig/internal/format"
	"pig/internal/node"
	"pig/internal/value"
)

func waitFor() Module {
	return Module{
		Name: "wait_for",
		Spec: Spec{Args: []Arg{
			{Name: "host", Default: "127.0.0.1"}, {Name: "port", Type: Int}, {Name: "path", Type: Path},
			{Name: "state", Default: "started", Choices: []string{"started", "stopped", "present", "absent", "drained"}},
			{Name: "timeout", Type: Int, Default: int64(300)}, {Name: "delay", Type: Int}, {Name: "sleep", Type: Int},
			{Name: "connect_timeout", Type: Int, Default: int64(5)}, {Name: "search_regex"}, {Name: "msg"},
			// unit names the service that is waited for, so that it can be diagnosed when the wait runs out.
			{Name: "unit"},
		}},
		Run: runWaitFor,
	}
}

// interval is how often a wait looks if sleep says nothing else: often, since the agent is on the spot.
const interval = 100 * time.Millisecond

func runWaitFor(ctx context.Context, c *Call) (*value.Dict, error) {
	begin := time.Now()
	if d := c.Args.Int("delay"); d > 0 && !c.System.Planned() {
		if err := pause(ctx, time.Duration(d)*time.Second); err != nil {
			return nil, err
		}
	}
	limit := time.Duration(c.Args.Int("timeout")) * time.Second
	result := value.DictOf("state", c.Args.String("state"), "port", c.Args.Get("port"), "path", c.Args.Get("path"), "search_regex", c.Args.Get("search_regex"))
	if c.Args.Int("port") == 0 && !c.Args.Has("path") {
		if c.System.Planned() {
			return result, nil
		}
		return result, pause(ctx, limit)
	}
	every := interval
	if c.Args.Has("sleep") {
		every = time.Duration(c.Args.Int("sleep")) * time.Second
	}
	for {
		met, err := waitMet(ctx, c)
		if errors.Is(err, node.ErrUnknown) || !met && c.System.Planned() {
			return result, nil // a plan cannot wait: what is to come will come
		}
		if met {
			result.Set("elapsed", int64(time.Since(begin).Seconds()))
			return result, nil
		}
		if time.Since(begin) > limit {
			return nil, waitOver(ctx, c)
		}
		if err := pause(ctx, every); err != nil {
			return nil, err
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func waitMet(ctx context.Context, c *Call) (bool, error) {
	state := c.Args.String("state")
	wanted := state == "started" || state == "present"
	if path := c.Args.String("path"); path != "" {
		return waitPath(c, path, wanted)
	}
	limit := 0
	search := c.Args.String("search_regex")
	if search != "" {
		limit = 4096
	}
	banner, err := c.System.Net().Dial(ctx, c.Args.String("host"), c.Args.Int("port"), time.Duration(c.Args.Int("connect_timeout"))*time.Second, limit)
	if errors.Is(err, node.ErrUnknown) {
		return false, err
	}
	up := err == nil
	if up && search != "" {
		re, err := regexp.Compile(search)
		if err != nil {
			return false, err
		}
		up = re.Match(banner)
	}
	return up == wanted, nil
}

func waitPath(c *Call, path string, wanted bool) (bool, error) {
	i, err := c.System.Files().Stat(path, true)
	if err != nil {
		return false, err
	}
	there := i.Exists()
	if search := c.Args.String("search_regex"); there && search != "" {
		re, err := regexp.Compile(search)
		if err != nil {
			return false, err
		}
		text, err := c.System.Files().Read(path)
		there = err == nil && re.Match(text)
	}
	return there == wanted, nil
}

// waitOver explains a wait that ran out.
func waitOver(ctx context.Context, c *Call) error {
	what := c.Args.String("path")
	if what == "" {
		what = format.HostPort(c.Args.String("host"), c.Args.Int("port"))
	}
	msg := c.Args.String("msg")
	if msg == "" {
		msg = fmt.Sprintf("%s was not %s within %d s", what, c.Args.String("state"), c.Args.Int("timeout"))
	}
	if unit := c.Args.String("unit"); unit != "" {
		return diagnose(ctx, c, unit, errors.New(msg))
	}
	if port := c.Args.Int("port"); port > 0 {
		out, err := c.System.Exec(ctx, node.Cmd{Argv: []string{"ss", "-ltnp"}, ReadOnly: true})
		if err == nil && out.RC == 0 {
			found := "nothing listens on port " + fmt.Sprint(port) + " of this node"
			for line := range strings.SplitSeq(string(out.Stdout), "\n") {
				if strings.Contains(line, fmt.Sprintf(":%d ", port)) {
					found = strings.Join(strings.Fields(line), " ")
				}
			}
			msg += "\n  ports: " + found
		}
	}
	return errors.New(msg)
}
