package resolve

import (
	"cmp"
	"slices"

	"pig/internal/value"
)

// infraResolver finds the infra nodes.
type infraResolver struct{ *resolver }

func (r *infraResolver) infra() {
	nodes := r.group("infra")
	slices.SortStableFunc(nodes, func(a, b *Node) int {
		x, _ := a.vars.number("infra_seq")
		y, _ := b.vars.number("infra_seq")
		return cmp.Compare(x, y)
	})
	r.env.SetPart("infra", nodes)
	for _, n := range nodes {
		n.addFacts(func() *value.Dict { return overview(r.env) })
	}
	for _, n := range r.env.Nodes {
		n.addFacts(func() *value.Dict { return value.DictOf("log_stores", logStores(r.env, n)) })
	}
}

// InfraOf are the infra nodes, by infra_seq.
func InfraOf(env *Environment) []*Node {
	nodes, _ := env.Part("infra").([]*Node)
	return nodes
}
