package fleet

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestWatchdogWaitsWhileThereIsProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gaveUp := false
		w := watch(t.Context(), time.Minute, func() { gaveUp = true })
		for range 10 {
			time.Sleep(50 * time.Second)
			w.progress()
			synctest.Wait()
		}
		if err := w.end(); err != nil || gaveUp {
			t.Errorf("gave up on a node that goes on answering: %v", err)
		}
	})
}

func TestWatchdogGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gaveUp := make(chan struct{})
		w := watch(t.Context(), time.Minute, func() { close(gaveUp) })
		<-gaveUp
		if err := w.end(); err == nil || !strings.Contains(err.Error(), "has not answered for 1m0s") {
			t.Error(err)
		}
	})
	ctx, cancel := context.WithCancelCause(t.Context())
	gaveUp := make(chan struct{})
	w := watch(ctx, time.Hour, func() { close(gaveUp) })
	interrupted := errors.New("interrupted")
	cancel(interrupted)
	<-gaveUp
	if err := w.end(); !errors.Is(err, interrupted) {
		t.Error(err)
	}
}
