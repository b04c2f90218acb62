package pgsql

import (
	"context"
	"fmt"
	"strings"
	"time"

	"pig/internal/diag"
	"pig/internal/product"
	"pig/internal/products/pgsql/model"
	"pig/internal/value"
)

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
	{"data", "data", "data directory of a second server beside the running cluster"},
}

func pitrVerb() product.Verb {
	v := product.Verb{
		Use: "pgsql-pitr CLUSTER", Short: "Restore a PostgreSQL cluster to a point in time", Args: product.Args{Least: 1, Most: 1, ByLimit: true},
		Long: `Restore a PostgreSQL cluster to a point in time, from its backups and its WAL archive: after a dropped table, or when
every disk is lost. pig checks that a backup reaches the target before anything stops. The leader restores and recovers;
the replicas keep their data until the leader is back, and copy the data then. Type the name of the cluster to confirm,
or give it with --confirm. With --data the cluster goes on, and a second server with the restored data starts beside it.`,
		Example: `  pig pgsql-pitr pg-test --time '2026-11-22 10:30:00+01' --check
  pig pgsql-pitr pg-test --time '2026-11-22 10:30:00+01' --confirm pg-test
  pig pgsql-pitr pg-test --time '2026-11-22 10:30:00+01' --data /pg/tmp/then --port 5433
  pig pgsql-pitr pg-test -e '{"pg_pitr": {"name": "before-release", "action": "pause"}}'`,
		Confirm:   product.ConfirmCluster,
		Exclusive: []string{"latest", "immediate", "time", "lsn", "xid", "name"},
		Together:  []string{"data", "port"},
		Flags: []product.Flag{
			{Name: "latest", Kind: product.Switch, Help: "recovery to the end of the archive"},
			{Name: "immediate", Kind: product.Switch, Help: "recovery to the end of the backup"},
			{Name: "exclusive", Kind: product.Switch, Help: "recovery to just before the target"},
			{Name: "keep", Kind: product.Switch, Help: "copy of the present data in the directory data-backup"},
			{Name: "port", Kind: product.Number, Help: "port of the second server (with --data)"},
		},
		Run: on(pitr),
	}
	for _, f := range pitrFields {
		v.Flags = append(v.Flags, product.Flag{Name: f.flag, Kind: product.Text, Help: f.help})
	}
	return v
}

func pitr(ctx context.Context, w *work, _ []string) error {
	hosts, err := w.members(nil)
	if err != nil {
		return err
	}
	d, err := w.point()
	if err != nil {
		return err
	}
	r, err := model.RecoveryOf(d, time.Local)
	if err != nil {
		return diag.Errorf(diag.Pos{}, "pg_pitr: %v", err)
	}
	if beside := value.Truthy(d.At("data")); !beside {
		w.followers()
		loss := fmt.Sprintf("The data of %s on %s will be replaced by the data at %s.", w.cluster.Name, strings.Join(hosts, ", "), r)
		if w.PlansOnly() {
			w.Say("%s", loss)
		} else if err := w.Typed(w.cluster.Name, loss); err != nil {
			return err
		}
	}
	return w.Play(ctx, product.Play{Playbook: "pgsql-pitr", Hosts: hosts, Extra: value.DictOf("pg_pitr", d), MayLose: []string{w.cluster.Name}})
}

// point is what the flags say, else pg_pitr of -e or of the inventory.
func (w *work) point() (*value.Dict, error) {
	d := value.NewDict()
	for _, f := range pitrFields {
		if v := w.Text(f.flag); v != "" {
			d.Set(f.field, v)
		}
	}
	aimed := w.Switch("latest") || w.Switch("immediate") || d.Has("time") || d.Has("lsn") || d.Has("xid") || d.Has("name")
	if !aimed {
		declared, ok := w.Vars(w.cluster.Members[0].Name).At("pg_pitr").(*value.Dict)
		if !ok {
			return nil, diag.Errorf(diag.Pos{}, "no recovery target given for %s", w.cluster.Name).WithHint("give --time, --lsn, --xid, --name, --immediate or --latest")
		}
		declared = declared.Clone()
		declared.Update(d)
		d = declared
	}
	for field, flag := range map[string]string{"exclusive": "exclusive", "backup": "keep"} {
		if w.Switch(flag) {
			d.Set(field, true)
		}
	}
	if w.Switch("immediate") {
		d.Set("type", "immediate")
	}
	if port := w.Number("port"); port != 0 {
		d.Set("port", int64(port))
	}
	return d, nil
}

// followers names the clusters that copy this one: they are ahead of it afterwards.
func (w *work) followers() {
	for _, c := range Of(w.Environment()) {
		if c.Follows == w.cluster {
			w.Say("%s follows %s and cannot be restored with it: after the restore, remove the standby cluster and create it again.", c.Name, w.cluster.Name)
		}
	}
}
