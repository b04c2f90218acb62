package plan

import (
	"strings"
	"testing"

	"pig/internal/engine"
)

func TestNoLogHidesWhyATaskFailed(t *testing.T) {
	t.Parallel()
	for _, unreachable := range []bool{false, true} {
		r := NewRecord(engine.Discard{})
		r.HostDone("a", engine.TaskRef{Name: "x"}, engine.Result{Failed: !unreachable, Unreachable: unreachable, Ignored: unreachable, NoLog: true, Msg: "CANARY"}, 0)
		for _, e := range r.Entries() {
			if said := e.Failed + strings.Join(e.Warnings, ""); !strings.Contains(said, "(no_log)") || strings.Contains(said, "CANARY") {
				t.Errorf("the plan tells %q", said)
			}
		}
		if len(r.Entries()) != 1 {
			t.Errorf("%d entries", len(r.Entries()))
		}
	}
}
