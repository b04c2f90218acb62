package fleet

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// watchdog ends what waits for a node that has shown no progress for some time, or that nobody waits for any more.
type watchdog struct {
	patience time.Duration
	moved    chan struct{}
	done     chan struct{}
	wg       sync.WaitGroup
	err      error // why it gave up; read after wg.Wait
}

// watch calls giveUp once when no progress was told for patience, or when ctx ends; end stops it.
func watch(ctx context.Context, patience time.Duration, giveUp func()) *watchdog {
	w := &watchdog{patience: patience, moved: make(chan struct{}, 1), done: make(chan struct{})}
	w.wg.Go(func() {
		if w.err = w.run(ctx); w.err != nil {
			giveUp()
		}
	})
	return w
}

func (w *watchdog) run(ctx context.Context) error {
	timer := time.NewTimer(w.patience)
	defer timer.Stop()
	for {
		select {
		case <-w.moved:
			timer.Reset(w.patience)
		case <-timer.C:
			return fmt.Errorf("cannot start the agent: the node has not answered for %s", w.patience)
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-w.done:
			return nil
		}
	}
}

// progress tells that the node answered, or took what was sent.
func (w *watchdog) progress() {
	select {
	case w.moved <- struct{}{}:
	default:
	}
}

// end stops the watch and tells why it gave up, nil if it did not.
func (w *watchdog) end() error {
	close(w.done)
	w.wg.Wait()
	return w.err
}
