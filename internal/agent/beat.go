package agent

import (
	"errors"
	"io"
	"sync/atomic"
	"time"
)

const (
	// BeatEvery is how often each side of a conversation says that it is there.
	BeatEvery = 5 * time.Second
	// missed is after how many such times of silence the other side counts as gone: 40 to 45 s after its last word. A machine on which
	// dozens of databases start at once was seen to say nothing for longer than 20 s.
	missed = 8
)

// ErrSilent says that nothing came from the other side for so long that it counts as gone. A stream alone does not tell: a process that was
// stopped, or a cable that was pulled, ends nothing.
var ErrSilent = errors.New("no message from the other side for 40 s")

// Beat keeps a conversation alive: it says that this side is there, and notices when the other one is not. Every byte that comes counts,
// so a slow link that brings a large message is no silence. Nor is a side that is busy: the beat is a goroutine of its own.
type Beat struct{ heard atomic.Bool }

// Hear gives r, of which each byte counts as a beat.
func (b *Beat) Hear(r io.Reader) io.Reader { return heartbeat{b, r} }

// Keep beats on w until done is closed, and calls lost if the other side falls silent before that. Silence is counted in times that this
// process has slept through: a machine that stood still itself gives the other side one more of them.
func (b *Beat) Keep(done <-chan struct{}, w *Writer, lost func()) {
	go b.say(done, w)
	tick := time.NewTicker(BeatEvery)
	defer tick.Stop()
	for silent := 0; silent < missed; {
		select {
		case <-done:
			return
		case <-tick.C:
		}
		silent++
		if b.heard.Swap(false) {
			silent = 0
		}
	}
	lost()
}

// say is apart from listening, for it waits as long as the stream does not take what is written.
func (b *Beat) say(done <-chan struct{}, w *Writer) {
	tick := time.NewTicker(BeatEvery)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case <-tick.C:
		}
		if w.pulse() != nil {
			return // who reads the stream notices too
		}
	}
}

type heartbeat struct {
	beat *Beat
	from io.Reader
}

func (h heartbeat) Read(p []byte) (int, error) {
	n, err := h.from.Read(p)
	if n > 0 {
		h.beat.heard.Store(true)
	}
	return n, err
}
