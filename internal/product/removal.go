package product

import (
	"context"
	"fmt"
	"strings"

	"pig/internal/value"
)

// Removal takes a product away from hosts, with data.
type Removal struct {
	Product   string // the playbook is its name with -rm
	Name      string // what has to be typed
	Hosts     []string
	Safeguard string // the parameter that has to be off; "" for none
	// Run runs the playbook, where that takes more than one run; nil for one.
	Run func(ctx context.Context, playbook string) error
	// Stays tells that the hosts go on to have the product's passwords.
	Stays bool
	Hint  string // what to do next; "" for nothing
}

// Remove removes, once the operator has typed the name, and tells what the hosts take along and what is left to do.
func Remove(ctx context.Context, w Work, r Removal) error {
	if r.Safeguard != "" {
		if err := w.Unguarded(r.Safeguard, r.Hosts); err != nil {
			return err
		}
	}
	if !w.PlansOnly() {
		if err := w.Typed(r.Name, fmt.Sprintf("%s and all its data will be removed from %s.", r.Name, strings.Join(r.Hosts, ", "))); err != nil {
			return err
		}
	}
	run := r.Run
	if run == nil {
		run = func(ctx context.Context, playbook string) error {
			return w.Play(ctx, Play{Playbook: playbook, Hosts: r.Hosts})
		}
	}
	err := run(ctx, r.Product+"-rm")
	if w.PlansOnly() {
		return err
	}
	if !r.Stays {
		w.TellKnown(r.Product, r.Hosts, err)
	}
	if err == nil && r.Hint != "" {
		w.Say("%s", r.Hint)
	}
	return err
}

// RemoveVerb is the verb that takes a product away from the hosts that are named, from all if there is none. v has its texts; of makes
// the removal from these hosts.
func RemoveVerb(name string, v Verb, of func(e *Environment, hosts []string) Removal) Verb {
	v.Group, v.Confirm = MembersGroup, "name of the removed object, instead of typing it"
	v.Run = func(ctx context.Context, w Work) error {
		hosts, err := NamedHosts(w, name)
		if err != nil {
			return err
		}
		r := of(w.Environment(), hosts)
		r.Product, r.Hosts = name, hosts
		return Remove(ctx, w, r)
	}
	return v
}

// Knower is a product whose hosts have passwords in their files: parameters with what a host of these variables has of them.
type Knower interface {
	Knows(vars *value.Dict) *value.Dict
}

// Pick are some of vars.
func Pick(vars *value.Dict, names ...string) *value.Dict {
	d := value.NewDict()
	for _, name := range names {
		if v, ok := vars.Get(name); ok {
			d.Set(name, v)
		}
	}
	return d
}
