package modules

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	pgsql "pig/internal/products/pgsql/model"
	"pig/internal/value"
)

// patroniRestart restarts the members of a cluster that wait for it, as a cluster: one at a time, replicas first; the lead
// is handed to a replica that has been restarted, which restarts the old leader too. Run it once per cluster, on any member.
// Nothing is restarted while the cluster is paused or a member is not well.
//
// expected says that a change was just made which takes a restart: the flags take a moment to come up, and in a plan they
// cannot. moves names members of which that is known although the others need none. members and force name members to be
// restarted anyway. shrinks says that the leader must go first, since standbys need as much as it has (Patroni 4 tells so
// itself). It returns restarted (names, in order), leader and leader_host: where what
// comes after it has to be done, as the lead may have moved ("" where nothing runs yet).
func patroniRestart() module.Module {
	return module.Module{
		Name:     "patroni_restart",
		Unknowns: true,
		Spec: module.Spec{Args: append(patroniArgs(),
			module.Arg{Name: "expected", Type: module.Bool, Default: false},
			module.Arg{Name: "moves", Type: module.List, Elements: module.Str},
			module.Arg{Name: "shrinks", Type: module.Bool, Default: false},
			module.Arg{Name: "members", Type: module.List, Elements: module.Str},
			module.Arg{Name: "force", Type: module.Bool, Default: false},
			module.Arg{Name: "switchover", Type: module.Bool, Default: true},
			module.Arg{Name: "timeout", Type: module.Int, Default: int64(300)},
		)},
		Run: runPatroniRestart,
	}
}

type restarter struct {
	patroni
	c       *module.Call
	scope   string
	timeout time.Duration
	done    []string
}

// newRestarter gives the cluster as it is, too.
func newRestarter(ctx context.Context, c *module.Call) (*restarter, pgsql.ClusterView, error) {
	r := &restarter{patroni: newPatroni(ctx, c), c: c, timeout: time.Duration(c.Args.Int("timeout")) * time.Second}
	view, err := r.view(ctx)
	r.scope = view.Scope
	return r, view, err
}

func runPatroniRestart(ctx context.Context, c *module.Call) (*value.Dict, error) {
	r, view, err := newRestarter(ctx, c)
	if errors.Is(err, node.ErrNotYet) {
		return r.result(view), nil
	}
	if err != nil {
		return nil, err
	}
	names, leaderFirst, err := r.targets(ctx, view)
	if err != nil || len(names) == 0 {
		return r.result(view), err
	}
	// A second round is for standbys that could not take hold of a lesser value before their leader had.
	for round := 0; len(names) > 0 && round < 2; round++ {
		if view, err = r.recovered(ctx, view); err != nil {
			return nil, err
		}
		if err := view.Fit(); err != nil {
			return nil, fmt.Errorf("members wait for a restart (%s), but %w", strings.Join(names, ", "), err)
		}
		if view, err = r.round(ctx, view, names, leaderFirst); err != nil {
			return nil, err
		}
		if names, err = r.left(ctx, view); err != nil {
			return nil, err
		}
		leaderFirst = true
	}
	return r.result(view), nil
}

// view is the cluster, paused or not as it is once the changes before this are made.
func (r *restarter) view(ctx context.Context) (pgsql.ClusterView, error) {
	v, err := r.patroni.view(ctx)
	if paused, ok := r.c.System.Foreseen(pauseOf(v.Scope)); ok {
		v.Paused = paused == "on"
	}
	return v, err
}

// recovered gives members the time to come up that did not start before a correction of their configuration: expected. A plan cannot tell
// what they then need.
func (r *restarter) recovered(ctx context.Context, view pgsql.ClusterView) (pgsql.ClusterView, error) {
	if !value.Truthy(r.c.Args.Get("expected")) {
		return view, nil
	}
	var wrong error
	first := true
	err := r.c.System.Await(ctx, node.Wait{
		Limit: movesTake,
		Met: func(ctx context.Context) error {
			if !first {
				if view, wrong = r.view(ctx); wrong != nil {
					return node.Final(wrong)
				}
			}
			first = false
			if view.Paused {
				return nil
			}
			return view.Fit()
		},
		Late: func(context.Context, error) error { return wrong },
		Assume: func(error) {
			if view.Failed() {
				wrong = fmt.Errorf("which members need a restart: %w", node.ErrUnknown)
			}
		},
	})
	return view, cmp.Or(err, wrong)
}

func (r *restarter) result(view pgsql.ClusterView) *value.Dict {
	leader, _ := view.Leader()
	return value.DictOf("restarted", value.Strings(r.done), "leader", leader.Name, "leader_host", leader.Host)
}

// targets are the members to be restarted, and whether the leader must be the first.
func (r *restarter) targets(ctx context.Context, view pgsql.ClusterView) (names []string, leaderFirst bool, err error) {
	a := r.c.Args
	all := make([]string, 0, len(view.Members))
	for _, m := range view.Members {
		all = append(all, m.Name)
	}
	if named := a.Strings("members"); len(named) > 0 {
		for _, n := range named {
			if !slices.Contains(all, n) {
				return nil, false, fmt.Errorf("the cluster %s has no member %s: it has %s", view.Scope, n, strings.Join(all, ", "))
			}
		}
		if a.Bool("force") {
			return named, a.Bool("shrinks"), nil
		}
		all = named
	} else if a.Bool("force") {
		return all, a.Bool("shrinks"), nil
	}
	names, leaderFirst, err = r.awaited(ctx, view, a.Bool("expected") || value.IsUnknown(a.Get("expected")))
	names = slices.DeleteFunc(names, func(n string) bool { return !slices.Contains(all, n) })
	return names, leaderFirst || a.Bool("shrinks"), err
}

// awaited are the members that wait for a restart, when the flags of those that a change was made for had time to come up. In a plan, where
// it is not made, all of those will.
func (r *restarter) awaited(ctx context.Context, view pgsql.ClusterView, expected bool) (names []string, leaderFirst bool, err error) {
	var moves, lacking []string
	limit := movesTake
	if expected {
		limit = flagsTake
	}
	for _, m := range view.Members {
		if expected || slices.Contains(r.c.Args.Strings("moves"), m.Name) {
			moves = append(moves, m.Name)
		}
	}
	err = r.c.System.Await(ctx, node.Wait{
		Limit: limit,
		Met: func(ctx context.Context) error {
			names, leaderFirst = r.pending(ctx, view)
			lacking = slices.DeleteFunc(slices.Clone(moves), func(n string) bool { return slices.Contains(names, n) })
			if len(lacking) > 0 {
				return module.ErrNotSo
			}
			return nil
		},
		Late:   func(context.Context, error) error { return nil }, // they need none
		Assume: func(error) { names = append(names, lacking...) },
	})
	return names, leaderFirst, err
}

// left are the members that still wait for a restart after theirs. What is planned leaves none.
func (r *restarter) left(ctx context.Context, view pgsql.ClusterView) (names []string, err error) {
	err = r.c.System.Await(ctx, node.Wait{
		Met: func(ctx context.Context) error {
			if names, _ = r.pending(ctx, view); len(names) > 0 {
				return module.ErrNotSo
			}
			return nil
		},
		Late:   func(context.Context, error) error { return nil },
		Assume: func(error) { names = nil },
	})
	return names, err
}

// flagsTake is how long a member takes at most to notice a change of configuration: one turn of Patroni's loop. movesTake is how
// long it takes where the member has to write a file of its own first, beside the one that runs this.
const (
	flagsTake = 15 * time.Second
	movesTake = time.Minute
)

// pending asks each member that is up whether it waits for a restart.
func (r *restarter) pending(ctx context.Context, view pgsql.ClusterView) (names []string, shrinks bool) {
	for _, m := range view.Members {
		s, err := r.state(ctx, m)
		if errors.Is(err, node.ErrUnknown) || err != nil && !m.Well() {
			continue
		}
		if err != nil { // it died so lately that the cluster still counts on it: that is no reason to hold up the others
			r.c.Facts.Warn("cannot read whether %s has a pending restart: %v", m.Name, err)
			continue
		}
		if s.Pending && !s.bound(m) {
			names = append(names, m.Name)
		}
		for name, why := range s.Reasons {
			shrinks = shrinks || pgsql.Shrinks(name, strings.Trim(string(why.Old), `"`), strings.Trim(string(why.New), `"`))
		}
	}
	return names, shrinks
}

// round restarts the named members one by one, and gives the cluster as it is then.
func (r *restarter) round(ctx context.Context, view pgsql.ClusterView, names []string, leaderFirst bool) (pgsql.ClusterView, error) {
	for _, m := range view.RestartOrder(names, leaderFirst) {
		if m.Leads() && !leaderFirst && r.c.Args.Bool("switchover") {
			handed, err := r.handOver(ctx, m)
			if err != nil {
				return view, err
			}
			if handed {
				continue
			}
		}
		if err := r.restart(ctx, m); err != nil {
			return view, err
		}
		if m.Leads() && leaderFirst {
			if err := r.awaitReplay(ctx, view); err != nil {
				return view, err
			}
		}
	}
	return r.view(ctx)
}

func (r *restarter) restart(ctx context.Context, m pgsql.MemberView) error {
	view, err := r.view(ctx)
	if err != nil {
		return err
	}
	if err := view.Fit(); err != nil {
		return fmt.Errorf("cannot restart %s: %w", m.Name, err)
	}
	change := node.Change{Kind: "patroni member", ID: m.Name, Action: "restart", Impact: node.ImpactRestart, Unknown: value.IsUnknown(r.c.Args.Get("expected"))}
	if err := r.send(ctx, "POST", api(m)+"/restart", struct{}{}, r.timeout, change); err != nil {
		return fmt.Errorf("cannot restart %s: %w", m.Name, err)
	}
	r.done = append(r.done, m.Name)
	return r.await(ctx, m.Name, func(now pgsql.MemberView) bool { return now.Leads() == m.Leads() })
}

// handOver makes another member the leader, if there is one that can be. That restarts the old leader.
func (r *restarter) handOver(ctx context.Context, leader pgsql.MemberView) (bool, error) {
	candidate, ok, err := r.switchover(ctx, leader)
	for deadline := time.Now().Add(syncTakes); err != nil && strings.Contains(err.Error(), "sync_standby") && time.Now().Before(deadline); {
		if err := module.Pause(ctx, module.Interval); err != nil {
			return false, err
		}
		candidate, ok, err = r.switchover(ctx, leader)
	}
	if err != nil || !ok {
		return false, err
	}
	r.done = append(r.done, leader.Name)
	if err := r.await(ctx, candidate.Name, pgsql.MemberView.Leads); err != nil {
		return true, err
	}
	return true, r.await(ctx, leader.Name, func(now pgsql.MemberView) bool { return !now.Leads() })
}

// syncTakes is how long the leader of a synchronous cluster takes at most to choose another standby that it commits with, after
// the one that it had was restarted. Only that one may take the lead.
const syncTakes = time.Minute

// switchover hands the lead from leader to the member that is fit for it now; false if there is none.
func (r *restarter) switchover(ctx context.Context, leader pgsql.MemberView) (candidate pgsql.MemberView, found bool, err error) {
	view, err := r.view(ctx)
	if err != nil {
		return candidate, false, err
	}
	candidate, found = view.Candidate()
	if !found {
		return candidate, false, nil
	}
	return candidate, true, r.handTo(ctx, leader, candidate, value.IsUnknown(r.c.Args.Get("expected")))
}

// await waits until a member is well again and as it is wanted, by its own word and by the cluster's.
func (r *restarter) await(ctx context.Context, name string, wanted func(pgsql.MemberView) bool) error {
	last := "no answer"
	return r.c.System.Await(ctx, node.Wait{
		Limit: r.timeout,
		Met: func(ctx context.Context) error {
			view, err := r.glance(ctx)
			m, ok := view.Member(name)
			if err != nil || !ok {
				return cmp.Or(err, module.ErrNotSo)
			}
			s, err := r.state(ctx, m)
			last = fmt.Sprintf("now %s, %s", m.Role, m.State)
			if err != nil || !m.Well() || s.State != "running" || !m.Leads() && !s.follows() || !wanted(m) {
				return cmp.Or(err, module.ErrNotSo)
			}
			return nil
		},
		Late: func(ctx context.Context, _ error) error {
			return postgresTrouble(ctx, r.c, r.c.Args.String("unit"), r.c.Args.Int("patroni_port"),
				fmt.Errorf("%s did not become healthy within %v: %s", name, r.timeout, last))
		},
	})
}

// awaitReplay waits until all replicas have replayed what their leader has written so far: only then do they know that it
// has less of something now. One that does not get there in time is restarted again in the second round.
func (r *restarter) awaitReplay(ctx context.Context, view pgsql.ClusterView) error {
	leader, _ := view.Leader()
	target, err := r.state(ctx, leader)
	if err != nil {
		return nil //nolint:nilerr // then the second round has to do
	}
	return r.c.System.Await(ctx, node.Wait{
		Limit: flagsTake,
		Met: func(ctx context.Context) error {
			for _, m := range view.Members {
				if m.Leads() {
					continue
				}
				if s, err := r.state(ctx, m); err != nil || !s.follows() || s.Xlog.Replayed < target.Xlog.Location {
					return cmp.Or(err, module.ErrNotSo)
				}
			}
			return nil
		},
		Late: func(context.Context, error) error { return nil },
	})
}
