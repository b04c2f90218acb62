package builtin_test

import (
	"strings"
	"testing"

	"pig/internal/imitation"
	"pig/internal/module"
	"pig/internal/module/builtin"
	"pig/internal/module/fake"
	"pig/internal/node"
	"pig/internal/value"
)

// deed is what a module is asked on a machine, and what has to come of it.
type deed struct {
	module string
	args   *value.Dict
	makes  string // the changes in short, as fake.Keys has them
	failed string // part of the message
	says   string // part of the result as it is shown
	// onlyLive says that a plan cannot know what the module answers.
	onlyLive bool
	// repeats says that the module does the same each time it is asked, as a restart.
	repeats bool
}

// newMachine is a fresh machine in memory; change may give its distribution more.
func newMachine(change func(*imitation.Universe)) *imitation.Machine {
	u := imitation.Debian()
	if change != nil {
		change(u)
	}
	return imitation.NewWorld(u).Add("10.10.10.10")
}

// on has deeds done one after the other. What a plan foresees is what a run does, a plan does nothing, and what is done is not done again.
func on(t *testing.T, m *imitation.Machine, deeds ...deed) {
	t.Helper()
	for _, d := range deeds {
		task := module.Task{Module: d.module, Args: d.args}
		name := d.module + " " + value.Display(d.args)
		before := m.Deeds()
		planned := module.Run(t.Context(), node.NewShadow(m), builtin.Table(), task)
		if m.Deeds() != before {
			t.Errorf("%s: the plan did something", name)
		}
		did := module.Run(t.Context(), m, builtin.Table(), task)
		d.check(t, name, did)
		if !d.onlyLive && (fake.Keys(planned.Changes) != fake.Keys(did.Changes) || planned.Failed != did.Failed) {
			t.Errorf("%s: planned %q %q, did %q %q", name, fake.Keys(planned.Changes), planned.Failed, fake.Keys(did.Changes), did.Failed)
		}
		if d.failed != "" || d.repeats {
			continue
		}
		for side, again := range map[string]node.Machine{"a run": m, "a plan": node.NewShadow(m)} {
			if r := module.Run(t.Context(), again, builtin.Table(), task); len(r.Changes) > 0 || r.Failed != "" {
				t.Errorf("%s: %s after it: %q %q", name, side, fake.Keys(r.Changes), r.Failed)
			}
		}
	}
}

func (d deed) check(t *testing.T, name string, r module.Result) {
	t.Helper()
	if got := fake.Keys(r.Changes); got != d.makes {
		t.Errorf("%s: did %q, want %q", name, got, d.makes)
	}
	if !strings.Contains(r.Failed, d.failed) || (r.Failed == "") != (d.failed == "") {
		t.Errorf("%s: failed %q, want %q", name, r.Failed, d.failed)
	}
	if said := value.Display(r.Values); !strings.Contains(said, d.says) {
		t.Errorf("%s: said %s, want %s in it", name, said, d.says)
	}
}

// args are arguments by name; whole numbers are those of playbooks.
func args(kv ...value.Value) *value.Dict {
	for i, v := range kv {
		if n, ok := v.(int); ok {
			kv[i] = int64(n)
		}
	}
	return value.DictOf(kv...)
}

func list(items ...value.Value) *value.List { return value.NewList(items...) }
