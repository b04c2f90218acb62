package pgsql

import "pig/internal/product"

// Certificates are those of the members.
func (Product) Certificates(e *product.Environment) (all []product.Certificate) {
	for _, c := range Of(e) {
		for _, m := range c.Members {
			all = append(all, product.Certificate{Name: "pgsql/" + m.Instance, Member: m.Instance, Host: m.Name, Cert: "/pg/cert/server.crt", Key: "/pg/cert/server.key"})
		}
	}
	return all
}
