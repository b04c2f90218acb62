//go:build linux

package node

import (
	"context"
	"strings"
	"testing"
)

func TestOutputOfACommandIsBounded(t *testing.T) {
	sys, err := NewLive().For(Task{})
	if err != nil {
		t.Fatal(err)
	}
	out, err := sys.Exec(context.Background(), Cmd{Argv: []string{"head", "-c", "20000000", "/dev/zero"}})
	if err != nil || out.RC != 0 {
		t.Fatal(out.RC, err)
	}
	if len(out.Stdout) > maxCaptured+100 || !strings.HasSuffix(string(out.Stdout), "11611392 bytes more]\n") {
		t.Errorf("%d bytes, which end with %q", len(out.Stdout), out.Stdout[max(0, len(out.Stdout)-60):])
	}
}
