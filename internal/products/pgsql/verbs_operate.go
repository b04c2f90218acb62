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
			Use: "pgsql-switchover CLUSTER [MEMBER]", Short: "Switch the leader of a PostgreSQL cluster to another member",
			Long: `Make a member the leader: a host or an instance such as pg-test-2, by default the replica with the least lag. Writes stop
for some seconds, and no write is lost. pig shows the plan and asks for the name of the cluster.`,
			Example: "  pig pgsql-switchover pg-test\n  pig pgsql-switchover pg-test 10.10.10.12 --confirm pg-test",
			Args:    one, Confirm: product.ConfirmCluster,
			Run: on(operation{tag: "pg_switchover", loss: func(cluster, named string) string {
				return fmt.Sprintf("The leader of %s changes%s: writes stop for some seconds.", cluster, to(named))
			}}.run),
		},
		{
			Use: "pgsql-failover CLUSTER MEMBER", Short: "Promote a member of a PostgreSQL cluster that has lost its leader",
			Long: `Make a member the leader if Patroni elects none by itself, such as in a synchronous cluster that has lost its standby.
Writes of the old leader that the member has not received are lost. Refused while the leader answers: use pgsql-switchover.`,
			Example: "  pig pgsql-failover pg-test 10.10.10.12",
			Args:    both, Confirm: product.ConfirmCluster,
			Run: on(operation{tag: "pg_failover", loss: func(cluster, named string) string {
				return fmt.Sprintf("%s becomes the leader of %s: writes that the member does not have are lost.", named, cluster)
			}}.run),
		},
		{
			Use: "pgsql-restart CLUSTER [MEMBER ...]", Short: "Restart PostgreSQL members that wait for a restart",
			Long: `Restart the members with pending settings, one at a time: replicas first, then a switchover to one of them, then the
former leader. Nothing is restarted while a member is unhealthy. With --all, members without pending settings restart too.`,
			Example: "  pig pgsql-restart pg-test\n  pig pgsql-restart pg-test pg-test-3 --all --confirm pg-test",
			Args:    some, Confirm: product.ConfirmCluster, Flags: []product.Flag{{Name: "all", Kind: product.Switch, Help: "restart of members without pending settings, too"}},
			Run: on(operation{tag: "pg_restart", extra: func(w *work) *value.Dict { return value.DictOf("pg_forced", w.Switch("all")) },
				loss: func(cluster, named string) string {
					return fmt.Sprintf("Members of %s restart%s: connections to these members end, and writes stop for some seconds if the leader is among them.", cluster, only(named))
				}}.run),
		},
		{
			Use: "pgsql-reload CLUSTER [MEMBER ...]", Short: "Reload the configuration of Patroni and PostgreSQL",
			Long:    "Reload the configuration of Patroni and PostgreSQL on the members. No connection is interrupted.",
			Example: "  pig pgsql-reload pg-test",
			Args:    some, Run: on(operation{tag: "pg_reload_conf"}.run),
		},
		{
			Use: "pgsql-reinit CLUSTER MEMBER", Short: "Rebuild a replica of a PostgreSQL cluster",
			Long: `Discard the data of a replica and copy the data again, from the leader or from a backup. The verb ends when the replica
streams. The leader is refused.`,
			Example: "  pig pgsql-reinit pg-test 10.10.10.13",
			Args:    both, Confirm: product.ConfirmCluster,
			Run: on(operation{tag: "pg_reinit", loss: func(cluster, named string) string {
				return fmt.Sprintf("%s of %s discards its data and copies the data again: meanwhile the cluster has one replica less.", named, cluster)
			}}.run),
		},
		{
			Use: "pgsql-pause CLUSTER", Short: "Pause the automatic failover of a PostgreSQL cluster",
			Long: `Pause Patroni (maintenance mode): no automatic failover, and stopped servers stay stopped. pig apply does not end the pause.
For a permanent pause, set patroni_mode: pause.`,
			Example: "  pig pgsql-pause pg-test",
			Args:    none, Run: on(operation{tag: "pg_pause"}.run),
		},
		{
			Use: "pgsql-resume CLUSTER", Short: "Resume the automatic failover of a PostgreSQL cluster",
			Long:    "Resume Patroni, whoever has paused the cluster.",
			Example: "  pig pgsql-resume pg-test",
			Args:    none, Run: on(resume),
		},
		{
			Use: "pgsql-backup CLUSTER", Short: "Back up a PostgreSQL cluster",
			Long:    "Create a backup with pgBackRest, on the live leader. pig status shows the age of the last backup.",
			Example: "  pig pgsql-backup pg-test\n  pig pgsql-backup pg-test --type incr",
			Args:    none, Flags: []product.Flag{{Name: "type", Kind: product.Text, Words: []string{"full", "diff", "incr"}, Help: "full, diff or incr (default full)"}},
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
