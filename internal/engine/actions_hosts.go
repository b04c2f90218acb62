package engine

import (
	"context"
	"slices"
)

// waitForHosts, pig's own, waits until all hosts that share the play with this one, or those of the argument hosts among them, have come to
// this task or have left the play. So the limit of what they do together after it does not run while one of them still installs packages.
// Clusters that are told apart do not wait for each other.
func waitForHosts(ctx context.Context, c *call) Result {
	wake := context.AfterFunc(ctx, c.moved.Broadcast)
	defer wake()
	only := textsOr(c.args.At("hosts"))
	with := c.sharing(c.task)
	c.playRun.mu.Lock()
	defer c.playRun.mu.Unlock()
	behind := func(other *run) bool {
		return !other.gone && slices.Compare(other.at, c.at) < 0 && other.sharing(c.task) == with && (only == nil || slices.Contains(only, other.Name))
	}
	for slices.ContainsFunc(c.runs, behind) {
		if err := context.Cause(ctx); err != nil {
			return failed(err)
		}
		c.moved.Wait()
	}
	return ok(nil)
}
