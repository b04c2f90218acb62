package node

import (
	"fmt"
	"strings"

	"pig/internal/product"
)

// Verbs are those of the module.
func (Product) Verbs() []product.Verb {
	args := product.Args{Least: 1, Most: product.Many}
	return []product.Verb{
		product.ModuleVerb("node", "  pig node -l pg-test\n  pig node -t node_repo\n  pig node trust"),
		product.AddVerb("node", product.Verb{
			Use: "node-add PATTERN ...", Short: "Add hosts to the environment", Args: args,
			Long: "Apply the node module to hosts, as pig node does.", Example: "  pig node-add 10.10.10.14\n  pig node-add pg-test",
		}),
		product.RemoveVerb("node", product.Verb{
			Use: "node-rm PATTERN ...", Short: "Remove hosts from the environment", Args: args,
			Long:    "Remove hosts from the environment: services, exporters and DNS names. Packages, users and data stay. Remove clusters\nfrom the hosts before. Type the names of the hosts to confirm, or give them with --confirm.",
			Example: "  pig node-rm 10.10.10.14 --confirm 10.10.10.14",
		}, func(_ *product.Environment, hosts []string) product.Removal {
			return product.Removal{Name: strings.Join(hosts, ","), Hint: fmt.Sprintf("Remove %s from the inventory.", strings.Join(hosts, ", "))}
		}),
	}
}
