package infra

import (
	"pig/internal/product"
	"pig/internal/value"
)

// overview is the environment as the portal shows it and the name server knows it: what there is and where, without who may
// connect. Infra nodes see it as the variable infra_overview.
func overview(e *product.Environment) *value.Dict {
	d := value.NewDict()
	for _, p := range e.Products() {
		p.Overview(e, d)
	}
	return value.DictOf("infra_overview", d)
}
