package module

import (
	"context"
	"errors"
	"io/fs"
	"testing"
	"testing/synctest"
	"time"

	"pig/internal/module/fake"
)

// A task that has less time than a service is given ends in its own time, with what is wrong and not with "too late".
func TestAQuestionEndsWithItsTask(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		err := Question(ctx, &Call{System: &fake.Node{}}, "", func(context.Context) error { return Busy{Cause: fs.ErrInvalid} })
		if !errors.Is(err, fs.ErrInvalid) || ctx.Err() != nil {
			t.Errorf("got %v, %v", err, ctx.Err())
		}
	})
}
