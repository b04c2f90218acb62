package ui

import (
	"strings"
	"testing"

	"pig/internal/engine"
)

// A loop that failed says why: with the words of the turn that failed.
func TestAnEventTellsWhyALoopFailed(t *testing.T) {
	t.Parallel()
	loop := engine.Result{Failed: true, Msg: "One or more items failed", Items: []engine.Result{{Label: "a"}, {Label: "b", Failed: true, Msg: "disk full"}}}
	for noLog, want := range map[bool]string{false: `"msg":"disk full (item b)"`, true: ""} {
		var out strings.Builder
		loop.NoLog = noLog
		NewJSON(NewTerminal(&out), false, false).HostDone("h", engine.TaskRef{Name: "write"}, loop, 0)
		if text := out.String(); !strings.Contains(text, want) || noLog && strings.Contains(text, "disk full") {
			t.Errorf("no_log %v: %s", noLog, text)
		}
	}
}
