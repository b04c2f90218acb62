package pgsql

import (
	"strings"

	"pig/internal/diag"
	"pig/internal/params"
	"pig/internal/product"
	"pig/internal/products/pgsql/model"
	"pig/internal/products/pgsql/packages"
	"pig/internal/value"
)

// extensions finds what the declared extensions need: packages, and libraries that are loaded before all else. A pg_libs
// that the inventory leaves to pig gets those libraries; in one that it sets, a missing one is a mistake.
func (r *resolver) extensions(c *Cluster, vars product.Vars) {
	listed := strings.Join(append(vars.Texts("pg_extensions"), vars.Texts("pg_packages")...), " ")
	places := map[string]diag.Pos{}
	for _, db := range vars.Objects("pg_databases") {
		if db.Text("state") == "absent" {
			continue
		}
		for _, e := range extensionsOf(db) {
			if _, seen := places[e.name]; seen {
				continue
			}
			places[e.name] = e.pos
			c.Extensions = append(c.Extensions, e.name)
			r.unknownExtension(c, e, listed)
		}
	}
	if d := vars.Own("pg_default_extensions"); d != nil {
		for _, e := range extensionsIn(d, vars.Pos("pg_default_extensions")) {
			if _, seen := places[e.name]; !seen {
				r.unknownExtension(c, e, listed)
			}
		}
	}
	if !c.Kernel.Own() { // another kernel loads no library that was built for PostgreSQL
		c.Packages = model.ExtensionPackages(c.Extensions, c.Version)
	}
	r.packageNames(vars)
	libs := vars.Text("pg_libs")
	all, missing := model.Preload(libs, c.Extensions)
	c.Libs = all
	if vars.Own("pg_libs") == nil {
		r.kernelLibs(c, vars)
		return
	}
	for _, lib := range missing {
		if lib == "citus" && c.Mode == "citus" {
			continue // Patroni adds it
		}
		r.Errorf(vars.Pos("pg_libs"), "library %q not found in pg_libs: an extension of %s needs it", lib, c.Name).WithHint("write pg_libs: '%s'", all)
	}
	c.Libs = libs
	r.kernelLibs(c, vars)
}

// unknownExtension warns of an extension that is in no catalog, where no package that is listed has its name. Other kernels bring their own.
func (r *resolver) unknownExtension(c *Cluster, e extension, listed string) {
	unknown, meant := model.UnknownExtension(e.name)
	if !unknown || c.Kernel.Own() || params.IsTemplate(e.name) || strings.Contains(listed, e.name) || strings.Contains(listed, strings.ReplaceAll(e.name, "_", "-")) {
		return
	}
	hint := "name its package in pg_extensions"
	if meant != "" {
		hint = meant + " Else " + hint
	}
	r.Diags = append(r.Diags, diag.Warnf(e.pos, "no known package provides extension %s", e.name).WithHint("%s", hint))
}

// packageNames tells names of extensions that are nobody's, where one is near that Pigsty has. Whether a repository has the packages, the
// hosts know.
func (r *resolver) packageNames(vars product.Vars) {
	for _, param := range []string{"pg_packages", "pg_extensions"} {
		l, ok := vars.Own(param).(*value.List)
		if !ok {
			continue
		}
		for i, item := range l.Items {
			text, _ := item.(string)
			for name := range strings.FieldsFuncSeq(text, func(c rune) bool { return c == ',' || c == ' ' }) {
				if meant := misspeltPackage(name); meant != "" {
					r.Diags = append(r.Diags, diag.Warnf(l.Pos(i), "%q in %s is not a name of an extension or of a group of packages", name, param).WithHint("did you mean %s?", meant))
				}
			}
		}
	}
}

// misspeltPackage is what is meant by a name that looks like an extension's and is none; "" where a package of the name may exist.
func misspeltPackage(name string) string {
	if params.IsTemplate(name) || strings.ContainsAny(name, "-$=.") && !strings.HasPrefix(name, "pgsql-") {
		return ""
	}
	on := packages.System{}
	if _, known := on.Lookup(name); known {
		return ""
	}
	if unknown, _ := model.UnknownExtension(name); !unknown {
		return ""
	}
	return diag.Close(name, on.Names())
}

type extension struct {
	name string
	pos  diag.Pos
}

// extensionsOf are those that a database is declared to have.
func extensionsOf(o params.Object) []extension { return extensionsIn(o.At("extensions"), o.Pos) }

func extensionsIn(list value.Value, around diag.Pos) []extension {
	l, ok := list.(*value.List)
	if !ok {
		return nil
	}
	var all []extension
	for i, item := range l.Items {
		name, state := item, ""
		if d, ok := item.(*value.Dict); ok {
			name, state = d.At("name"), value.Str(d.At("state"))
		}
		pos := l.Pos(i)
		if !pos.Known() {
			pos = around
		}
		if text, ok := name.(string); ok && state != "absent" {
			all = append(all, extension{text, pos})
		}
	}
	return all
}
