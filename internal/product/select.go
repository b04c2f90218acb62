package product

import (
	"fmt"
	"slices"
	"strings"
)

// ModuleHosts are the hosts of a product that -l leaves.
func ModuleHosts(w Work, name string) ([]string, error) {
	members := w.Environment().HostsOf(name)
	limited, err := w.Limited()
	if err != nil {
		return nil, err
	}
	hosts := slices.DeleteFunc(limited, func(h string) bool { return !slices.Contains(members, h) })
	switch {
	case len(members) == 0:
		return nil, fmt.Errorf("the inventory declares no %s hosts", name)
	case len(hosts) == 0:
		return nil, fmt.Errorf("no %s host matches %s", name, w.Limit())
	}
	return hosts, nil
}

// NamedHosts are the hosts of a product that the arguments name, by patterns; all if there is none.
func NamedHosts(w Work, name string) ([]string, error) {
	hosts, err := ModuleHosts(w, name)
	if err != nil || len(w.Args()) == 0 {
		return hosts, err
	}
	matched, err := w.Match(w.Args())
	if err != nil {
		return nil, err
	}
	chosen := slices.DeleteFunc(matched, func(h string) bool { return !slices.Contains(hosts, h) })
	if len(chosen) == 0 {
		return nil, fmt.Errorf("no host of module %[2]s matches %[1]q", strings.Join(w.Args(), " "), name)
	}
	return chosen, nil
}

// NamedCluster is the name of the cluster that the first argument names, and the arguments after it. Without arguments it is the one
// cluster of the product of which -l selects hosts.
func NamedCluster(w Work, product string) (name string, rest []string, err error) {
	if args := w.Args(); len(args) > 0 {
		return args[0], args[1:], nil
	}
	hosts, err := w.Limited()
	if err != nil {
		return "", nil, err
	}
	of := w.Environment().ClusterAt(product)
	var names []string
	for _, h := range hosts {
		if name := of(h); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) != 1 {
		return "", nil, fmt.Errorf("invalid -l %q: selects hosts of %d clusters (%s): name one cluster", w.Limit(), len(names), strings.Join(names, ", "))
	}
	return names[0], nil, nil
}
