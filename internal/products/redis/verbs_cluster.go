package redis

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"pig/internal/diag"
	"pig/internal/product"
	"pig/internal/value"
)

// work is a session with what the operator named.
type work struct {
	product.Work
	cluster *Cluster
	hosts   []string
	ports   []int // of the one host; none means all instances
}

// on has run work on what the arguments name, or -l.
func on(run func(context.Context, *work) error) func(context.Context, product.Work) error {
	return func(ctx context.Context, w product.Work) error {
		name, ports, err := product.NamedCluster(w, "redis")
		if err != nil {
			return err
		}
		found := &work{Work: w}
		if err := found.find(name, ports); err != nil {
			return err
		}
		return run(ctx, found)
	}
}

// find finds what the operator means: a cluster, a host of one, or an instance by its name.
func (w *work) find(name string, ports []string) error {
	for _, c := range Of(w.Environment()) {
		for _, m := range c.Members {
			for _, i := range m.Instances {
				if i.Name == name {
					w.cluster, w.hosts, w.ports = c, []string{m.Name}, []int{i.Port}
				}
			}
			if m.Name == name {
				w.cluster, w.hosts = c, []string{m.Name}
			}
		}
		if c.Name == name {
			w.cluster, w.hosts = c, c.Hosts()
		}
	}
	if w.cluster == nil {
		return w.NoCluster(name)
	}
	limited, err := w.Limited()
	if err != nil {
		return err
	}
	w.hosts = slices.DeleteFunc(w.hosts, func(h string) bool { return !slices.Contains(limited, h) })
	if len(w.hosts) == 0 {
		return fmt.Errorf("no node of %s matches %s", w.cluster.Name, w.Limit())
	}
	return w.findPorts(ports)
}

func (w *work) findPorts(ports []string) error {
	if len(ports) > 0 && len(w.hosts) > 1 {
		return fmt.Errorf("%s has %d hosts: name the host of the instances", w.cluster.Name, len(w.hosts))
	}
	for _, text := range ports {
		port, err := strconv.Atoi(text)
		if err != nil || !slices.Contains(w.declared(w.hosts[0]), port) {
			var all []string
			for _, p := range w.declared(w.hosts[0]) {
				all = append(all, strconv.Itoa(p))
			}
			return diag.Errorf(w.cluster.Pos, "%s has no instance at port %s on %s", w.cluster.Name, text, w.hosts[0]).WithHint("declared there: %s", strings.Join(all, ", "))
		}
		w.ports = append(w.ports, port)
	}
	return nil
}

// declared are the ports of a host's instances.
func (w *work) declared(host string) []int {
	var ports []int
	for _, m := range w.cluster.Members {
		for _, i := range m.Instances {
			if m.Name == host {
				ports = append(ports, i.Port)
			}
		}
	}
	return ports
}

// each runs a playbook for all instances, or for one port after the other.
func (w *work) each(ctx context.Context, playbook string) error {
	p := product.Play{Playbook: playbook, Hosts: w.hosts}
	if len(w.ports) == 0 {
		return w.Play(ctx, p)
	}
	for _, port := range w.ports {
		p.Extra = value.DictOf("redis_port", int64(port))
		if err := w.Play(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

func add(ctx context.Context, w *work) error { return w.each(ctx, "redis") }

func rebalance(ctx context.Context, w *work) error {
	if w.cluster.Mode != "cluster" {
		return diag.Errorf(w.cluster.Pos, "%s has no slots: redis_mode is %s", w.cluster.Name, w.cluster.Mode)
	}
	return w.Play(ctx, product.Play{Playbook: "redis", Hosts: w.hosts, Only: "redis_rebalance"})
}

func remove(ctx context.Context, w *work) error {
	r := product.Removal{Product: "redis", Name: w.cluster.Name, Hosts: w.hosts, Safeguard: "redis_safeguard", Run: w.each, Stays: w.staysOn()}
	if len(w.ports) > 0 || len(w.hosts) < len(w.cluster.Hosts()) {
		r.Hint = "Delete the removed instances from the inventory: the next pig apply would create them again."
	}
	return product.Remove(ctx, w, r)
}

// staysOn tells whether instances stay on the one host of which some are removed: that host goes on to know their password.
func (w *work) staysOn() bool {
	return len(w.ports) > 0 && slices.ContainsFunc(w.declared(w.hosts[0]), func(port int) bool { return !slices.Contains(w.ports, port) })
}
