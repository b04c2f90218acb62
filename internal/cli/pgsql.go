package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"pig/internal/diag"
	"pig/internal/product"
	prpgsql "pig/internal/products/pgsql"
	"pig/internal/value"
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

// pgVerb is a verb about one PostgreSQL cluster.
type pgVerb struct {
	use, short, long string
	example          string
	args             cobra.PositionalArgs
	run              func(ctx context.Context, w *pgWork, rest []string) error
}

// pgWork is a session with the cluster that the operator named.
type pgWork struct {
	*session
	verb    string
	env     *product.Environment
	cluster *prpgsql.Cluster
	confirm string
}

func (a *app) pgsqlVerbs() []*cobra.Command {
	atLeastOne, two := cobra.MinimumNArgs(1), cobra.ExactArgs(2)
	verbs := []pgVerb{
		{
			"pgsql-add CLUSTER [HOST ...]", "Create a PostgreSQL cluster, or add members",
			"Create a PostgreSQL cluster. With hosts: create only those members, then update the services, HBA rules and SSH keys\nof the other members.",
			"  pig pgsql-add pg-test\n  pig pgsql-add pg-test 10.10.10.14 10.10.10.15", atLeastOne, pgAdd,
		},
		{
			"pgsql-rm CLUSTER [HOST ...]", "Remove a PostgreSQL cluster, or some members",
			"Remove a PostgreSQL cluster with its data, or only the members on some hosts. The inventory must have\npg_safeguard: false. Type the name of the cluster to confirm, or give it with --confirm.",
			"  pig pgsql-rm pg-test\n  pig pgsql-rm pg-test 10.10.10.13 --confirm pg-test", atLeastOne, pgRemove,
		},
		{
			"pgsql-user CLUSTER USER", "Create or update a user of a PostgreSQL cluster",
			"Create or update the users of pg_users in PostgreSQL and pgbouncer. USER must be one of them.",
			"  pig pgsql-user pg-test test", two, pgUser,
		},
		{
			"pgsql-db CLUSTER DATABASE", "Create or update a database of a PostgreSQL cluster",
			"Create or update the databases of pg_databases in PostgreSQL and pgbouncer. DATABASE must be one of them.",
			"  pig pgsql-db pg-test test", two, pgDatabase,
		},
		{
			"pgsql-hba CLUSTER [HOST ...]", "Apply the HBA rules of a PostgreSQL cluster",
			"Apply the HBA rules of a cluster to PostgreSQL and pgbouncer, and reload them.",
			"  pig pgsql-hba pg-test", atLeastOne, tagged(tagsHBA),
		},
		{
			"pgsql-ext CLUSTER [HOST ...]", "Install the extensions of a PostgreSQL cluster",
			"Install the packages of pg_extensions and of the extensions of pg_databases, and create the extensions in the databases.\nAn extension that must be preloaded needs a restart: run pig apply.",
			"  pig pgsql-ext pg-test", atLeastOne, tagged(tagsExt),
		},
		{
			"pgsql-svc CLUSTER [HOST ...]", "Apply the services of a PostgreSQL cluster",
			"Apply the services of a cluster to HAProxy, and reload HAProxy.",
			"  pig pgsql-svc pg-test", atLeastOne, tagged(tagsService),
		},
	}
	var all []*cobra.Command
	for _, v := range verbs {
		all = append(all, a.pgVerb(v))
	}
	return all
}

func (a *app) pgVerb(v pgVerb) *cobra.Command {
	o := &runOptions{}
	name, _, _ := strings.Cut(v.use, " ")
	w := &pgWork{verb: name}
	c := &cobra.Command{
		Use: v.use, Short: v.short, Args: orLimit(o, v.args),
		Long: v.long + "\n\n" + v.example + "\n\n" + exitHelp,
		RunE: func(c *cobra.Command, args []string) error {
			s, env, err := a.openEnvironment(c.Context(), o)
			if err != nil {
				return err
			}
			defer s.close()
			w.session, w.env = s, env
			if args, err = w.find(args); err != nil {
				return err
			}
			return v.run(c.Context(), w, args)
		},
	}
	o.AddFlags(c.Flags())
	if name == "pgsql-rm" {
		c.Flags().StringVar(&w.confirm, "confirm", "", "name of the cluster, instead of typing it")
	} else {
		confirmFlag(c, &o.confirm)
	}
	return c
}

// find takes the cluster's name from args, and gives the rest. Without a name it is the one whose members -l selects.
func (w *pgWork) find(args []string) ([]string, error) {
	if len(args) == 0 {
		name, err := w.clusterOf(w.env.ClusterAt("pgsql"))
		if err != nil {
			return nil, err
		}
		args = []string{name}
	}
	if w.cluster = prpgsql.ClusterOf(w.env, args[0]); w.cluster == nil {
		return nil, w.noCluster(w.env, args[0])
	}
	return args[1:], nil
}

// members are the cluster's hosts: those that the operator named, all if there is none, as far as -l leaves them.
func (w *pgWork) members(named []string) ([]string, error) {
	limited, err := w.hosts()
	if err != nil {
		return nil, err
	}
	var all, hosts []string
	for _, m := range w.cluster.Members {
		all = append(all, m.Name)
	}
	for _, n := range named {
		if !slices.Contains(all, n) {
			return nil, diag.Errorf(w.cluster.Pos, "host %q not found in cluster %s", n, w.cluster.Name).WithHint("the members are %s", strings.Join(all, ", "))
		}
	}
	for _, h := range limited {
		if slices.Contains(all, h.Name) && (len(named) == 0 || slices.Contains(named, h.Name)) {
			hosts = append(hosts, h.Name)
		}
	}
	if len(hosts) == 0 {
		return nil, fmt.Errorf("no member of %s matches %s", w.cluster.Name, w.opt.limit)
	}
	return hosts, nil
}

// with runs the pgsql playbook on hosts with these tags, unless the operator named others.
func (w *pgWork) with(ctx context.Context, hosts []string, tags string) error {
	if tags != "" && len(w.opt.tags) == 0 {
		w.base.Tags = strings.Split(tags, ",")
	}
	return w.runModule(ctx, w.verb, "pgsql", hosts)
}

func tagged(tags string) func(context.Context, *pgWork, []string) error {
	return func(ctx context.Context, w *pgWork, named []string) error {
		hosts, err := w.members(named)
		if err != nil {
			return err
		}
		return w.with(ctx, hosts, tags)
	}
}

func pgAdd(ctx context.Context, w *pgWork, named []string) error {
	hosts, err := w.members(named)
	if err != nil {
		return err
	}
	if err := w.with(ctx, hosts, ""); err != nil || len(named) == 0 {
		return err
	}
	var others []string
	for _, m := range w.cluster.Members {
		if !slices.Contains(hosts, m.Name) {
			others = append(others, m.Name)
		}
	}
	if len(others) == 0 {
		return nil
	}
	if err := w.with(ctx, others, tagsService+","+tagsHBA); err != nil {
		return err
	}
	return w.with(ctx, append(others, hosts...), tagsKeys)
}

func pgUser(ctx context.Context, w *pgWork, args []string) error {
	return w.object(ctx, "pg_users", "user", args[0], tagsUser)
}

func pgDatabase(ctx context.Context, w *pgWork, args []string) error {
	return w.object(ctx, "pg_databases", "database", args[0], tagsDB)
}

// object runs the playbook for an object that a list of the cluster has to declare.
func (w *pgWork) object(ctx context.Context, param, what, name, tags string) error {
	hosts, err := w.members(nil)
	if err != nil {
		return err
	}
	vars := w.vars(w.env, w.cluster.Members[0].Name)
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
