package module

import (
	"context"
	"errors"
	"time"

	"pig/internal/node"
)

// Interval is how long what is tried again rests in between: not long, since the agent is on the spot.
const Interval = 100 * time.Millisecond

// ErrNotSo is that what a task waits for is not so.
var ErrNotSo = errors.New("not yet")

// Pause waits, unless ctx ends before.
func Pause(ctx context.Context, d time.Duration) error { return node.Sleep(ctx, d) }
