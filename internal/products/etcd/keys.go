package etcd

import "pig/internal/product"

// KeyFolders is the one of members and administrators.
func (Product) KeyFolders() []string { return []string{"etcd"} }

// Keys is that of the CA which signs for members only.
func (Product) Keys(e *product.Environment) []product.Key {
	if Of(e) == nil {
		return nil
	}
	return []product.Key{{Name: "etcd/ca.key", What: "the key of the CA of etcd's members", MembersCA: true}}
}
