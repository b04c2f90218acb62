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

// A host that could not be reached is counted once, and not as a failure: the exit status tells the two apart.
func TestHostsThatAreAwayAreNoFailures(t *testing.T) {
	t.Parallel()
	away := UnitPlan{Error: "failed on a, b", Entries: []Entry{{Host: "a", Failed: "no route", Unreachable: true}, {Host: "b", Failed: "no route", Unreachable: true}}}
	if s := Summarize(away); s.Unreachable != 2 || s.Failed != 0 || s.Bad() != 2 {
		t.Errorf("%+v", s)
	}
	silent := UnitPlan{Error: "no such playbook"}
	if s := Summarize(away, silent, UnitPlan{Error: "failed on c", Entries: []Entry{{Host: "c", Failed: "boom"}}}); s.Unreachable != 2 || s.Failed != 2 {
		t.Errorf("%+v", s)
	}
}
