package cli

import (
	"context"
	"fmt"
	"os"
	"os/user"
	"slices"
	"strings"
	"time"

	"pig/internal/graph"
	"pig/internal/plan"
	"pig/internal/value"
)

// lock keeps others from applying to the hosts of g. A host that does not answer is left for the run itself to tell.
func (s *session) lock(ctx context.Context, g *graph.Graph[plan.Unit]) (release func(), err error) {
	return s.lockHosts(ctx, hostsOf(g))
}

// hostsOf are the hosts of all units.
func hostsOf(g *graph.Graph[plan.Unit]) []string {
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

func (s *session) lockHosts(ctx context.Context, hosts []string) (release func(), err error) {
	o := s.base
	o.Plan = false
	e := s.engine(o, s.quiet())
	release = func() {
		e.Everywhere(context.WithoutCancel(ctx), hosts, "node_lock", value.DictOf("state", "released"))
	}
	results := e.Everywhere(ctx, hosts, "node_lock", value.DictOf("holder", holder()))
	var taken []string
	for _, h := range hosts {
		if r := results[h]; r.Failed && !r.Unreachable {
			taken = append(taken, fmt.Sprintf("%s: %s", h, r.Msg))
		}
	}
	if len(taken) > 0 {
		release()
		return nil, fmt.Errorf("nothing was begun:\n  %s\nWait for it to end, or stop it there; the lock goes with it.", strings.Join(taken, "\n  ")) //nolint:staticcheck // sentences for people
	}
	return release, nil
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
