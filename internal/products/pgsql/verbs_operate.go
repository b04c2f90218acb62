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

// operation is a verb that asks a running cluster for something: one tag of the playbook pgsql-operate.
type operation struct {
	tag string
	// loss tells what is interrupted, of the cluster and what was named; nil: nothing is.
	loss func(cluster, named string) string
	// extra are further variables of the playbook; nil: none.
	extra func(w *work) *value.Dict
}

func operateVerbs() []product.Verb {
	one, some := product.Args{Least: 1, Most: 2, ByLimit: true}, product.Args{Least: 1, Most: product.Many, ByLimit: true}
	both, none := product.Args{Least: 2, Most: 2, ByLimit: true}, product.Args{Least: 1, Most: 1, ByLimit: true}
	return []product.Verb{
		{
			Use: "pgsql-switchover CLUSTER [MEMBER]", Short: "Make another member the leader of a PostgreSQL cluster",
			Long: `Hand the lead to a member: a host or an instance such as pg-test-2, or the replica that is the least behind. Writes stop
for seconds, and none is lost. pig shows the plan, then the name of the cluster confirms it.`,
			Example: "  pig pgsql-switchover pg-test\n  pig pgsql-switchover pg-test 10.10.10.12 --confirm pg-test",
			Args:    one, Confirm: product.ConfirmCluster,
			Run: on(operation{tag: "pg_switchover", loss: func(cluster, named string) string {
				return fmt.Sprintf("The lead of %s moves%s: writes stop for seconds.", cluster, to(named))
			}}.run),
		},
		{
			Use: "pgsql-failover CLUSTER MEMBER", Short: "Make a member the leader of a PostgreSQL cluster that has lost its leader",
			Long: `Make a member the leader where Patroni does not choose one by itself, such as a synchronous cluster that lost its standby.
What the member lacks of the old leader's writes is lost. While the leader answers this is refused: use pgsql-switchover.`,
			Example: "  pig pgsql-failover pg-test 10.10.10.12",
			Args:    both, Confirm: product.ConfirmCluster,
			Run: on(operation{tag: "pg_failover", loss: func(cluster, named string) string {
				return fmt.Sprintf("%s becomes the leader of %s: writes that the member does not have are lost.", named, cluster)
			}}.run),
		},
		{
			Use: "pgsql-restart CLUSTER [MEMBER ...]", Short: "Restart PostgreSQL members that wait for a restart",
			Long: `Restart the members whose settings wait for a restart, one at a time: replicas first, then the lead is handed to one of
them. Nothing is restarted while a member is not healthy. With --all members restart that need none, too.`,
			Example: "  pig pgsql-restart pg-test\n  pig pgsql-restart pg-test pg-test-3 --all --confirm pg-test",
			Args:    some, Confirm: product.ConfirmCluster, Flags: []product.Flag{{Name: "all", Kind: product.Switch, Help: "restart of members that need none, too"}},
			Run: on(operation{tag: "pg_restart", extra: func(w *work) *value.Dict { return value.DictOf("pg_forced", w.Switch("all")) },
				loss: func(cluster, named string) string {
					return fmt.Sprintf("Members of %s restart%s: connections to them end, and writes stop for seconds if the leader is one of them.", cluster, only(named))
				}}.run),
		},
		{
			Use: "pgsql-reload CLUSTER [MEMBER ...]", Short: "Reload the configuration of Patroni and PostgreSQL",
			Long:    "Have the members read their configuration again. Nothing is interrupted.",
			Example: "  pig pgsql-reload pg-test",
			Args:    some, Run: on(operation{tag: "pg_reload_conf"}.run),
		},
		{
			Use: "pgsql-reinit CLUSTER MEMBER", Short: "Rebuild a replica of a PostgreSQL cluster",
			Long: `Have a replica discard its data and copy them anew, from the leader or from a backup. The verb ends when the replica follows
again. The leader is refused.`,
			Example: "  pig pgsql-reinit pg-test 10.10.10.13",
			Args:    both, Confirm: product.ConfirmCluster,
			Run: on(operation{tag: "pg_reinit", loss: func(cluster, named string) string {
				return fmt.Sprintf("%s of %s discards its data and copies them anew: until then the cluster has one replica less.", named, cluster)
			}}.run),
		},
		{
			Use: "pgsql-pause CLUSTER", Short: "Pause the automatic failover of a PostgreSQL cluster",
			Long: `Put Patroni into maintenance mode: nobody takes the lead, and what stops stays stopped. pig apply leaves the pause alone.
For a pause that stays, set patroni_mode: pause.`,
			Example: "  pig pgsql-pause pg-test",
			Args:    none, Run: on(operation{tag: "pg_pause"}.run),
		},
		{
			Use: "pgsql-resume CLUSTER", Short: "Resume the automatic failover of a PostgreSQL cluster",
			Long:    "End the maintenance mode of Patroni, whoever began it.",
			Example: "  pig pgsql-resume pg-test",
			Args:    none, Run: on(resume),
		},
		{
			Use: "pgsql-backup CLUSTER", Short: "Back up a PostgreSQL cluster",
			Long:    "Make a backup with pgBackRest, on the live leader. pig status tells the age of the last one.",
			Example: "  pig pgsql-backup pg-test\n  pig pgsql-backup pg-test --type incr",
			Args:    none, Flags: []product.Flag{{Name: "type", Kind: product.Text, Help: "full, diff or incr (default full)"}},
			Run: on(backup),
		},
	}
}

func to(named string) string {
	if named == "" {
		return ""
	}
	return " to " + named
}

func only(named string) string {
	if named == "" {
		return ""
	}
	return " (" + named + ")"
}

// run asks the cluster, after a plan and a confirmation where something is interrupted.
func (o operation) run(ctx context.Context, w *work, args []string) error {
	hosts, err := w.members(nil)
	if err != nil {
		return err
	}
	named, err := w.instances(args)
	if err != nil {
		return err
	}
	extra := value.DictOf("pg_operands", value.Strings(named))
	if o.extra != nil {
		extra.Update(o.extra(w))
	}
	p := product.Play{Playbook: "pgsql-operate", Hosts: hosts, Only: o.tag, Extra: extra, Bears: true}
	if o.loss == nil || w.PlansOnly() {
		return w.Play(ctx, p)
	}
	changes, err := w.Preview(ctx, p)
	if err != nil {
		return err
	}
	if changes == 0 {
		w.Say("Nothing to do.")
		return nil
	}
	if err := w.Typed(w.cluster.Name, o.loss(w.cluster.Name, strings.Join(named, ", "))); err != nil {
		return err
	}
	return w.Play(ctx, p)
}

// instances are the members that the operator named, by host or by instance.
func (w *work) instances(args []string) ([]string, error) {
	var named, all []string
	for _, m := range w.cluster.Members {
		all = append(all, m.Instance)
	}
	for _, a := range args {
		i := slices.IndexFunc(w.cluster.Members, func(m *Member) bool { return m.Name == a || m.Instance == a })
		if i < 0 {
			return nil, diag.Errorf(w.cluster.Pos, "member %q not found in cluster %s", a, w.cluster.Name).WithHint("the members are %s", strings.Join(all, ", "))
		}
		named = append(named, w.cluster.Members[i].Instance)
	}
	return named, nil
}

// resume refuses what the next apply would undo.
func resume(ctx context.Context, w *work, args []string) error {
	if mode := value.Str(w.Vars(w.cluster.Members[0].Name).At("patroni_mode")); mode == "pause" {
		return diag.Errorf(w.cluster.Pos, "patroni_mode of %s is pause", w.cluster.Name).WithHint("set patroni_mode: default, then run pig apply")
	}
	return operation{tag: "pg_resume"}.run(ctx, w, args)
}

func backup(ctx context.Context, w *work, args []string) error {
	kind := w.Text("type")
	switch kind {
	case "":
		kind = "full"
	case "full", "diff", "incr":
	default:
		return diag.Errorf(diag.Pos{}, "invalid --type %q: want full, diff or incr", kind)
	}
	if v := w.Vars(w.cluster.Members[0].Name).At("pgbackrest_enabled"); v != nil && !value.Truthy(v) {
		return diag.Errorf(w.cluster.Pos, "pgbackrest_enabled of %s is false: the cluster has no backups", w.cluster.Name)
	}
	return operation{tag: "pg_backup", extra: func(*work) *value.Dict { return value.DictOf("pg_backup_type", kind) }}.run(ctx, w, args)
}
