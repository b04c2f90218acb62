package product

// Certificate is one that the roles of a product bring to a host, and keep below files/pki.
type Certificate struct {
	Name   string // below files/pki, without the ending: pgsql/pg-test-1
	Member string // who uses it
	Host   string // that it is brought to
	// Cert and Key are where the host has both; "" where it is issued anew without a restart, and nobody fetches it.
	Cert, Key string
	// ByMembersCA tells that the CA of members signed it, which lies beside it, CA that it is this CA itself, whose key no host has.
	ByMembersCA, CA bool
}

// Certified is a product whose hosts have certificates.
type Certified interface {
	Certificates(e *Environment) []Certificate
}

// Certificates are those of all products.
func (e *Environment) Certificates() (all []Certificate) {
	for _, p := range e.products {
		if c, ok := p.(Certified); ok {
			all = append(all, c.Certificates(e)...)
		}
	}
	return all
}
