package fleet

import (
	"testing"

	"pig/internal/module"
	"pig/internal/products/onnode"
	"pig/internal/transport"
	"pig/internal/value"
)

func TestOfflinePlansOnAMachineThatNobodyAsks(t *testing.T) {
	table := onnode.Modules()
	o := NewOffline(New(transport.Config{}, table), table, false)
	h := Host{Target: transport.Target{Name: "far", Addr: "192.0.2.1"}}
	run := func(name string, args *value.Dict) module.Result {
		t.Helper()
		r, err := o.Run(t.Context(), h, Task{Task: module.Task{Module: name, Args: args}, Planned: true})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := run("file", value.DictOf("path", "/data/x", "state", "directory")); r.Failed != "" || len(r.Changes) != 2 {
		t.Errorf("a directory: %+v", r)
	}
	if r := run("copy", value.DictOf("dest", "/data/x/y", "content", "z")); r.Failed != "" || len(r.Changes) != 1 {
		t.Errorf("a file in it: %+v", r)
	}
	if r := run("copy", value.DictOf("dest", "/data/x/y", "content", "z")); r.Failed != "" || len(r.Changes) != 0 {
		t.Errorf("the same again: %+v", r)
	}
	if r := run("command", value.DictOf("argv", value.NewList("id"))); !value.IsUnknown(r.Changed) {
		t.Errorf("a command: %+v", r)
	}
	other := Host{Target: transport.Target{Name: "further", Addr: "192.0.2.2"}}
	r, err := o.Run(t.Context(), other, Task{Task: module.Task{Module: "stat", Args: value.DictOf("path", "/data/x")}, Planned: true})
	if st, ok := r.Values.At("stat").(*value.Dict); err != nil || !ok || st.At("exists") != false {
		t.Errorf("another machine sees what was planned on the first: %+v, %v", r, err)
	}
}

// A part of the tasks is planned as if the others had run: without a connection nobody can tell that they have not.
func TestAPartialOfflinePlanMissesNothing(t *testing.T) {
	table := onnode.Modules()
	h := Host{Target: transport.Target{Name: "far", Addr: "192.0.2.1"}}
	for _, partial := range []bool{false, true} {
		o := NewOffline(New(transport.Config{}, table), table, partial)
		for name, args := range map[string]*value.Dict{
			"copy":    value.DictOf("dest", "/data/x/y", "content", "z", "owner", "postgres"),
			"service": value.DictOf("name", "haproxy", "state", "reloaded"),
		} {
			r, err := o.Run(t.Context(), h, Task{Task: module.Task{Module: name, Args: args}, Planned: true})
			if err != nil || (r.Failed == "") != partial {
				t.Errorf("%s, partial %v: %+v, %v", name, partial, r, err)
			}
		}
	}
}
