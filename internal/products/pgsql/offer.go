package pgsql

import (
	"fmt"
	"slices"

	"pig/internal/product"
	"pig/internal/value"
)

// offered are the users and databases of the cluster that the first argument names.
func offered(e *product.Environment, kind string, args []string) (names []string) {
	if len(args) == 0 {
		return nil
	}
	c := ClusterOf(e, args[0])
	if c == nil || len(c.Members) == 0 {
		return nil
	}
	vars := c.Members[0].Vars
	switch kind {
	case "USER":
		for _, u := range businessUsers(listedUsers(vars.Objects)) {
			names = append(names, u.name())
		}
	case "DATABASE":
		for _, db := range vars.Objects("pg_databases") {
			names = append(names, db.Text("name"))
		}
	}
	return names
}

// watchedClusters are those of pg_exporters: clusters that others run.
func watchedClusters(e *product.Environment, kind string, _ []string) (names []string) {
	names = []string{}
	if kind != product.ClusterWord {
		return names
	}
	for _, host := range e.HostsOf("infra") {
		for _, entry := range watchedBy(e, host) {
			if name := fmt.Sprint(entry.At("pg_cluster")); !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// watchedBy are the external instances that a host watches.
func watchedBy(e *product.Environment, host string) (entries []*value.Dict) {
	all, _ := e.Host(host).Vars.Written.At("pg_exporters").(*value.Dict)
	if all == nil {
		return nil
	}
	for _, entry := range all.All() {
		if d, ok := entry.(*value.Dict); ok {
			entries = append(entries, d)
		}
	}
	return entries
}
