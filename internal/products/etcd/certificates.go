package etcd

import "pig/internal/product"

// Certificates are those of members, which a CA of their own signs, and those of administrators on their hosts.
func (Product) Certificates(e *product.Environment) (all []product.Certificate) {
	c := Of(e)
	if c == nil {
		return nil
	}
	for _, m := range c.Members {
		all = append(all,
			product.Certificate{Name: "etcd/ca", Member: m.Instance, Host: m.Name, Cert: "/etc/etcd/members.crt", CA: true},
			product.Certificate{Name: "etcd/" + m.Instance, Member: m.Instance, Host: m.Name, Cert: "/etc/etcd/server.crt", Key: "/etc/etcd/server.key", ByMembersCA: true},
			product.Certificate{Name: "etcd/" + m.Instance + "-admin", Member: m.Instance, Host: m.Name, Cert: "/etc/pki/etcdctl.crt", Key: "/etc/pki/etcdctl.key"})
	}
	return all
}
