package infra

import (
	"pig/internal/product"
	"pig/internal/value"
)

// Certificates are those of the infra nodes' services, and the one of the portal, which they share.
func (Product) Certificates(e *product.Environment) (all []product.Certificate) {
	for _, n := range Nodes(e) {
		instance := "infra-" + value.Str(n.Vars.Own("infra_seq"))
		all = append(all,
			product.Certificate{Name: "infra/" + instance, Member: instance, Host: n.Name, Cert: "/etc/pki/infra.crt", Key: "/etc/pki/infra.key"},
			product.Certificate{Name: "nginx/pigsty", Member: "the portal", Host: n.Name})
	}
	return all
}
