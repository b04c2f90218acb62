package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"pig/internal/health"
	"pig/internal/product"
	"pig/internal/value"
)

func (a *app) status() *cobra.Command {
	o := &runOptions{}
	c := &cobra.Command{
		Use:   "status [CLUSTER ...]",
		Short: "Show the live state of clusters",
		Long: `Show the live state of clusters: the leader, the replicas with their lag, and the services of each member.

  pig status
  pig status pg-test --json

Every host is asked once. If a member is stopped, unreachable, missing or far behind, the exit status is 2.

` + exitHelp,
		RunE: func(c *cobra.Command, args []string) error {
			s, env, err := a.openEnvironment(c.Context(), o)
			if err != nil {
				return err
			}
			defer s.close()
			report, err := s.report(c.Context(), env, args)
			if err != nil {
				return err
			}
			if err := s.showStatus(report); err != nil {
				return err
			}
			if !report.Well() {
				return exitStatus(exitFailed)
			}
			return nil
		},
	}
	o.AddFlags(c.Flags())
	return c
}

// report asks the nodes of the clusters that args name, of all if it names none.
func (s *runner) report(ctx context.Context, env *product.Environment, args []string) (health.Report, error) {
	var report health.Report
	all := s.subjects(env)
	for _, name := range args {
		if !slices.ContainsFunc(all, func(t health.Subject) bool { return t.Name == name }) {
			return report, s.noCluster(env, name)
		}
	}
	report.Clusters = s.look(ctx, slices.DeleteFunc(all, func(t health.Subject) bool { return len(args) > 0 && !slices.Contains(args, t.Name) }))
	s.switchedOff(ctx, env, report.Clusters)
	return report, nil
}

// look asks the nodes of some subjects, all at once, then what follows from their answers.
func (s *runner) look(ctx context.Context, subjects []health.Subject) (clusters []health.Cluster) {
	e := s.engine(s.base, s.quiet()).Engine
	answers := map[string]health.Answer{}
	for _, more := range []bool{false, true} {
		questions := map[string]*health.Question{}
		on := func(host string) *health.Question {
			if questions[host] == nil {
				questions[host] = &health.Question{}
			}
			return questions[host]
		}
		for _, t := range subjects {
			switch {
			case !more:
				t.Ask(on)
			case t.Then != nil:
				t.Then(answers, on)
			}
		}
		s.askAll(ctx, e, questions, answers)
	}
	for _, t := range subjects {
		clusters = append(clusters, t.Tell(answers))
	}
	return clusters
}

// vars are a host's variables: what -e says, what follows from the inventory, what it says, defaults.
func (s *runner) vars(env *product.Environment, host string) *value.Dict {
	d := s.defaults.Clone()
	if h := s.inventory.Host(host); h != nil {
		d.Update(s.inventory.Vars(h))
	}
	if v := env.Vars(host); v != nil {
		d.Update(v)
	}
	d.Update(s.extra)
	return d
}

// subjects are what can be looked at: the clusters of all products.
func (s *runner) subjects(env *product.Environment) (all []health.Subject) {
	for _, p := range env.Products() {
		if o, ok := p.(health.Observed); ok {
			all = append(all, o.Subjects(env, func(host string) *value.Dict { return s.vars(env, host) })...)
		}
	}
	return all
}
