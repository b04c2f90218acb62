package ui

import (
	"testing"
	"time"
)

// What an event does not have is not in its line; the outcome of a run has no time.
func TestALineHasWhatItsEventHas(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600))
	for _, c := range []struct {
		event Event
		at    time.Time
		want  string
	}{
		{WarningEvent{Msg: "a < b"}, at, `{"event":"warning","msg":"a \u003c b","time":"2026-01-02T02:04:05Z","v":1}`},
		{ProblemEvent{Unit: "etcd", Msg: ""}, time.Time{}, `{"event":"problem","msg":"","unit":"etcd","v":1}`},
		{ResultEvent{Host: "a", State: "ok", Changes: []ChangeFields{}}, time.Time{}, `{"action":"","at":"","event":"result","host":"a","seconds":0,"state":"ok","task":"","v":1}`},
	} {
		if line, err := Line(c.event, c.at); err != nil || string(line) != c.want {
			t.Errorf("%s, %v, want %s", line, err, c.want)
		}
	}
}
