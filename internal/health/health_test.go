package health

import (
	"slices"
	"testing"

	"pig/internal/value"
)

func TestUnitsThatAreNotActiveAreProblems(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer Answer
		want   []string
	}{
		"runs":            {Answer{Units: map[string]string{"a": "active", "b": "active"}}, nil},
		"one failed":      {Answer{Units: map[string]string{"a": "active", "b": "failed"}}, []string{"m: b is failed on h"}},
		"one is not told": {Answer{Units: map[string]string{"a": "active"}}, []string{"m: b is unknown on h"}},
		"does not answer": {Answer{Err: "no route"}, []string{"m: h does not answer: no route"}},
	} {
		var k Cluster
		units := k.Units("m", "h", c.answer, []string{"a", "b"})
		if !slices.Equal(k.Problems, c.want) || (len(units) == 2) != (c.answer.Err == "") {
			t.Errorf("%s: %q, %v", name, k.Problems, units)
		}
	}
}

// What a node found is told where its units run: else that is the problem.
func TestWhatANodeFound(t *testing.T) {
	t.Parallel()
	a := Answer{Said: map[string]Said{
		"settings": {Values: value.DictOf("problems", value.NewList("work_mem is 4MB"))}, "backups": {Err: "no permission"},
	}}
	for state, want := range map[string][]string{"active": {"m: work_mem is 4MB", "m: backups cannot be looked at: no permission"}, "failed": nil} {
		var k Cluster
		k.Found("m", a, []Unit{{"a", state}}, "settings", "backups", "never asked")
		if !slices.Equal(k.Problems, want) {
			t.Errorf("%s: %q", state, k.Problems)
		}
	}
	if a.Part("backups", "problems") != nil || a.Part("settings", "problems") == nil {
		t.Error("a part of an answer that was none, or none of one that was")
	}
}

func TestAQuestionNamesAUnitOnce(t *testing.T) {
	t.Parallel()
	q := (&Question{}).Runs("a", "b").Runs("a").Ask("x", "uri", value.NewDict())
	if !slices.Equal(q.Units, []string{"a.service", "b.service"}) || len(q.Asks) != 1 || q.Asks[0].Module != "uri" {
		t.Errorf("%+v", q)
	}
	vars := value.DictOf("a_enabled", true, "b_enabled", false)
	if got := Wanted(vars, []string{"first"}, "a_enabled", "a", "b_enabled", "b", "unset", "c"); !slices.Equal(got, []string{"first", "a", "c"}) {
		t.Errorf("wanted: %q", got)
	}
}

func TestAReportIsWellWithoutAnyProblem(t *testing.T) {
	t.Parallel()
	stranger := Cluster{}
	stranger.Stranger("%s lives on", "x")
	for name, c := range map[string]struct {
		cluster Cluster
		well    bool
	}{"well": {Cluster{}, true}, "a stranger": {stranger, false}, "what passes": {Cluster{Passing: []string{"lags"}}, false}} {
		if got := (Report{[]Cluster{{}, c.cluster}}).Well(); got != c.well {
			t.Errorf("%s: %v", name, got)
		}
	}
	if len(stranger.Problems) != 1 || len(stranger.Strangers) != 1 {
		t.Errorf("%+v", stranger)
	}
	for n, want := range map[int64]string{0: "0 B", 1023: "1023 B", 2048: "2.0 kB", 3 << 30: "3.0 GB", 1 << 40: "1.0 TB"} {
		if got := Bytes(n); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}
