package infra

import "pig/internal/product"

// Verbs are those of the module.
func (Product) Verbs() []product.Verb {
	return []product.Verb{
		product.ModuleVerb("infra", "  pig infra\n  pig infra -t repo"),
		product.RemoveVerb("infra", product.Verb{
			Use: "infra-rm [HOST ...]", Short: "Remove monitoring and the portal from infra hosts", Args: product.Args{Most: product.Many},
			Long:    "Remove monitoring and the portal from infra hosts, with all metrics. The package repository, DNS names and the CA stay:\nother hosts need them. Type the word infra to confirm, or give it with --confirm.",
			Example: "  pig infra-rm --confirm infra\n  pig infra-rm 10.10.10.11 --confirm infra",
		}, func(*product.Environment, []string) product.Removal {
			return product.Removal{Name: "infra", Hint: "Monitoring and the portal are removed. To create them again, run: pig apply"}
		}),
	}
}
