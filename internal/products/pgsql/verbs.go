package pgsql

import (
	"context"

	"pig/internal/product"
)

// The tags with which Pigsty's own wrappers run the pgsql playbook.
const (
	tagsUser    = "pg_user,pgbouncer_config"
	tagsDB      = "pg_db,pgbouncer_config"
	tagsHBA     = "pg_hba,pg_reload,pgbouncer_hba,pgbouncer_reload"
	tagsService = "pg_service"
	tagsExt     = "pg_ext,pg_db"
	tagsKeys    = "pg_ssh"
)

// Verbs are those of the module, of one cluster, and of external instances.
func (Product) Verbs() []product.Verb {
	module := product.ModuleVerb("pgsql", "  pig pgsql -l pg-test\n  pig pgsql -l pg-test -t pg_hba --check --diff")
	module.Loses, module.Run = true, apply
	all := append([]product.Verb{module}, clusterVerbs()...)
	all = append(append(all, operateVerbs()...), pitrVerb(), psqlVerb())
	for i := range all[1:] {
		all[i+1].Group = group
	}
	return append(all, monitorVerb())
}

// group is the one under which help lists verbs about one cluster.
const group = "One PostgreSQL cluster:"

// apply runs the playbook on the hosts that -l leaves. What its roles do once is done in each cluster.
func apply(ctx context.Context, w product.Work) error {
	hosts, err := product.ModuleHosts(w, "pgsql")
	if err != nil {
		return err
	}
	return w.Play(ctx, product.Play{Playbook: "pgsql", Hosts: hosts, Cluster: w.Environment().ClusterAt("pgsql")})
}

func clusterVerbs() []product.Verb {
	atLeastOne, two := product.Args{Least: 1, Most: product.Many, ByLimit: true}, product.Args{Least: 2, Most: 2, ByLimit: true}
	return []product.Verb{
		{
			Use: "pgsql-add CLUSTER [HOST ...]", Short: "Create a PostgreSQL cluster, or add members",
			Long:    "Create a PostgreSQL cluster. With hosts: create only those members, then update the services, HBA rules and SSH keys\nof the other members.",
			Example: "  pig pgsql-add pg-test\n  pig pgsql-add pg-test 10.10.10.14 10.10.10.15",
			Args:    atLeastOne, Loses: true, Run: on(add),
		},
		{
			Use: "pgsql-rm CLUSTER [HOST ...]", Short: "Remove a PostgreSQL cluster, or some members",
			Long:    "Remove a PostgreSQL cluster with its data, or only the members on some hosts. The inventory must have\npg_safeguard: false. Type the name of the cluster to confirm, or give it with --confirm.",
			Example: "  pig pgsql-rm pg-test\n  pig pgsql-rm pg-test 10.10.10.13 --confirm pg-test",
			Args:    atLeastOne, Confirm: product.ConfirmCluster, Run: on(remove),
		},
		{
			Use: "pgsql-user CLUSTER USER", Short: "Create or update a user of a PostgreSQL cluster",
			Long:    "Create or update the users of pg_users in PostgreSQL and pgbouncer. USER must be one of them.",
			Example: "  pig pgsql-user pg-test test",
			Args:    two, Loses: true, Offer: offered, Run: on(applyUser),
		},
		{
			Use: "pgsql-db CLUSTER DATABASE", Short: "Create or update a database of a PostgreSQL cluster",
			Long:    "Create or update the databases of pg_databases in PostgreSQL and pgbouncer. DATABASE must be one of them.",
			Example: "  pig pgsql-db pg-test test",
			Args:    two, Loses: true, Offer: offered, Run: on(applyDatabase),
		},
		{
			Use: "pgsql-hba CLUSTER [HOST ...]", Short: "Apply the HBA rules of a PostgreSQL cluster",
			Long:    "Apply the HBA rules of a cluster to PostgreSQL and pgbouncer, and reload them.",
			Example: "  pig pgsql-hba pg-test",
			Args:    atLeastOne, Loses: true, Run: on(tagged(tagsHBA)),
		},
		{
			Use: "pgsql-ext CLUSTER [HOST ...]", Short: "Install the extensions of a PostgreSQL cluster",
			Long:    "Install the packages of pg_extensions and of the extensions of pg_databases, and create the extensions in the databases.\nAn extension that must be preloaded needs a restart: run pig apply.",
			Example: "  pig pgsql-ext pg-test",
			Args:    atLeastOne, Loses: true, Run: on(tagged(tagsExt)),
		},
		{
			Use: "pgsql-svc CLUSTER [HOST ...]", Short: "Apply the services of a PostgreSQL cluster",
			Long:    "Apply the services of a cluster to HAProxy, and reload HAProxy.",
			Example: "  pig pgsql-svc pg-test",
			Args:    atLeastOne, Loses: true, Run: on(tagged(tagsService)),
		},
	}
}
