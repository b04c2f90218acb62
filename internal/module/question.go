package module

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"pig/internal/node"
)

const (
	// patience is how long a service that is there may leave a question without an answer: it starts, its leader changes, its disk is slow.
	patience = 45 * time.Second
	// startTakes is how long a unit that runs may have nobody who listens yet.
	startTakes = 10 * time.Second
	// Pauses between two tries grow from the first to the longest.
	firstPause, longestPause = 250 * time.Millisecond, 4 * time.Second
)

// Busy is the answer of a service that it cannot answer now, such as 503.
type Busy struct{ Cause error }

func (b Busy) Error() string { return b.Cause.Error() }
func (b Busy) Unwrap() error { return b.Cause }

// NotReady is that nobody listens where a service is asked, told by something else than the network.
type NotReady struct{ Cause error }

func (r NotReady) Error() string { return r.Cause.Error() }
func (r NotReady) Unwrap() error { return r.Cause }

// Unready tells whether a status of HTTP says "not now" instead of something about what was asked for.
func Unready(status int) bool { return status == 502 || status == 503 || status == 504 }

// NoAnswer is a service that is there and did not answer for as long as anybody waits. In a plan it is a failure, and not unknown: whoever
// reads on must not take it for a service without anything in it.
type NoAnswer struct {
	Unit  string
	after time.Duration
	cause error
}

func (n *NoAnswer) Error() string {
	who := n.Unit
	if who == "" {
		who = "the service"
	}
	return fmt.Sprintf("%s does not answer (tried for %s): %v", who, n.after.Round(time.Second), n.cause)
}
func (n *NoAnswer) Unwrap() error { return n.cause }

// Question asks a service by try, again and again if it is there and does not answer: once more at least, up to its patience or the end of the task. What
// is not there is told at once: nobody listens, and unit, if it is one of this node, does not run. Try may be a change too, if it may be made twice: one that
// says how something shall be.
func Question(ctx context.Context, c *Call, unit string, try func(context.Context) error) error {
	began := time.Now()
	for wait, again := firstPause, false; ; wait, again = min(2*wait, longestPause), true {
		err := try(ctx)
		var b Busy
		silent := node.Silent(err) || errors.As(err, &b)
		limit := patience
		switch {
		case err == nil:
			return nil
		case silent:
		case starting(ctx, c, unit, err):
			limit = startTakes
		default:
			return err
		}
		if (!again || time.Since(began)+wait <= limit) && inTime(ctx, wait) && Pause(ctx, wait) == nil {
			continue
		}
		if silent {
			return &NoAnswer{unit, time.Since(began), node.Cause(err)}
		}
		return err
	}
}

// inTime tells whether the task has more time than wait.
func inTime(ctx context.Context, wait time.Duration) bool {
	end, limited := ctx.Deadline()
	return !limited || time.Until(end) > wait
}

// starting tells whether err is that nobody listens although the unit runs.
func starting(ctx context.Context, c *Call, unit string, err error) bool {
	if unit == "" || !node.Refused(node.Cause(err)) && !errors.As(err, new(NotReady)) {
		return false
	}
	u, err := c.System.Services().Unit(ctx, unit)
	return err == nil && slices.Contains([]string{"active", "activating", "reloading"}, u.Active)
}
