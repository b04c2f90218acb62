package pgsql

import (
	"slices"

	"pig/internal/params"
	"pig/internal/product"
	"pig/internal/value"
)

// locales finds the locales of libc that a cluster and its databases are declared with: its nodes have to have them.
func (r *resolver) locales(c *Cluster, vars product.Vars) {
	add := func(name string) {
		if name != "" && !params.IsTemplate(name) && !slices.Contains(c.Locales, name) {
			c.Locales = append(c.Locales, name)
		}
	}
	for _, p := range []string{"pg_locale", "pg_lc_collate", "pg_lc_ctype"} {
		add(vars.Text(p))
	}
	settings, _ := vars.Get("pg_parameters").(*value.Dict)
	for _, name := range []string{"lc_messages", "lc_monetary", "lc_numeric", "lc_time"} {
		if text, plain := settingText(settings.At(name)); plain {
			add(text)
		}
	}
	for _, db := range vars.Objects("pg_databases") {
		if db.Text("state") == "absent" {
			continue
		}
		if provider := db.Text("locale_provider"); provider != "icu" && provider != "builtin" {
			add(db.Text("locale"))
		}
		add(db.Text("lc_collate"))
		add(db.Text("lc_ctype"))
	}
}
