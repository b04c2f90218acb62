package redis

import "pig/internal/product"

// group is the one under which help lists verbs about one cluster.
const group = "One Redis cluster:"

// Verbs are those of the module, and of a cluster, a host of it or single instances.
func (Product) Verbs() []product.Verb {
	args := product.Args{Least: 1, Most: product.Many, ByLimit: true}
	return []product.Verb{
		product.ModuleVerb("redis", "  pig redis -l redis-test\n  pig redis -l redis-ms -t redis_config --check --diff"),
		{
			Use: "redis-add CLUSTER|HOST|INSTANCE [PORT ...]", Short: "Create a Redis cluster, or add a host or instances", Group: group, Args: args, Offer: ports,
			Long:    "Create a Redis cluster. With a host: only the instances of that host. With ports: only the instances at those ports. An\ninstance joins a native cluster without slots: pig redis-rebalance moves slots to new primaries.",
			Example: "  pig redis-add redis-ms\n  pig redis-add 10.10.10.14\n  pig redis-add 10.10.10.10 6381\n  pig redis-add redis-ms-1-6381",
			Run:     on(add),
		},
		{
			Use: "redis-rm CLUSTER|HOST|INSTANCE [PORT ...]", Short: "Remove a Redis cluster, a host or instances", Group: group, Args: args, Offer: ports, Confirm: product.ConfirmCluster,
			Long:    "Remove a Redis cluster with its data, the instances of one host, or the instances at some ports. A replica that stays\ntakes over from a removed primary. The inventory must have redis_safeguard: false. Type the name of the cluster to\nconfirm, or give it with --confirm.",
			Example: "  pig redis-rm redis-ms\n  pig redis-rm 10.10.10.14 --confirm redis-test\n  pig redis-rm 10.10.10.10 6381",
			Run:     on(remove),
		},
		{
			Use: "redis-rebalance CLUSTER", Short: "Rebalance the slots of a native Redis cluster", Group: group, Args: args,
			Long:    "Move slots with their keys until every primary of a native cluster has an equal share. Clients go on meanwhile. --check\nshows the slots that would move.",
			Example: "  pig redis-rebalance redis-test --check\n  pig redis-rebalance redis-test",
			Run:     on(rebalance),
		},
	}
}
