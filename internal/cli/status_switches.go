package cli

import (
	"cmp"
	"context"
	"sync"

	"pig/internal/health"
	"pig/internal/product"
	"pig/internal/value"
)

// switchedOff asks the nodes of some clusters for units that run although parameters switch them off, and takes them down with the cluster of their
// product, or with the first one on that node. A plan needs not ask: it plans to stop them.
func (s *runner) switchedOff(ctx context.Context, env *product.Environment, clusters []health.Cluster) {
	questions, answers := map[string]*health.Question{}, map[string]health.Answer{}
	var taken []func()
	for i := range clusters {
		c := &clusters[i]
		for _, m := range c.Members {
			vars := sync.OnceValue(func() *value.Dict { return s.vars(env, m.Host) })
			for _, p := range env.Products() {
				o, ok := p.(health.Switched)
				if !ok || len(m.Units) == 0 || c != cmp.Or(clusterOn(clusters, m.Host, p.Name()), clusterOn(clusters, m.Host, "")) {
					continue // a node without units did not answer: that is told already
				}
				q := cmp.Or(questions[m.Host], &health.Question{})
				about := "the switches of " + p.Name()
				if q.SwitchedOff(about, o.Switches(env, m.Host), vars()) {
					questions[m.Host] = q
					taken = append(taken, func() {
						for _, problem := range answers[m.Host].Problems(about) {
							c.Problem("%s: %s", m.Name, problem)
						}
					})
				}
			}
		}
	}
	s.askAll(ctx, s.engine(s.base, s.quiet()).Engine, questions, answers)
	for _, take := range taken {
		take()
	}
}

// clusterOn is the first cluster that has a node, of one module or of any ("").
func clusterOn(clusters []health.Cluster, host, module string) *health.Cluster {
	for i := range clusters {
		if c := &clusters[i]; (module == "" || c.Module == module) && c.On(host) {
			return c
		}
	}
	return nil
}
