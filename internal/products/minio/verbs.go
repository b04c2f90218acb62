package minio

import (
	"slices"
	"strings"

	"pig/internal/product"
)

// Verbs are those of the module, and of members.
func (Product) Verbs() []product.Verb {
	args := product.Args{Most: product.Many}
	return []product.Verb{
		product.ModuleVerb("minio", "  pig minio\n  pig minio -t minio_provision --check"),
		product.AddVerb("minio", product.Verb{
			Use: "minio-add [HOST ...]", Short: "Create MinIO clusters, or some of their members", Args: args,
			Long: "Create the MinIO clusters, or only the members on the named hosts.", Example: "  pig minio-add\n  pig minio-add 10.10.10.13",
		}),
		product.RemoveVerb("minio", product.Verb{
			Use: "minio-rm [HOST ...]", Short: "Remove MinIO clusters, or some of their members", Args: args,
			Long:    "Remove MinIO with its data from the named hosts, or from all hosts without HOST. The inventory must have\nminio_safeguard: false. Type the names of the clusters to confirm, or give them with --confirm.",
			Example: "  pig minio-rm --confirm minio",
		}, removal),
	}
}

func removal(e *product.Environment, hosts []string) product.Removal {
	var names []string
	for _, c := range Of(e) {
		if slices.ContainsFunc(c.Members, func(m *Member) bool { return slices.Contains(hosts, m.Name) }) {
			names = append(names, c.Name)
		}
	}
	return product.Removal{Name: strings.Join(names, ","), Safeguard: "minio_safeguard"}
}
