package product

import "slices"

// Cluster is a cluster as it looks from outside of its product: hosts that have a name together.
type Cluster struct {
	Name  string // "" where a product has hosts, and no cluster of them
	Hosts []string
	// Passwords is whose passwords the cluster has: clusters of one product share those of the same owner, as shards of Citus do. "" is
	// nobody: it has none of its own.
	Passwords string
}

// Named finds a product of the environment by its name, or gives nil.
func (e *Environment) Named(name string) Product {
	for _, p := range e.products {
		if p.Name() == name {
			return p
		}
	}
	return nil
}

// HostsOf are the hosts of all clusters of a product, in the order of the inventory.
func (e *Environment) HostsOf(name string) (hosts []string) {
	p := e.Named(name)
	if p == nil {
		return nil
	}
	member := map[string]bool{}
	for _, c := range p.Clusters(e) {
		for _, h := range c.Hosts {
			member[h] = true
		}
	}
	for _, n := range e.Hosts {
		if member[n.Name] {
			hosts = append(hosts, n.Name)
		}
	}
	return hosts
}

// ClusterAt tells the cluster of a product that a host belongs to, "" for none.
func (e *Environment) ClusterAt(name string) func(host string) string {
	of := map[string]string{}
	if p := e.Named(name); p != nil {
		for _, c := range p.Clusters(e) {
			for _, h := range c.Hosts {
				of[h] = c.Name
			}
		}
	}
	return func(host string) string { return of[host] }
}

// GoesWhole tells whether hosts are all that have the passwords of a host's clusters: then these go with them.
func (e *Environment) GoesWhole(host string, hosts []string) bool {
	for _, p := range e.products {
		clusters := p.Clusters(e)
		for _, own := range clusters {
			if own.Passwords == "" || !slices.Contains(own.Hosts, host) {
				continue
			}
			for _, c := range clusters {
				if c.Passwords == own.Passwords && slices.ContainsFunc(c.Hosts, func(h string) bool { return !slices.Contains(hosts, h) }) {
					return false
				}
			}
		}
	}
	return true
}
