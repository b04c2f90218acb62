package engine

import (
	"context"
	"sync"
	"testing"

	"pig/internal/fleet"
	"pig/internal/module"
	"pig/internal/value"
)

// dialled notes which hosts tasks go to, and how.
type dialled struct {
	mu    sync.Mutex
	hosts []fleet.Host
}

func (d *dialled) Run(_ context.Context, h fleet.Host, _ fleet.Task) (module.Result, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hosts = append(d.hosts, h)
	return module.Result{Values: value.NewDict(), Changed: false}, nil
}

func (*dialled) Reset(fleet.Host) {}

// A host that nobody declared does not take over how the task's own host is reached: a task for it would run on the controller.
func TestAnUndeclaredDelegateHasNoConnectionOfItsOwn(t *testing.T) {
	l := newLab(t)
	d := &dialled{}
	l.nodes = d
	l.inventory = "all: { vars: { ansible_user: ops }, hosts: { a: { ansible_connection: local, ansible_port: 2200, ansible_host: 10.0.0.1 } } }\n"
	if _, err := l.run("", `
- hosts: a
  gather_facts: false
  tasks:
    - { command: hostname }
    - { command: hostname, delegate_to: strange.example }
    - { command: hostname, delegate_to: localhost }
`); err != nil {
		t.Fatal(err)
	}
	if len(d.hosts) != 3 {
		t.Fatalf("%d tasks ran", len(d.hosts))
	}
	for i, want := range []struct {
		name, addr, user string
		port             int
		local            bool
	}{{"a", "10.0.0.1", "ops", 2200, true}, {"strange.example", "strange.example", "ops", 0, false}, {"localhost", "localhost", "ops", 0, true}} {
		h := d.hosts[i]
		if h.Name != want.name || h.Addr != want.addr || h.User != want.user || h.Port != want.port || h.Local != want.local {
			t.Errorf("task %d goes to %s at %s@%s:%d, local %v; want %+v", i, h.Name, h.User, h.Addr, h.Port, h.Local, want)
		}
	}
}
