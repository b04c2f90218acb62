package engine

import (
	"context"
	"fmt"
	"time"

	"pig/internal/diag"
	"pig/internal/value"
)

func pause(ctx context.Context, c *call) Result {
	if c.args.Has("seconds") && c.args.Has("minutes") {
		return failed(diag.Errorf(c.task.Pos, "parameters are mutually exclusive: minutes|seconds"))
	}
	begin, echo := c.e.Now(), c.args.At("echo") == nil || truth(c.args.At("echo"))
	done := func(text, answer string) Result {
		end := c.e.Now()
		return ok(value.DictOf("start", stamp(begin), "stop", stamp(end), "delta", int64(end.Sub(begin).Seconds()), "echo", echo,
			"stdout", text, "stderr", "", "rc", int64(0), "user_input", answer))
	}
	for _, unit := range []struct {
		key   string
		scale time.Duration
	}{{"seconds", 1}, {"minutes", 60}} {
		v := c.args.At(unit.key)
		if v == nil {
			continue
		}
		d, err := seconds(v, c.task.Pos)
		if err != nil {
			return failed(err)
		}
		if c.e.opt.Plan {
			return ok(nil)
		}
		if err := c.e.Sleep(ctx, d*unit.scale); err != nil {
			return failed(err)
		}
		return done(fmt.Sprintf("Paused for %s %s", value.Str(float64(d)/float64(time.Second)), unit.key), "")
	}
	if c.e.opt.Plan || c.e.Ask == nil { // nobody is there who could answer
		return done("Paused for 0.0 minutes", "")
	}
	text := "Press enter to continue, Ctrl+C to interrupt"
	if v := c.args.At("prompt"); v != nil {
		text = value.Str(v)
	}
	answer, err := c.e.Ask(fmt.Sprintf("[%s]\n%s", c.task.Title(), text), echo)
	if err != nil {
		return failed(err)
	}
	return done(fmt.Sprintf("Paused for %s minutes", value.Str(c.e.Now().Sub(begin).Minutes())), answer)
}

func stamp(t time.Time) string { return t.Format("2006-01-02 15:04:05.000000") }
