//go:build linux

package fleet

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pig/internal/transport/sshd"
)

// A sudo that wants a terminal gets one, and frames go through it as they are.
func TestASudoThatWantsATerminalGetsOne(t *testing.T) {
	t.Parallel()
	bin := t.TempDir()
	for name, text := range map[string]string{
		"id":   "echo 1000", // not root, so that sudo is asked
		"sudo": "[ -t 0 ] || { echo 'sudo: sorry, you must have a tty to run sudo' >&2; exit 1; }\nshift 2\nexec \"$@\"",
	} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil { //nolint:gosec // it is run
			t.Fatal(err)
		}
	}
	wants := func(terminal bool) *site {
		s := newSite(t)
		env := []string{"HOME=" + s.home, "PATH=" + bin + ":" + os.Getenv("PATH")}
		s.shell = func(line string, in io.Reader, out, errs io.Writer) int { return sshd.Shell(env)(line, in, out, errs) }
		if terminal {
			s.server.Terminal = sshd.TerminalShell(env)
		}
		return s
	}
	h := theHost()
	h.Become = true
	if _, err := wants(false).fleet().Run(t.Context(), h, echo("x")); err == nil || !strings.Contains(err.Error(), "terminal") {
		t.Errorf("a server that gives no terminal: %v", err)
	}
	var all strings.Builder
	for c := range 256 { // every byte that a terminal might take for itself
		all.WriteByte(byte(c))
	}
	text := strings.Repeat(all.String()+"\r\n\x03\x04\x11\x13\x1a\x7f", 300)
	r, err := wants(true).fleet().Run(t.Context(), h, echo(text))
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Values.At("text"); got != text {
		t.Errorf("%d bytes came back otherwise", len(text))
	}
}
