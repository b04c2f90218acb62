package resolve

import (
	"slices"

	"pig/internal/params"
)

// locales finds the locales of libc that a cluster and its databases are declared with: its nodes have to have them.
func (r *pgResolver) locales(c *PgCluster, vars lookup) {
	add := func(name string) {
		if name != "" && !params.IsTemplate(name) && !slices.Contains(c.Locales, name) {
			c.Locales = append(c.Locales, name)
		}
	}
	for _, p := range []string{"pg_locale", "pg_lc_collate", "pg_lc_ctype"} {
		add(vars.text(p))
	}
	for _, db := range vars.objects("pg_databases") {
		if db.text("state") == "absent" {
			continue
		}
		if provider := db.text("locale_provider"); provider != "icu" && provider != "builtin" {
			add(db.text("locale"))
		}
		add(db.text("lc_collate"))
		add(db.text("lc_ctype"))
	}
}
