package pgsql

import (
	"context"
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/product"
	"pig/internal/value"
)

func psqlVerb() product.Verb {
	return product.Verb{
		Use: "psql CLUSTER [DATABASE] [-- OPTION ...]", Short: "Open psql on the leader of a PostgreSQL cluster",
		Long: `Open psql as the database superuser, on the host that leads the cluster now. What follows the name of the cluster goes to
psql. The exit status is that of psql.`,
		Example: "  pig psql pg-test test\n  pig psql pg-test --replica -- -c 'SELECT pg_last_wal_replay_lsn()'\n  pig psql pg-test --member pg-test-3",
		Args:    product.Args{Least: 1, Most: product.Many},
		Offer:   offered,
		Flags: []product.Flag{
			{Name: "replica", Kind: product.Switch, Help: "the replica with the smallest lag, instead of the leader"},
			{Name: "member", Kind: product.Text, Takes: product.MemberWord, Help: "a host or an instance such as pg-test-2, instead of the leader"},
		},
		Exclusive: []string{"replica", "member"},
		Run:       on(openPsql),
	}
}

func openPsql(ctx context.Context, w *work, rest []string) error {
	host, err := w.place(ctx)
	if err != nil {
		return err
	}
	vars := w.Vars(host)
	argv := []string{"sudo", "-iu", value.Str(vars.At("pg_dbsu")), "psql", "-p", value.Str(vars.At("pg_port"))}
	return w.Terminal(ctx, host, append(argv, rest...))
}

// place is the host that the flags of the verb choose.
func (w *work) place(ctx context.Context) (string, error) {
	named := w.Text("member")
	if named == "" {
		return w.Serving(ctx, w.cluster.Name, w.Switch("replica"))
	}
	var known []string
	for _, m := range w.cluster.Members {
		if m.Name == named || m.Instance == named {
			return m.Name, nil
		}
		known = append(known, m.Name, m.Instance)
	}
	slices.Sort(known)
	return "", diag.Errorf(w.cluster.Pos, "member %q not found in cluster %s", named, w.cluster.Name).WithHint("the members are %s", strings.Join(known, ", "))
}
