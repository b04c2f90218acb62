package law

import (
	"testing"

	"pig/internal/imitation"
	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/products/onnode"
	"pig/internal/value"
)

// Package lists that are a day old are fetched again by most applies: a plan knows what they hold all the same. Of lists that were
// never fetched, or whose repositories are about to change, it knows nothing.
func TestOldPackageListsLeaveAPlanCertain(t *testing.T) {
	machine := imitation.NewWorld(imitation.Debian()).Add("10.0.0.1")
	run := func(on node.Machine, name string, args ...any) module.Result {
		t.Helper()
		vars := value.NewDict()
		for i := 0; i < len(args); i += 2 {
			vars.Set(args[i], args[i+1])
		}
		r := module.Run(t.Context(), on, onnode.Modules(), module.Task{Module: name, Args: vars})
		if r.Failed != "" {
			t.Fatal(r.Failed)
		}
		return r
	}
	ask := func(on node.Machine) module.Result {
		return run(on, "package_candidates", "names", value.NewList("cron", "no-such-package"))
	}
	never := node.NewShadow(machine)
	run(never, "apt", "update_cache", true)
	if r := ask(never); !value.IsUnknown(r.Changed) {
		t.Errorf("lists that were never fetched: %v", r.Values)
	}
	run(machine, "apt", "update_cache", true)
	old := node.NewShadow(machine)
	run(old, "apt", "update_cache", true)
	if r := ask(old); value.Display(r.Values.At("available")) != "['cron']" || value.Display(r.Values.At("missing")) != "['no-such-package']" {
		t.Errorf("lists that are fetched again: %s", value.Display(r.Values))
	}
	if r := run(old, "apt", "name", "cron", "state", "latest"); len(r.Changes) != 1 || r.Changes[0].Attrs[0].After != "3.0pl1-197" {
		t.Errorf("a package of lists that are fetched again: %+v", r)
	}
	run(machine, "apt", "name", "cron")
	if r := run(node.NewShadow(machine), "apt", "name", "cron", "state", "latest"); len(r.Changes) != 0 || value.IsUnknown(r.Changed) {
		t.Errorf("the latest version: %+v", r)
	}
	again := node.NewShadow(machine)
	run(again, "apt", "update_cache", true)
	if r := run(again, "apt", "name", "cron", "state", "latest"); !value.IsUnknown(r.Changed) {
		t.Errorf("whether a version is the latest of lists that are fetched again: %+v", r)
	}
	run(again, "copy", "dest", "/etc/apt/sources.list.d/more.list", "content", "deb http://127.0.0.1/more ./\n")
	if r := ask(again); !value.IsUnknown(r.Changed) {
		t.Errorf("repositories that change: %v", r.Values)
	}
}
