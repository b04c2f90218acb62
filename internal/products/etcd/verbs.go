package etcd

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"pig/internal/product"
)

// Verbs are those of the module, and of members.
func (Product) Verbs() []product.Verb {
	return []product.Verb{
		product.ModuleVerb("etcd", "  pig etcd\n  pig etcd -t etcd_config --check --diff"),
		{
			Use: "etcd-add [HOST ...]", Short: "Create the etcd cluster, or add members", Group: product.MembersGroup, Args: product.Args{Most: product.Many},
			Long:    "Create the etcd cluster. With hosts: add them to the running cluster, one after another, then update the other members.",
			Example: "  pig etcd-add\n  pig etcd-add 10.10.10.11 10.10.10.12",
			Run:     add,
		},
		product.RemoveVerb("etcd", product.Verb{
			Use: "etcd-rm [HOST ...]", Short: "Remove the etcd cluster, or some members", Args: product.Args{Most: product.Many},
			Long:    "Remove the etcd cluster with its data, or the members on some hosts, one after another, while the other members go on.\nThe inventory must have etcd_safeguard: false. Type the name of the cluster to confirm, or give it with --confirm.",
			Example: "  pig etcd-rm 10.10.10.12 --confirm etcd\n  pig etcd-rm",
		}, removal),
	}
}

// add creates members, then has the others know of them.
func add(ctx context.Context, w product.Work) error {
	hosts, err := product.AddMembers(ctx, w, "etcd")
	if err != nil {
		return err
	}
	all, err := product.ModuleHosts(w, "etcd")
	if err != nil {
		return err
	}
	others := slices.DeleteFunc(all, func(h string) bool { return slices.Contains(hosts, h) })
	if len(others) == 0 {
		return nil
	}
	return w.Play(ctx, product.Play{Playbook: "etcd", Hosts: others})
}

func removal(e *product.Environment, hosts []string) product.Removal {
	r := product.Removal{
		Name: Of(e).Name, Safeguard: "etcd_safeguard",
		Hint: fmt.Sprintf("Remove %s from the inventory, then update the other hosts: pig apply", strings.Join(hosts, ", ")),
	}
	if len(hosts) == len(Of(e).Members) {
		r.Hint = "The etcd cluster is removed. Patroni needs etcd: remaining PostgreSQL clusters are read-only now."
	}
	return r
}
