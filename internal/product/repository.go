package product

import "pig/internal/value"

// Packager is a product whose hosts carry the repository that all hosts install from: its playbooks, and where it is.
type Packager interface {
	Product
	RepositoryPlaybooks() RepositoryPlaybooks
	// RepositoryPath is the directory of the repository on a host with these variables.
	RepositoryPath(vars *value.Dict) string
}

// RepositoryPlaybooks are those that build the repository, copy it into a file, and add packages of files.
type RepositoryPlaybooks struct{ Build, Bundle, Add string }

// PackagerOf is the product among these that carries the repository, nil if none does.
func PackagerOf(products []Product) Packager {
	for _, p := range products {
		if k, ok := p.(Packager); ok {
			return k
		}
	}
	return nil
}

// Sourced is a product with programs of which Debian has no package: those that a host with the inventory's variables needs, in the group of
// the product or not, and those that it would like.
type Sourced interface {
	FromSource(vars *value.Dict, inGroup bool) (needed, liked []string)
}
