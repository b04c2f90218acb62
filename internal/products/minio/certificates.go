package minio

import "pig/internal/product"

// Certificates are those of the members.
func (Product) Certificates(e *product.Environment) (all []product.Certificate) {
	for _, c := range Of(e) {
		for _, m := range c.Members {
			all = append(all, product.Certificate{Name: "minio/" + m.Instance, Member: m.Instance, Host: m.Name})
		}
	}
	return all
}
