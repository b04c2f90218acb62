package builtin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"pig/internal/format"
	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/pyre"
	"pig/internal/value"
)

func waitFor() module.Module {
	return module.Module{
		Name: "wait_for",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "host", Default: "127.0.0.1"}, {Name: "port", Type: module.Int}, {Name: "path", Type: module.Path},
			{Name: "state", Default: "started", Choices: []string{"started", "stopped", "present", "absent"}},
			{Name: "timeout", Type: module.Int, Default: int64(300)}, {Name: "delay", Type: module.Int}, {Name: "sleep", Type: module.Int},
			{Name: "connect_timeout", Type: module.Int, Default: int64(5)}, {Name: "search_regex"}, {Name: "msg"},
			// unit names the service that is waited for, so that it can be diagnosed when the wait runs out.
			{Name: "unit"},
		}, Exclusive: [][]string{{"port", "path"}}},
		Run: runWaitFor,
	}
}

func runWaitFor(ctx context.Context, c *module.Call) (*value.Dict, error) {
	begin := time.Now()
	search, err := searched(c)
	if err != nil {
		return nil, err
	}
	if d := c.Args.Int("delay"); d > 0 {
		if err := let(ctx, c, time.Duration(d)*time.Second); err != nil {
			return nil, err
		}
	}
	limit := time.Duration(c.Args.Int("timeout")) * time.Second
	result := value.DictOf("state", c.Args.String("state"), "port", c.Args.Get("port"), "path", c.Args.Get("path"), "search_regex", c.Args.Get("search_regex"))
	if c.Args.Int("port") == 0 && !c.Args.Has("path") {
		return result, let(ctx, c, limit)
	}
	wait := node.Wait{
		Limit: limit - time.Since(begin),
		Met: func(ctx context.Context) error {
			met, err := waitMet(ctx, c, search)
			if met {
				result.Set("elapsed", int64(time.Since(begin).Seconds()))
				return nil
			}
			return cmp.Or(err, module.ErrNotSo)
		},
		Late: func(ctx context.Context, _ error) error { return waitOver(ctx, c) },
	}
	if c.Args.Has("sleep") {
		wait.Every = max(time.Duration(c.Args.Int("sleep"))*time.Second, module.Interval)
	}
	if err := c.System.Await(ctx, wait); err != nil {
		return nil, err
	}
	return result, nil
}

// let lets some time go by. A plan takes none.
func let(ctx context.Context, c *module.Call, d time.Duration) error {
	return c.System.Await(ctx, node.Wait{
		Limit: d, Every: d,
		Met:  func(context.Context) error { return module.ErrNotSo },
		Late: func(context.Context, error) error { return nil },
	})
}

// searched is the expression that a wait looks for, by line as Ansible's; nil if there is none.
func searched(c *module.Call) (*pattern, error) {
	text := c.Args.String("search_regex")
	if text == "" {
		return nil, nil
	}
	re, err := compile(text, pyre.Multiline)
	if err != nil {
		return nil, fmt.Errorf("search_regex: %w", err)
	}
	return re, nil
}

func waitMet(ctx context.Context, c *module.Call, search *pattern) (bool, error) {
	state := c.Args.String("state")
	wanted := state == "started" || state == "present"
	if path := c.Args.String("path"); path != "" {
		return waitPath(c, path, wanted, search)
	}
	limit := 0
	if search != nil {
		limit = 4096
	}
	banner, err := c.System.Net().Dial(ctx, c.Args.String("host"), c.Args.Int("port"), time.Duration(c.Args.Int("connect_timeout"))*time.Second, limit)
	if errors.Is(err, node.ErrUnknown) {
		return false, err
	}
	up := err == nil
	if up && search != nil {
		up = search.matches(string(banner))
	}
	return up == wanted, nil
}

func waitPath(c *module.Call, path string, wanted bool, search *pattern) (bool, error) {
	i, err := c.System.Files().Stat(path, true)
	if err != nil {
		return false, err
	}
	there := i.Exists()
	if there && search != nil {
		text, err := c.System.Files().Read(path)
		there = err == nil && search.matches(string(text))
	}
	return there == wanted, nil
}

// waitOver explains a wait that ran out.
func waitOver(ctx context.Context, c *module.Call) error {
	what := c.Args.String("path")
	if what == "" {
		what = format.HostPort(c.Args.String("host"), c.Args.Int("port"))
	}
	msg := c.Args.String("msg")
	if msg == "" {
		msg = fmt.Sprintf("%s was not %s within %d s", what, c.Args.String("state"), c.Args.Int("timeout"))
	}
	if unit := c.Args.String("unit"); unit != "" {
		return module.Diagnose(ctx, c, unit, errors.New(msg))
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
