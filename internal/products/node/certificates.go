package node

import "pig/internal/product"

// Certificates are those of all hosts.
func (Product) Certificates(e *product.Environment) (all []product.Certificate) {
	for _, n := range e.Hosts {
		all = append(all, product.Certificate{Name: "node/" + n.Name, Member: n.Name, Host: n.Name, Cert: "/etc/pki/node.crt", Key: "/etc/pki/node.key"})
	}
	return all
}
