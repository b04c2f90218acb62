package ui

import (
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"
)

// Terminal writes lines, and keeps one progress line below them where the output is a terminal. It is safe for concurrent
// use.
type Terminal struct {
	mu     sync.Mutex
	out    io.Writer
	live   bool
	width  int
	status string
}

// NewTerminal writes to out. What it gets has its secrets masked already: a finished line has names and numbers in it.
func NewTerminal(out io.Writer) *Terminal {
	t := &Terminal{out: out, width: 100}
	if f, ok := out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		t.live = true
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 20 {
			t.width = w
		}
	}
	return t
}

// Live tells whether there is a person at the other end.
func (t *Terminal) Live() bool { return t.live }

// Print writes text, which ends with a line break.
func (t *Terminal) Print(text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.clear()
	_, _ = io.WriteString(t.out, text)
	t.draw()
}

// Status replaces the progress line; "" removes it.
func (t *Terminal) Status(text string) {
	if !t.live {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.clear()
	t.status = text
	t.draw()
}

func (t *Terminal) clear() {
	if t.live && t.status != "" {
		_, _ = io.WriteString(t.out, "\r\x1b[K")
	}
}

func (t *Terminal) draw() {
	if !t.live || t.status == "" {
		return
	}
	line := []rune(strings.ReplaceAll(t.status, "\n", " "))
	if len(line) >= t.width {
		line = append(line[:t.width-2], '…')
	}
	_, _ = io.WriteString(t.out, string(line))
}
