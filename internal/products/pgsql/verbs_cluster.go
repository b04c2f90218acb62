package pgsql

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/product"
	"pig/internal/value"
)

// work is a session with the cluster that the operator named.
type work struct {
	product.Work
	cluster *Cluster
}

// on has run work on the cluster that the first argument names, or -l, with the arguments after it.
func on(run func(ctx context.Context, w *work, rest []string) error) func(context.Context, product.Work) error {
	return func(ctx context.Context, w product.Work) error {
		name, rest, err := product.NamedCluster(w, "pgsql")
		if err != nil {
			return err
		}
		c := ClusterOf(w.Environment(), name)
		if c == nil {
			return w.NoCluster(name)
		}
		return run(ctx, &work{w, c}, rest)
	}
}

// members are the cluster's hosts: those that the operator named, all if there is none, as far as -l leaves them.
func (w *work) members(named []string) ([]string, error) {
	limited, err := w.Limited()
	if err != nil {
		return nil, err
	}
	all := w.cluster.Hosts()
	for _, n := range named {
		if !slices.Contains(all, n) {
			return nil, diag.Errorf(w.cluster.Pos, "host %q not found in cluster %s", n, w.cluster.Name).WithHint("the members are %s", strings.Join(all, ", "))
		}
	}
	hosts := slices.DeleteFunc(limited, func(h string) bool {
		return !slices.Contains(all, h) || len(named) > 0 && !slices.Contains(named, h)
	})
	if len(hosts) == 0 {
		return nil, fmt.Errorf("no member of %s matches %s", w.cluster.Name, w.Limit())
	}
	return hosts, nil
}

// with runs the pgsql playbook on hosts with these tags, unless the operator named others.
func (w *work) with(ctx context.Context, hosts []string, tags string) error {
	p := product.Play{Playbook: "pgsql", Hosts: hosts}
	if tags != "" {
		p.Tags = strings.Split(tags, ",")
	}
	return w.Play(ctx, p)
}

func tagged(tags string) func(context.Context, *work, []string) error {
	return func(ctx context.Context, w *work, named []string) error {
		hosts, err := w.members(named)
		if err != nil {
			return err
		}
		return w.with(ctx, hosts, tags)
	}
}

func add(ctx context.Context, w *work, named []string) error {
	hosts, err := w.members(named)
	if err != nil {
		return err
	}
	if err := w.with(ctx, hosts, ""); err != nil || len(named) == 0 {
		return err
	}
	others := slices.DeleteFunc(w.cluster.Hosts(), func(h string) bool { return slices.Contains(hosts, h) })
	if len(others) == 0 {
		return nil
	}
	if err := w.with(ctx, others, tagsService+","+tagsHBA); err != nil {
		return err
	}
	return w.with(ctx, append(others, hosts...), tagsKeys)
}

func applyUser(ctx context.Context, w *work, args []string) error {
	return w.object(ctx, "pg_users", "user", args[0], tagsUser)
}

func applyDatabase(ctx context.Context, w *work, args []string) error {
	return w.object(ctx, "pg_databases", "database", args[0], tagsDB)
}

// object runs the playbook for an object that a list of the cluster has to declare.
func (w *work) object(ctx context.Context, param, what, name, tags string) error {
	hosts, err := w.members(nil)
	if err != nil {
		return err
	}
	vars := w.Vars(w.cluster.Members[0].Name)
	var names []string
	if l, ok := vars.At(param).(*value.List); ok {
		for _, item := range l.Items {
			if d, ok := item.(*value.Dict); ok {
				item = d.At("name")
			}
			names = append(names, value.Str(item))
		}
	}
	if !slices.Contains(names, name) {
		d := diag.Errorf(w.cluster.Pos, "%s declares no %s %s", w.cluster.Name, what, name)
		if near := diag.DidYouMean(name, names); near != "" {
			return d.WithHint("%s", near)
		}
		return d.WithHint("add it to %s of the cluster", param)
	}
	return w.with(ctx, hosts, tags)
}

func remove(ctx context.Context, w *work, named []string) error {
	hosts, err := w.members(named)
	if err != nil {
		return err
	}
	r := product.Removal{Product: "pgsql", Name: w.cluster.Name, Hosts: hosts, Safeguard: "pg_safeguard"}
	if len(named) > 0 {
		r.Hint = fmt.Sprintf("Remove %s from the inventory, then update the other members: pig pgsql-svc %s", strings.Join(hosts, ", "), w.cluster.Name)
	}
	return product.Remove(ctx, w, r)
}
