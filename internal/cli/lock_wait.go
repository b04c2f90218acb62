package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// longestLockPause bounds the time between two looks at a lock that somebody else has.
const longestLockPause = 10 * time.Second

// await takes locks, and tries again for the time of --lock-timeout as long as others have them. Between two tries free gives back those that were
// taken: of two runs that wait, one would else have what the other needs. With planned something was planned on the agents, for hosts as they were
// before the wait: then the locks are those of new agents.
func (s *runner) await(ctx context.Context, take func() error, free func(), planned bool) error {
	deadline, told, pause := time.Now().Add(s.opt.lockTime), "", time.Second
	for {
		err := take()
		if err == nil && told != "" && planned {
			free()
			s.fleet.Afresh()
			s.waited, told = true, ""
			continue
		}
		var no notLocked
		left := time.Until(deadline)
		if !errors.As(err, &no) || no.lasting || left <= 0 {
			return err
		}
		free()
		if text := strings.Join(no.lines, "\n  "); text != told {
			told = text
			fmt.Fprintf(s.app.err, "Waiting up to %s for the end of other runs:\n  %s\n", left.Round(time.Second), text)
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-s.app.interrupts:
			return errInterrupted
		case <-time.After(min(pause, left)):
		}
		pause = min(2*pause, longestLockPause)
	}
}
