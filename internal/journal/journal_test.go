package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pig/internal/engine"
	"pig/internal/node"
	"pig/internal/value"
)

type quiet struct{ engine.Discard }

func (quiet) Recap([]string, map[string]engine.Stats) {}

func task(name string) engine.TaskRef { return engine.TaskRef{Name: name, Action: "copy"} }

func TestARunIsRecorded(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "journal")
	mask := func(s string) string { return strings.ReplaceAll(s, "Sesame", "***") }
	j, err := Open(dir, Start{Time: time.Now(), Verb: "apply", Hosts: []string{"a", "b", "c"}, Args: []string{"apply", "-l", "Sesame"}}, quiet{}, mask)
	if err != nil {
		t.Fatal(err)
	}
	changed := engine.Result{Values: value.NewDict(), Changed: true, Changes: []node.Change{{Kind: "file", ID: "/x", Action: "create", Diff: "+Sesame"}}}
	j.HostDone("a", task("one"), changed, time.Second)
	j.HostDone("a", task("nothing"), engine.Result{Changed: false}, time.Second)
	j.HostDone("b", task("two"), engine.Result{Changed: false, Failed: true, Msg: "secret", NoLog: true}, time.Second)
	j.HostStarted("c", task("three"))
	j.Recap([]string{"a"}, map[string]engine.Stats{"a": {OK: 2, Changed: 1}})
	if err := j.Close(2, "the word Sesame failed"); err != nil {
		t.Fatal(err)
	}

	r, err := Find(dir, "last")
	if err != nil {
		t.Fatal(err)
	}
	text, _ := os.ReadFile(r.Path)
	if strings.Contains(string(text), "Sesame") || strings.Contains(string(text), "secret") {
		t.Errorf("a secret is on record:\n%s", text)
	}
	if info, _ := os.Stat(r.Path); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %o", info.Mode().Perm())
	}
	if r.Changed() != 1 || r.Failed() != 1 || len(r.Results) != 2 || r.End == nil || r.End.Exit != 2 || r.End.Hosts["a"].OK != 2 {
		t.Errorf("read back: %+v, end %+v", r, r.End)
	}
	want := []Stop{{"b", "two", "", "failed"}, {"c", "three", "", "at work"}}
	if got := fmt.Sprint(r.End.Stopped); got != fmt.Sprint(want) {
		t.Errorf("stopped: %s, want %v", got, want)
	}
}

func TestARunThatWasKilledCanBeRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := `{"v":1,"event":"start","verb":"apply","hosts":["a"]}` + "\n" + `{"event":"result","host":"a","state":"changed"}` + "\n" + `{"event":"resu`
	if err := os.WriteFile(filepath.Join(dir, "20260101T000000.000Z-apply.jsonl"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Find(dir, "2026")
	if err != nil {
		t.Fatal(err)
	}
	if r.End != nil || r.Changed() != 1 {
		t.Errorf("read: %+v", r)
	}
	runs, err := List(dir)
	if err != nil || len(runs) != 1 {
		t.Errorf("list: %v, %v", runs, err)
	}
}

func TestFindAsksForMoreWhereOneNameBeginsSeveral(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for range 2 { // at the very same time
		j, err := Open(dir, Start{Time: at, Verb: "play"}, quiet{}, func(s string) string { return s })
		if err != nil {
			t.Fatal(err)
		}
		if err := j.Close(0, ""); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Find(dir, "20260102"); err == nil || !strings.Contains(err.Error(), "2 runs begin with") {
		t.Errorf("error: %v", err)
	}
	if _, err := Find(dir, "20260102T030405.000Z-play"); err != nil {
		t.Error(err)
	}
	if _, err := Find(dir, "1999"); err == nil || errors.Is(err, os.ErrNotExist) {
		t.Errorf("error: %v", err)
	}
}
