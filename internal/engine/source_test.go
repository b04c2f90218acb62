package engine

import (
	"testing"

	"pig/internal/inventory"
	"pig/internal/node"
	"pig/internal/playbook"
	"pig/internal/value"
)

// What is not known yet is bound to the facts that its task speaks of, and to no others.
func TestAnUnknownIsBoundToTheFactsThatItMentions(t *testing.T) {
	t.Parallel()
	of := func(key string, res Result, facts ...value.Value) string {
		h := newHost(newMachine(&inventory.Host{Name: "a"}, value.NewDict(), nil))
		h.facts = value.DictOf(facts...)
		e := &Engine{Deps: Deps{Files: playbook.NewFiles(nil)}, opt: Options{Key: []byte(key)}}
		r := &run{playRun: &playRun{e: e, play: &playbook.Play{}}, host: h}
		task := &playbook.Task{Action: "copy", Args: value.DictOf("content", "{{ ansible_memtotal_mb }} {{ asked }}"), Parent: &playbook.Block{}}
		return r.source(task, res)
	}
	vague := unknown("x")
	was := of("key", vague, "memtotal_mb", int64(1000), "kernel", "6.1")
	for name, c := range map[string]struct {
		now  string
		same bool
	}{
		"again":             {of("key", vague, "memtotal_mb", int64(1000), "kernel", "6.1"), true},
		"another kernel":    {of("key", vague, "memtotal_mb", int64(1000), "kernel", "6.12"), true},
		"more memory":       {of("key", vague, "memtotal_mb", int64(2000), "kernel", "6.1"), false},
		"another key":       {of("other", vague, "memtotal_mb", int64(1000), "kernel", "6.1"), false},
		"content not known": {of("key", Result{Changed: true, Changes: []node.Change{{Unknown: true}}}, "memtotal_mb", int64(1000)), true},
	} {
		if (c.now == was) != c.same || c.now == "" {
			t.Errorf("%s: %s, was %s", name, c.now, was)
		}
	}
	for name, got := range map[string]string{"a result that is known": of("key", Result{Changed: true}), "a plan that is not kept": of("", vague)} {
		if got != "" {
			t.Errorf("%s has a source: %s", name, got)
		}
	}
}
