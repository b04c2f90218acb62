package infra

import "pig/internal/product"

// KeyFolders are those of infra hosts, the portal and the repository.
func (Product) KeyFolders() []string { return []string{"infra", "nginx", "repo"} }

// Keys is the one that signs the repository.
func (Product) Keys(e *product.Environment) []product.Key {
	if len(Nodes(e)) == 0 {
		return nil
	}
	return []product.Key{{Name: "repo/repo.key", What: "the key that signs packages"}}
}
