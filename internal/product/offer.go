package product

import "slices"

// The kinds of arguments that a usage line names and that an inventory knows the words for. A verb may name others, and offer them itself.
const (
	ClusterWord  = "CLUSTER"
	HostWord     = "HOST"
	MemberWord   = "MEMBER"
	InstanceWord = "INSTANCE"
)

// Offers are what an argument of this kind can be, after the arguments args, for a verb of product p; nil is a verb of the whole inventory.
func (e *Environment) Offers(p Product, kind string, args []string) []string {
	products := e.products
	if p != nil {
		products = []Product{p}
	}
	switch kind {
	case ClusterWord:
		return e.clusterNames(products)
	case HostWord:
		if p == nil {
			return NamesOf(e.Hosts)
		}
		return e.hostsIn(p, args)
	case MemberWord, InstanceWord:
		return e.instancesIn(products, args)
	}
	return nil
}

func (e *Environment) clusterNames(products []Product) (names []string) {
	for _, p := range products {
		for _, c := range p.Clusters(e) {
			if c.Name != "" && !slices.Contains(names, c.Name) {
				names = append(names, c.Name)
			}
		}
	}
	return names
}

// hostsIn are the hosts of the cluster that the first of args names, all hosts of the product if it names none.
func (e *Environment) hostsIn(p Product, args []string) []string {
	if len(args) > 0 {
		for _, c := range p.Clusters(e) {
			if c.Name == args[0] {
				return c.Hosts
			}
		}
	}
	return e.HostsOf(p.Name())
}

func (e *Environment) instancesIn(products []Product, args []string) (names []string) {
	for _, p := range products {
		for _, host := range e.hostsIn(p, args) {
			names = append(names, p.Instances(e, e.Host(host))...)
		}
	}
	return names
}
