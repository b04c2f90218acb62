package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"pig/internal/diag"
	prpgsql "pig/internal/products/pgsql"
	pgsql "pig/internal/products/pgsql/model"
	"pig/internal/value"
)

// pitrOptions say to which point a cluster goes. What is given becomes pg_pitr.
type pitrOptions struct {
	runOptions
	fields  map[string]*string // of pg_pitr, by name
	latest  bool
	now     bool // --immediate
	before  bool // --exclusive
	keep    bool
	port    int
	confirm string
}

// pitrFields are the flags that are fields of pg_pitr.
var pitrFields = []struct{ flag, field, help string }{
	{"time", "time", "time to recover to, such as '2026-11-22 10:30:00+01'"},
	{"lsn", "lsn", "LSN to recover to"},
	{"xid", "xid", "transaction ID to recover to"},
	{"name", "name", "restore point to recover to (pg_create_restore_point)"},
	{"set", "set", "label of the backup to restore"},
	{"timeline", "timeline", "timeline to follow: a number, current or latest"},
	{"action", "action", "action at the target: promote, pause (Patroni stays stopped) or shutdown (default promote)"},
	{"from", "cluster", "cluster whose backups are restored"},
	{"data", "data", "directory of a second server: the cluster goes on"},
}

func (o *pitrOptions) AddFlags(c *cobra.Command) {
	o.runOptions.AddFlags(c.Flags())
	o.fields = map[string]*string{}
	for _, f := range pitrFields {
		o.fields[f.field] = c.Flags().String(f.flag, "", f.help)
	}
	c.Flags().BoolVar(&o.latest, "latest", false, "recovery to the end of the archive")
	c.Flags().BoolVar(&o.now, "immediate", false, "recovery to the end of the backup")
	c.Flags().BoolVar(&o.before, "exclusive", false, "recovery to just before the target")
	c.Flags().BoolVar(&o.keep, "keep", false, "copy of the present data in the directory data-backup")
	c.Flags().IntVar(&o.port, "port", 0, "port of the second server (with --data)")
	c.Flags().StringVar(&o.confirm, "confirm", "", "name of the cluster, instead of typing it")
	c.MarkFlagsMutuallyExclusive("latest", "immediate", "time", "lsn", "xid", "name")
	c.MarkFlagsRequiredTogether("data", "port")
}

func (a *app) pgsqlPitr() *cobra.Command {
	o := &pitrOptions{}
	c := &cobra.Command{
		Use: "pgsql-pitr CLUSTER", Short: "Restore a PostgreSQL cluster to a point in time", Args: orLimit(&o.runOptions, cobra.ExactArgs(1)),
		Long: `Restore a PostgreSQL cluster to a point in time, from its backups and its WAL archive: after a dropped table, or when
every disk is lost. pig checks that a backup reaches the target before anything stops. The leader restores and recovers;
the replicas keep their data until the leader is back, and copy the data then. Type the name of the cluster to confirm,
or give it with --confirm. With --data the cluster goes on, and a second server with the restored data starts beside it.

  pig pgsql-pitr pg-test --time '2026-11-22 10:30:00+01' --check
  pig pgsql-pitr pg-test --time '2026-11-22 10:30:00+01' --confirm pg-test
  pig pgsql-pitr pg-test --time '2026-11-22 10:30:00+01' --data /pg/tmp/then --port 5433
  pig pgsql-pitr pg-test -e '{"pg_pitr": {"name": "before-release", "action": "pause"}}'

` + exitHelp,
		RunE: func(c *cobra.Command, args []string) error {
			s, env, err := a.openEnvironment(c.Context(), &o.runOptions)
			if err != nil {
				return err
			}
			defer s.close()
			w := &pgWork{session: s, verb: "pgsql-pitr", env: env, confirm: o.confirm}
			if _, err := w.find(args); err != nil {
				return err
			}
			return pgPitr(c.Context(), w, o)
		},
	}
	o.AddFlags(c)
	return c
}

func pgPitr(ctx context.Context, w *pgWork, o *pitrOptions) error {
	hosts, err := w.members(nil)
	if err != nil {
		return err
	}
	d, err := o.point(w)
	if err != nil {
		return err
	}
	r, err := pgsql.RecoveryOf(d, time.Local)
	if err != nil {
		return diag.Errorf(diag.Pos{}, "pg_pitr: %v", err)
	}
	if beside := value.Truthy(d.At("data")); !beside {
		w.followers()
		loss := fmt.Sprintf("The data of %s on %s will be replaced by the data at %s.", w.cluster.Name, strings.Join(hosts, ", "), r)
		if w.base.Plan {
			fmt.Fprintln(w.app.err, loss)
		} else if err := w.typed(w.cluster.Name, w.confirm, loss); err != nil {
			return err
		}
	}
	w.opt.confirm = []string{w.cluster.Name}
	w.extra.Set("pg_pitr", d)
	w.base.ExtraVars = w.extra
	return w.runModule(ctx, w.verb, "pgsql-pitr", hosts)
}

// point is what the flags say, else pg_pitr of -e or of the inventory.
func (o *pitrOptions) point(w *pgWork) (*value.Dict, error) {
	d := value.NewDict()
	for _, f := range pitrFields {
		if v := *o.fields[f.field]; v != "" {
			d.Set(f.field, v)
		}
	}
	aimed := o.latest || o.now || d.Has("time") || d.Has("lsn") || d.Has("xid") || d.Has("name")
	if !aimed {
		declared, ok := w.vars(w.env, w.cluster.Members[0].Name).At("pg_pitr").(*value.Dict)
		if !ok {
			return nil, diag.Errorf(diag.Pos{}, "no recovery target given for %s", w.cluster.Name).WithHint("give --time, --lsn, --xid, --name, --immediate or --latest")
		}
		declared = declared.Clone()
		declared.Update(d)
		d = declared
	}
	for field, on := range map[string]bool{"exclusive": o.before, "backup": o.keep} {
		if on {
			d.Set(field, true)
		}
	}
	if o.now {
		d.Set("type", "immediate")
	}
	if o.port != 0 {
		d.Set("port", int64(o.port))
	}
	return d, nil
}

// followers names the clusters that copy this one: they are ahead of it afterwards.
func (w *pgWork) followers() {
	for _, c := range prpgsql.Of(w.env) {
		if c.Follows == w.cluster {
			fmt.Fprintf(w.app.err, "%s follows %s and cannot be restored with it: after the restore, remove the standby cluster and create it again.\n", c.Name, w.cluster.Name)
		}
	}
}
