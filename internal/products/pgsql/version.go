package pgsql

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"pig/internal/params"
	"pig/internal/product"
	"pig/internal/products/pgsql/model"
	"pig/internal/value"
)

// released are the versions that distributions bring themselves, by their code names.
var released = map[string]int{"bookworm": 15, "trixie": 17, "jammy": 14, "noble": 16}

// versionRule is how a version is found that nobody wrote.
const versionRule = "the version of the data that the cluster has, else the newest that the package sources of all its nodes offer"

// Searches asks the members of a cluster without pg_version which version they have, or can have.
func (Product) Searches(e *product.Environment) (all []product.Search) {
	for _, c := range Of(e) {
		if slices.ContainsFunc(c.Members, func(m *Member) bool { return m.Host.Vars.Own("pg_version") != nil }) {
			continue
		}
		var hosts []string
		for _, m := range c.Members {
			hosts = append(hosts, m.Host.Name)
		}
		versions := value.NewList()
		for _, v := range params.Lookup("pg_version").Values {
			if n, ok := product.ToInt(v); ok && n <= newest(c.Kernel) {
				versions.Append(v)
			}
		}
		all = append(all, product.Search{
			Param: "pg_version", Subject: c.Name, Hosts: hosts, Rule: versionRule, Module: "postgres_versions", Args: value.DictOf("versions", versions, "server", c.Kernel.Server),
			Choose: func(answers map[string]*value.Dict) (value.Value, string, error) {
				return chooseVersion(c, answers)
			},
		})
	}
	return all
}

// newest is the major version that a cluster gets at most where its inventory writes none: the default of pg_version, or that of its kernel.
func newest(k model.Kernel) int {
	if k.Own() {
		return k.Version
	}
	n, _ := product.ToInt(params.Lookup("pg_version").Default)
	return n
}

// chooseVersion takes what data there is, whatever sources offer: a cluster changes its major version only when somebody says so.
func chooseVersion(c *Cluster, answers map[string]*value.Dict) (value.Value, string, error) {
	installed := map[int][]string{}
	common := map[int]int{}
	known := 0
	for _, host := range slices.Sorted(maps.Keys(answers)) {
		said := answers[host]
		if n, ok := product.ToInt(said.At("installed")); ok && n > 0 {
			installed[n] = append(installed[n], host)
		}
		offered, _ := said.At("offered").(*value.List)
		if offered == nil || len(offered.Items) == 0 {
			continue
		}
		known++
		for _, v := range offered.Items {
			n, _ := product.ToInt(v)
			common[n]++
		}
	}
	switch versions := slices.Sorted(maps.Keys(installed)); len(versions) {
	case 0:
	case 1:
		return int64(versions[0]), "which its data has", nil
	default:
		var parts []string
		for _, v := range versions {
			parts = append(parts, fmt.Sprintf("PostgreSQL %d on %s", v, strings.Join(installed[v], ", ")))
		}
		return nil, "", fmt.Errorf("members of %s have data of different versions: %s", c.Name, strings.Join(parts, "; "))
	}
	best := 0
	for n, hosts := range common {
		if hosts == known {
			best = max(best, n)
		}
	}
	if best > 0 {
		return int64(best), "the newest that the package sources of its nodes offer", nil
	}
	if c.Kernel.Own() {
		return int64(c.Kernel.Version), "of which its kernel is built", nil
	}
	return chooseRelease(answers)
}

// chooseRelease is for nodes whose sources are not there yet.
func chooseRelease(answers map[string]*value.Dict) (value.Value, string, error) {
	plain, _ := model.KernelOf("pgsql")
	best := newest(plain) + 1
	for _, said := range answers {
		if v, ok := released[value.Str(said.At("release"))]; ok {
			best = min(best, v)
		}
	}
	if best > newest(plain) {
		return nil, "", nil
	}
	return int64(best), "which the distribution of its nodes provides", nil
}
