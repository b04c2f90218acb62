package product

import "path"

// Key is a private key that lies below files/pki and on no host: where it is lost, nobody can give it back.
type Key struct {
	Name string // below files/pki: etcd/ca.key
	What string // it is: "the key of the CA of etcd's members"
	// MembersCA tells that it is the key of a CA that signs for the members of a product only, and that they trust already.
	MembersCA bool
}

// Keeper is a product with folders of its own below files/pki.
type Keeper interface{ KeyFolders() []string }

// Signer is a product with private keys that sign: those that the environment needs.
type Signer interface{ Keys(e *Environment) []Key }

// KeyFolders are the folders below files/pki: of the CA, of the products, of what is revoked.
func KeyFolders(products []Product) []string {
	folders := []string{"ca"}
	for _, p := range products {
		if k, ok := p.(Keeper); ok {
			folders = append(folders, k.KeyFolders()...)
		}
	}
	return append(folders, "revoked")
}

// Keys are those of all products.
func (e *Environment) Keys() (all []Key) {
	for _, p := range e.products {
		if s, ok := p.(Signer); ok {
			all = append(all, s.Keys(e)...)
		}
	}
	return all
}

// MembersCA is the folder below files/pki of the CA of members, "" where the environment needs none.
func (e *Environment) MembersCA() string {
	for _, k := range e.Keys() {
		if k.MembersCA {
			return path.Dir(k.Name)
		}
	}
	return ""
}
