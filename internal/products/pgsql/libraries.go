package pgsql

import (
	"path"
	"slices"
	"strings"

	"pig/internal/product"
	"pig/internal/products/pgsql/model"
	"pig/internal/value"
)

// loading are the settings that name libraries, beside shared_preload_libraries, which pg_libs decides. Where in the directory of libraries
// a name without a directory is looked for is what a setting stands for.
var loading = map[string]string{
	"session_preload_libraries": "", "local_preload_libraries": "plugins", "oauth_validator_libraries": "", "archive_library": "", "jit_provider": "",
}

// loads finds the libraries that settings of the cluster, its roles and its databases name: a server or session that does not find one ends.
// With a dynamic_library_path of somebody's own they may be anywhere.
func (c *Cluster) loads(vars product.Vars) {
	own, _ := vars.Get("pg_parameters").(*value.Dict)
	all := []*value.Dict{own}
	for _, u := range businessUsers(listedUsers(vars.Objects)) {
		if !u.absent() {
			all = append(all, u.settings())
		}
	}
	for _, db := range vars.Objects("pg_databases") {
		if of, ok := db.At("parameters").(*value.Dict); ok && db.At("state") != "absent" {
			all = append(all, of)
		}
	}
	for _, d := range all {
		for name, v := range d.All() {
			if strings.EqualFold(value.KeyText(name), "dynamic_library_path") {
				c.Loads = nil
				return
			}
			folder, ok := loading[strings.ToLower(value.KeyText(name))]
			if !ok {
				continue
			}
			for _, l := range librariesOf(v) {
				if !strings.Contains(l, "/") {
					l = path.Join(folder, l)
				}
				c.Loads = append(c.Loads, l)
			}
		}
	}
	slices.Sort(c.Loads)
	c.Loads = slices.Compact(c.Loads)
}

// librariesOf are the libraries that a value names, as a list or as a text with commas.
func librariesOf(v value.Value) []string {
	if l, ok := v.(*value.List); ok {
		var all []string
		for _, item := range l.Items {
			all = append(all, librariesOf(item)...)
		}
		return all
	}
	text, plain := settingText(v)
	if !plain || strings.EqualFold(text, "default") {
		return nil
	}
	return model.LibraryPaths(text)
}
