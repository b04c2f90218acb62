package modules

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	pgsql "pig/internal/products/pgsql/model"
	"pig/internal/value"
)

// patroniSwitchover makes another member the leader: candidate, or without one the replica that is the least behind. A candidate that leads
// already changes nothing. With failover the leader is taken to be lost: that is refused while a leader answers, and a candidate has to be
// named, since what it lacks of the old leader's writes is lost.
//
// It returns leader, the member that leads then.
func patroniSwitchover() module.Module {
	return module.Module{
		Name: "patroni_switchover",
		Spec: module.Spec{Args: append(patroniArgs(),
			module.Arg{Name: "candidate"},
			module.Arg{Name: "failover", Type: module.Bool, Default: false},
			module.Arg{Name: "timeout", Type: module.Int, Default: int64(300)},
		)},
		Run: runPatroniSwitchover,
	}
}

func runPatroniSwitchover(ctx context.Context, c *module.Call) (*value.Dict, error) {
	r, view, err := newRestarter(ctx, c)
	if err != nil {
		return nil, err
	}
	candidate, err := chosen(view, c.Args.String("candidate"))
	if err != nil || candidate.Leads() {
		return value.DictOf("leader", candidate.Name), err
	}
	if c.Args.Bool("failover") {
		err = r.failOver(ctx, view, candidate)
	} else {
		err = r.moveTo(ctx, view, candidate)
	}
	return value.DictOf("leader", candidate.Name), err
}

// chosen is the member that is to lead.
func chosen(view pgsql.ClusterView, name string) (pgsql.MemberView, error) {
	if name == "" {
		m, ok := view.Candidate()
		if !ok {
			return m, fmt.Errorf("%s has no member that can become the leader: %s", view.Scope, membersText(view))
		}
		return m, nil
	}
	m, ok := view.Member(name)
	switch {
	case !ok:
		return m, fmt.Errorf("%s has no running member %s: %s", view.Scope, name, membersText(view))
	case !m.Leads() && !m.Well():
		return m, fmt.Errorf("%s cannot become the leader: its state is %s", name, m.State)
	}
	return m, nil
}

func membersText(view pgsql.ClusterView) string {
	var all []string
	for _, m := range view.Members {
		all = append(all, fmt.Sprintf("%s (%s, %s)", m.Name, m.Role, m.State))
	}
	return strings.Join(all, ", ")
}

// moveTo hands the lead from a leader that is there to candidate.
func (r *restarter) moveTo(ctx context.Context, view pgsql.ClusterView, candidate pgsql.MemberView) error {
	leader, ok := view.Leader()
	if !ok {
		return fmt.Errorf("%s has no leader to switch over from: wait for Patroni to elect one, or choose a member with pig pgsql-failover", view.Scope)
	}
	if err := r.handTo(ctx, leader, candidate, false); err != nil {
		return err
	}
	if err := r.await(ctx, candidate.Name, pgsql.MemberView.Leads); err != nil {
		return err
	}
	return r.await(ctx, leader.Name, func(now pgsql.MemberView) bool { return !now.Leads() })
}

// handTo asks for the switchover; unknown says that it is not known yet whether one is needed.
func (r *restarter) handTo(ctx context.Context, leader, candidate pgsql.MemberView, unknown bool) error {
	change := node.Change{Kind: "patroni cluster", ID: r.scope, Action: "switchover", Impact: node.ImpactFailover, Unknown: unknown,
		Attrs: []node.Attr{{Name: "leader", Before: leader.Name, After: candidate.Name}}}
	body := map[string]string{"leader": leader.Name, "candidate": candidate.Name}
	if err := r.send(ctx, "POST", api(leader)+"/switchover", body, r.timeout, change); err != nil {
		return fmt.Errorf("cannot move the lead from %s to %s: %w", leader.Name, candidate.Name, err)
	}
	return nil
}

// failOver makes candidate the leader of a cluster that has none.
func (r *restarter) failOver(ctx context.Context, view pgsql.ClusterView, candidate pgsql.MemberView) error {
	leader, ok := view.Leader()
	if ok {
		_, err := r.state(ctx, leader)
		if err == nil && leader.Well() {
			return fmt.Errorf("%s leads %s and answers: move the lead without losing writes (pig pgsql-switchover)", leader.Name, view.Scope)
		}
	}
	attr := node.Attr{Name: "leader", Before: cmp.Or(leader.Name, "none"), After: candidate.Name}
	change := node.Change{Kind: "patroni cluster", ID: r.scope, Action: "failover", Impact: node.ImpactFailover, Attrs: []node.Attr{attr}}
	if err := r.send(ctx, "POST", api(candidate)+"/failover", map[string]string{"candidate": candidate.Name}, r.timeout, change); err != nil {
		return fmt.Errorf("cannot make %s the leader: %w", candidate.Name, err)
	}
	return r.await(ctx, candidate.Name, pgsql.MemberView.Leads)
}

// patroniReinit has a replica copy its data anew from the leader or from a backup, as Patroni is configured. The leader is refused: its data
// are what the others copy.
func patroniReinit() module.Module {
	return module.Module{
		Name: "patroni_reinit",
		Spec: module.Spec{Args: append(patroniArgs(),
			module.Arg{Name: "member", Required: true},
			// timeout is in seconds; copying takes as long as the data are large.
			module.Arg{Name: "timeout", Type: module.Int, Default: int64(86400)},
		)},
		Run: runPatroniReinit,
	}
}

func runPatroniReinit(ctx context.Context, c *module.Call) (*value.Dict, error) {
	r, view, err := newRestarter(ctx, c)
	if err != nil {
		return nil, err
	}
	name := c.Args.String("member")
	m, ok := view.Member(name)
	leader, led := view.Leader()
	switch {
	case !ok:
		return nil, fmt.Errorf("%s has no running member %s: %s", view.Scope, name, membersText(view))
	case m.Leads():
		return nil, fmt.Errorf("%s leads %s: the others copy from this member (move the lead first: pig pgsql-switchover)", name, view.Scope)
	case !led:
		return nil, fmt.Errorf("%s has no leader to copy from", view.Scope)
	case view.Paused:
		return nil, errors.New("the cluster is in maintenance mode: resume the cluster first (pig pgsql-resume)")
	}
	change := node.Change{Kind: "patroni member", ID: name, Action: "reinitialize", Impact: node.ImpactRestart, Attrs: []node.Attr{{Name: "data", Before: "present", After: "copied from " + leader.Name}}}
	if err := r.send(ctx, "POST", api(m)+"/reinitialize", map[string]bool{"force": true}, 30*time.Second, change); err != nil {
		return nil, fmt.Errorf("cannot reinitialize %s: %w", name, err)
	}
	return value.NewDict(), r.rebuilt(ctx, name)
}

// rebuilt waits until a member that was told to begins to copy, and then until it follows.
func (r *restarter) rebuilt(ctx context.Context, name string) error {
	err := r.c.System.Await(ctx, node.Wait{
		Limit: reinitBegins,
		Met: func(ctx context.Context) error {
			view, err := r.glance(ctx)
			if m, ok := view.Member(name); err == nil && ok && m.Well() {
				return module.ErrNotSo
			}
			return err
		},
		Late: func(context.Context, error) error { return nil }, // a small one has been copied by then
	})
	if err != nil {
		return err
	}
	return r.await(ctx, name, func(now pgsql.MemberView) bool { return !now.Leads() })
}

// reinitBegins is how long a member takes at most to stop for a copy: one turn of Patroni's loop.
const reinitBegins = 15 * time.Second
