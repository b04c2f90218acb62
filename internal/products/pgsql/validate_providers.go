package pgsql

import (
	"slices"
	"strconv"

	"pig/internal/diag"
	"pig/internal/params"
	"pig/internal/value"
)

// localeProviders are the providers that a database may have besides that of libc: from which version on, and which field names the locale.
var localeProviders = map[string]struct {
	since int
	field string
}{"icu": {15, "icu_locale"}, "builtin": {17, "builtin_locale"}}

// databaseFields are fields that older versions of CREATE DATABASE do not know. Those of a provider come with the provider, or later.
var databaseFields = []struct {
	field string
	since int
}{{"icu_rules", 16}, {"strategy", 15}}

// provides checks that a version has what a database is created with, and that the provider of its locale has a locale. A copy has the
// provider of its template, and clusters are made with that of libc.
func (v *validator) provides(d params.Object, name, provider string, vars *value.Dict) {
	text, known := textOf(vars, "pg_version")
	version, err := strconv.Atoi(text)
	known = known && err == nil
	for _, f := range databaseFields {
		if known && version < f.since && d.At(f.field) != nil {
			v.Add(diag.Errorf(d.ValuePos(f.field), "invalid %s of database %s: not supported by PostgreSQL %d, requires %d", f.field, name, version, f.since))
		}
	}
	if d.At("builtin_locale") == "PG_UNICODE_FAST" && known && version < 18 {
		v.Add(diag.Errorf(d.ValuePos("builtin_locale"), "invalid builtin_locale PG_UNICODE_FAST of database %s: not supported by PostgreSQL %d, requires 18", name, version))
	}
	needs, ok := localeProviders[provider]
	copied, given := value.Plain(d.At("template"))
	made := !given || slices.Contains([]string{"", "template0", "template1", "postgres"}, copied) // another may have a locale of its own
	switch {
	case !ok:
	case known && version < needs.since:
		v.Add(diag.Errorf(d.ValuePos("locale_provider"), "invalid locale_provider %s of database %s: not supported by PostgreSQL %d, requires %d", provider, name, version, needs.since))
	case made && d.At(needs.field) == nil && d.At("locale") == nil:
		v.Add(diag.Errorf(d.ValuePos("locale_provider"), "locale_provider %s of database %s lacks a locale", provider, name).WithHint("write %s", needs.field))
	default:
		v.ofTemplate(d, "locale_provider", provider)
	}
}
