package ui

import (
	"strings"
	"testing"

	"pig/internal/engine"
	"pig/internal/value"
)

// A loop of debug says what each of its turns has to say; with no_log nothing is said at all.
func TestDebugInALoopIsShownTurnByTurn(t *testing.T) {
	t.Parallel()
	turn := func(label, msg string) engine.Result {
		return engine.Result{Label: label, Values: value.DictOf("msg", msg)}
	}
	skipped := turn("c", "left out")
	skipped.Skipped = true
	loop := engine.Result{Values: value.DictOf("msg", "All items completed"), Items: []engine.Result{turn("a", "hello 1"), turn("b", "hello 2"), skipped}}
	for noLog, want := range map[bool][]string{false: {"hello 1", "hello 2"}, true: {}} {
		loop.NoLog = noLog
		var text, lines strings.Builder
		NewText(NewTerminal(&text), Palette{}, TextOptions{}).HostDone("h", engine.TaskRef{Action: "debug"}, loop, 0)
		NewJSON(NewTerminal(&lines), false, false).HostDone("h", engine.TaskRef{Action: "debug"}, loop, 0)
		for name, out := range map[string]string{"text": text.String(), "json": lines.String()} {
			for _, w := range want {
				if !strings.Contains(out, w) {
					t.Errorf("%s: no %q in %s", name, w, out)
				}
			}
			if strings.Contains(out, "left out") || noLog && strings.Contains(out, "hello") {
				t.Errorf("%s, no_log %v: %s", name, noLog, out)
			}
		}
	}
}
