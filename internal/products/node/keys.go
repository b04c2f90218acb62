package node

import "pig/internal/product"

// KeyFolders is the one of certificates.
func (Product) KeyFolders() []string { return []string{"node"} }

// Keys are none but those of certificates, which their hosts have too.
func (Product) Keys(*product.Environment) []product.Key { return nil }
