package cli

import (
	"context"
	"fmt"
	"os"
	"os/user"
	"slices"
	"strings"
	"time"

	"pig/internal/engine"
	"pig/internal/fleet"
	"pig/internal/graph"
	"pig/internal/module"
	"pig/internal/playbook"
	"pig/internal/product"
	"pig/internal/value"
)

// lock keeps others from applying to the hosts of g. A host that does not answer is left for the run itself to tell.
func (s *runner) lock(ctx context.Context, g *graph.Graph[product.Unit]) (release func(), err error) {
	return s.lockHosts(ctx, hostsOf(g))
}

// hostsOf are the hosts of all units.
func hostsOf(g *graph.Graph[product.Unit]) []string {
	var hosts []string
	for _, name := range g.Names() {
		u, _ := g.Node(name)
		for _, h := range u.Hosts {
			if !slices.Contains(hosts, h) {
				hosts = append(hosts, h)
			}
		}
	}
	return hosts
}

// lockHosts takes the locks of hosts as root.
func (s *runner) lockHosts(ctx context.Context, hosts []string) (release func(), err error) {
	e := s.locker()
	args := value.DictOf("holder", holder())
	release = func() {
		s.fleet.First(nil, fleet.Task{})
		e.Everywhere(context.WithoutCancel(ctx), hosts, "node_lock", value.DictOf("state", "released"))
	}
	free := func() {
		e.Everywhere(context.WithoutCancel(ctx), hosts, "node_lock", value.DictOf("state", "released"))
	}
	if err := s.await(ctx, func() error { return refused(hosts, e.Everywhere(ctx, hosts, "node_lock", args), false) }, free, true); err != nil {
		release()
		return nil, err
	}
	s.lockAgain(hosts, args)
	return release, nil
}

// lockPlays takes the locks of the hosts of somebody else's playbooks, each play's as its tasks will act there: an account that does not
// become root has a lock of its own. A host that does not answer yet may be one that the playbooks make: it is tried again when its turn comes.
func (s *runner) lockPlays(ctx context.Context, plays []*playbook.Play) (release func(), err error) {
	if s.opt.output == "ansible" { // ansible-playbook takes no locks: runs go side by side, and start each other
		return func() {}, nil
	}
	e := s.locker()
	args := value.DictOf("holder", holder())
	var all []string
	hosts := make([][]string, len(plays))
	for i, p := range plays {
		if hosts[i], err = s.selected([]*playbook.Play{p}, nil); err != nil {
			return nil, err
		}
		all = append(all, hosts[i]...)
	}
	free := func() {
		for i, p := range plays {
			e.EverywhereIn(context.WithoutCancel(ctx), p, hosts[i], "node_lock", value.DictOf("state", "released"))
		}
	}
	release = func() {
		s.fleet.First(nil, fleet.Task{})
		free()
	}
	take := func() error {
		for i, p := range plays {
			if err := refused(hosts[i], e.EverywhereIn(ctx, p, hosts[i], "node_lock", args), true); err != nil {
				return err
			}
		}
		return nil
	}
	if err := s.await(ctx, take, free, false); err != nil {
		release()
		return nil, err
	}
	s.lockAgain(all, args)
	s.fleet.Retry()
	return release, nil
}

// locker is an engine that takes locks, also for what only plans else.
func (s *runner) locker() recapped {
	o := s.base
	o.Plan = false
	return s.engine(o, s.quiet())
}

// lockAgain makes an agent that starts later on one of hosts take the lock too.
func (s *runner) lockAgain(hosts []string, args *value.Dict) {
	s.fleet.First(hosts, fleet.Task{Task: module.Task{Module: "node_lock", Args: args}})
}

// refused is why a run does not begin: somebody else is at work on some of hosts. With lenient, what else kept a lock from being taken is
// left for the run to tell: a play may have yet to read what its connections are made of.
func refused(hosts []string, results map[string]engine.Result, lenient bool) error {
	var no notLocked
	for _, h := range hosts {
		r := results[h]
		if !r.Failed || r.Unreachable {
			continue
		}
		held := r.Values != nil && r.Values.At("holder") != nil
		if lenient && !held {
			continue
		}
		no.lines = append(no.lines, fmt.Sprintf("%s: %s", h, r.Msg))
		no.lasting = no.lasting || !held
	}
	if no.lines != nil {
		return no
	}
	return nil
}

// notLocked is why hosts could not be locked.
type notLocked struct {
	lines []string
	// lasting says that it is not only others who have the locks: waiting ends nothing.
	lasting bool
}

func (n notLocked) Error() string {
	return fmt.Sprintf("nothing was started: another run holds the lock:\n  %s\nWait for the end of the other run with --lock-timeout, or stop it: pig lock list. The lock ends with the run.", strings.Join(n.lines, "\n  "))
}

// holder says who we are, to those whom our lock keeps waiting.
func holder() string {
	name := "?"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	host, err := os.Hostname()
	if err != nil {
		host = "?"
	}
	return fmt.Sprintf("%s@%s, pid %d, since %s: %s", name, host, os.Getpid(), time.Now().Format(time.RFC3339), "pig "+strings.Join(os.Args[1:min(2, len(os.Args))], " "))
}
