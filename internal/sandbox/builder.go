//go:build linux

package sandbox

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// build runs one step's script in mount and pid namespaces of its own: whatever becomes of it, or of us, the kernel
// ends its processes and undoes its mounts. The whole output goes to a log; lines that begin with "== " are progress.
func (m images) build(ctx context.Context, step, script string, args []string) error {
	logPath := filepath.Join(m.dir, step+".log")
	log, err := os.Create(logPath)
	if err != nil {
		return err
	}
	defer log.Close()

	argv := []string{"--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc",
		"/bin/sh", "-c", libScript + script, step}
	cmd := exec.CommandContext(ctx, "unshare", append(argv, args...)...)
	cmd.WaitDelay = 5 * time.Second
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	r, w := io.Pipe()
	cmd.Stdout, cmd.Stderr = w, w

	read := make(chan struct{})
	go func() { // ends when the pipe is closed below
		defer close(read)
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			fmt.Fprintln(log, lines.Text())
			if text, ok := strings.CutPrefix(lines.Text(), "== "); ok {
				m.say(text)
			}
		}
		_, _ = io.Copy(io.Discard, r)
	}()

	runtime.LockOSThread() // the death signal is tied to the thread that starts the child
	err = cmd.Run()
	runtime.UnlockOSThread()
	_ = w.Close()
	<-read
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return fmt.Errorf("step %s: %w; the end of %s:\n%s", step, err, logPath, tail(logPath, 15))
}

// tail returns the last lines of a file, indented for an error message.
func tail(path string, n int) string {
	raw, err := os.ReadFile(path)
	if err != nil {
		return "  (" + err.Error() + ")"
	}
	lines := strings.Split(strings.TrimSpace(printable(string(raw))), "\n")
	if len(lines) > n {
		lines = lines[len(lines)-n:]
	}
	return "  " + strings.Join(lines, "\n  ")
}

// printable drops the colours and cursor movements of a boot console.
func printable(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == 0x1b {
			i = skipEscape(s, i)
			continue
		}
		if s[i] == '\n' || s[i] == '\t' || s[i] >= ' ' {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// skipEscape returns the index of an escape sequence's last byte.
func skipEscape(s string, i int) int {
	if i+1 >= len(s) {
		return i
	}
	switch s[i+1] {
	case '[': // up to a letter
		for i += 2; i < len(s) && (s[i] < '@' || s[i] > '~'); i++ {
		}
	case ']', 'P', '_', '^', 'X': // up to BEL or ESC \
		for i += 2; i < len(s) && s[i] != 0x07 && s[i] != '\\'; i++ {
		}
	default:
		i++
	}
	return i
}
