package infra

import (
	"cmp"
	"slices"

	"pig/internal/product"
	"pig/internal/value"
)

// resolver finds the infra nodes.
type resolver struct{ *product.Resolver }

func (r *resolver) infra() {
	nodes := r.Group("infra")
	slices.SortStableFunc(nodes, func(a, b *product.Host) int {
		x, _ := a.Vars.Number("infra_seq")
		y, _ := b.Vars.Number("infra_seq")
		return cmp.Compare(x, y)
	})
	r.Env.SetPart("infra", nodes)
	for _, n := range nodes {
		n.AddFacts(func() *value.Dict { return overview(r.Env) })
	}
	for _, n := range r.Env.Hosts {
		n.AddFacts(func() *value.Dict { return value.DictOf("log_stores", logStores(r.Env, n)) })
	}
}

// Nodes are the infra nodes, by infra_seq.
func Nodes(env *product.Environment) []*product.Host {
	nodes, _ := env.Part("infra").([]*product.Host)
	return nodes
}
