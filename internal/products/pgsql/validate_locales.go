package pgsql

import (
	"slices"

	"pig/internal/diag"
	"pig/internal/params"
	"pig/internal/products/pgsql/model"
	"pig/internal/value"
)

// textOf is the text of a parameter or its default; ok is false where only a run can tell.
func textOf(vars *value.Dict, name string) (text string, ok bool) {
	v, set := vars.Get(name)
	if !set {
		v = params.Lookup(name).Default
	}
	if v == nil {
		return "", true
	}
	return value.Str(v), !params.IsTemplate(v)
}

// locales checks encodings and locales as initdb and CREATE DATABASE would: whether a node has a locale is asked of the node.
func (v *validator) locales(vars *value.Dict) {
	encoding, known := textOf(vars, "pg_encoding")
	if why := model.CheckEncoding(encoding); known && why != "" {
		v.Add(diag.Errorf(vars.ValuePos("pg_encoding"), "invalid pg_encoding: %s", why))
		return
	}
	for _, name := range []string{"pg_locale", "pg_lc_collate", "pg_lc_ctype"} {
		locale, ok := textOf(vars, name)
		if why := model.CheckLocale(locale, encoding); ok && known && why != "" && (name != "pg_locale" || vars.Has(name)) {
			v.Add(diag.Errorf(params.FirstPos(vars, name, "pg_encoding"), "invalid %s: %s", name, why).WithHint("choose the same encoding for both, such as de_DE.UTF-8 and UTF8"))
		}
	}
	if !known {
		return
	}
	for _, d := range params.Objects(vars, "pg_databases") {
		v.localesOf(d, vars, encoding)
	}
}

// localesOf checks one database against itself, and against the template that it is a copy of.
func (v *validator) localesOf(d params.Object, vars *value.Dict, cluster string) {
	if v := d.At("state"); v == "absent" {
		return
	}
	name := value.Str(d.At("name"))
	encoding := cluster
	if own, ok := value.Plain(d.At("encoding")); ok && own != "" && !params.IsTemplate(own) {
		if why := model.CheckEncoding(own); why != "" {
			v.Add(diag.Errorf(d.ValuePos("encoding"), "invalid encoding of database %s: %s", name, why))
			return
		}
		encoding = own
		if !model.SameEncoding(own, cluster) {
			v.ofTemplate(d, "encoding", own)
		}
	}
	provider, _ := value.Plain(d.At("locale_provider"))
	for _, key := range []string{"locale", "lc_collate", "lc_ctype"} {
		locale, ok := value.Plain(d.At(key))
		if !ok || locale == "" || params.IsTemplate(locale) {
			continue
		}
		if provider == "icu" && key == "locale" || provider == "builtin" && key == "locale" {
			continue
		}
		if why := model.CheckLocale(locale, encoding); why != "" {
			v.Add(diag.Errorf(d.ValuePos(key), "invalid %s of database %s: %s", key, name, why))
			continue
		}
		for of, param := range map[string]string{"lc_collate": "pg_lc_collate", "lc_ctype": "pg_lc_ctype"} {
			if has, ok := textOf(vars, param); ok && (key == of || key == "locale" && !d.Has(of)) && has != locale {
				v.ofTemplate(d, key, locale)
				break
			}
		}
	}
	v.provider(d, name, provider, encoding)
	v.provides(d, name, provider, vars)
}

// ofTemplate refuses what only a copy of template0 can have.
func (v *validator) ofTemplate(d params.Object, key, val string) {
	if t, ok := value.Plain(d.At("template")); ok && (t != "" && t != "template1" && t != "postgres") {
		return // template0, or one of which nothing is known
	}
	v.Add(diag.Errorf(d.ValuePos(key), "invalid %s %s of database %s: a copy of template1 has that of the cluster", key, val, value.Str(d.At("name"))).
		WithHint("write template: template0"))
}

// provider checks the locales of ICU and of PostgreSQL itself.
func (v *validator) provider(d params.Object, name, provider, encoding string) {
	builtin, _ := value.Plain(d.At("builtin_locale"))
	switch {
	case builtin != "" && !params.IsTemplate(builtin) && !slices.Contains([]string{"C", "C.UTF-8", "C.UTF8", "PG_UNICODE_FAST"}, builtin):
		v.Add(diag.Errorf(d.ValuePos("builtin_locale"), "invalid builtin_locale %q of database %s: want C, C.UTF-8 or PG_UNICODE_FAST", builtin, name))
	case builtin != "" && provider != "builtin":
		v.Add(diag.Errorf(d.ValuePos("builtin_locale"), "builtin_locale of database %s needs locale_provider: builtin", name))
	case builtin != "" && builtin != "C" && !params.IsTemplate(builtin) && !model.SameEncoding(encoding, "UTF8"):
		v.Add(diag.Errorf(d.ValuePos("builtin_locale"), "invalid builtin_locale %s of database %s: needs encoding UTF8, not %s", builtin, name, encoding))
	case d.At("icu_rules") != nil && provider != "icu":
		v.Add(diag.Errorf(d.ValuePos("icu_rules"), "icu_rules of database %s needs locale_provider: icu", name))
	case d.At("icu_locale") != nil && provider != "icu":
		v.Add(diag.Errorf(d.ValuePos("icu_locale"), "icu_locale of database %s needs locale_provider: icu", name))
	case provider == "icu" && (model.SameEncoding(encoding, "SQL_ASCII") || model.SameEncoding(encoding, "MULE_INTERNAL")):
		v.Add(diag.Errorf(d.ValuePos("locale_provider"), "invalid locale_provider icu of database %s: ICU cannot do encoding %s", name, encoding))
	}
}
