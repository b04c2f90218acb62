package pgsql

import (
	"fmt"
	"strings"

	"pig/internal/jinja"
	"pig/internal/product"
	"pig/internal/products/pgsql/model"
	"pig/internal/value"
)

// filters are what the roles compute in Go: formulas that have tests of their own.
type filters struct{ files product.Files }

// Filters are the filters of the pgsql roles.
func (Product) Filters(files product.Files) map[string]jinja.Filter {
	return map[string]jinja.Filter{"pg_tuning": tuning, "pg_at_least": atLeast, "pg_baselines": filters{files}.baselines, "pg_package_list": packageList, "pg_kernel_packages": kernelPackages}
}

// tuning sizes PostgreSQL: {template, version, ratio, max_conn, pgbouncer, libs, io_method, cpu, mem_mb, disk} to settings.
func tuning(_ *jinja.Scope, in value.Value, _ []value.Value, _ *value.Dict) (value.Value, error) {
	d, ok := in.(*value.Dict)
	if !ok {
		return nil, fmt.Errorf("pg_tuning requires a mapping, not %s", value.TypeName(in))
	}
	number := func(key string) float64 {
		switch n := d.At(key).(type) {
		case int64:
			return float64(n)
		case float64:
			return n
		case string:
			var f float64
			_, _ = fmt.Sscanf(n, "%g", &f)
			return f
		}
		return 0
	}
	t := model.TemplateOf(value.Str(d.At("template")))
	if t == "" {
		return value.NewDict(), nil
	}
	s := model.Sizing{
		Template: t, Version: int(number("version")), SharedBufferRatio: number("ratio"), MaxConn: int(number("max_conn")),
		Pgbouncer: value.Truthy(d.At("pgbouncer")), Libs: value.Str(d.At("libs")), IOMethod: value.Str(d.At("io_method")),
	}
	return s.Tune(model.Machine{CPU: int(number("cpu")), MemMB: int(number("mem_mb")), Disk: int64(number("disk")), Deb: true}), nil
}

// atLeast raises settings to a floor: a standby needs as much of them as its upstream has.
func atLeast(_ *jinja.Scope, in value.Value, args []value.Value, _ *value.Dict) (value.Value, error) {
	settings, ok := in.(*value.Dict)
	if !ok || len(args) != 1 {
		return nil, fmt.Errorf("pg_at_least requires two mappings")
	}
	floor, ok := args[0].(*value.Dict)
	if !ok {
		return nil, fmt.Errorf("pg_at_least requires a mapping, not %s", value.TypeName(args[0]))
	}
	out := settings.Clone()
	for k, least := range floor.All() {
		var have, want int
		now, _ := out.Get(k)
		_, errHave := fmt.Sscan(value.Str(now), &have)
		_, errWant := fmt.Sscan(value.Str(least), &want)
		if errWant == nil && (errHave != nil || have < want) {
			out.Set(k, least)
		}
	}
	return out, nil
}

// baselines is pg_databases with the SQL of baselines in place of the names of their files.
func (f filters) baselines(_ *jinja.Scope, in value.Value, _ []value.Value, _ *value.Dict) (value.Value, error) {
	list, ok := in.(*value.List)
	if !ok {
		return nil, fmt.Errorf("pg_baselines requires a list, not %s", value.TypeName(in))
	}
	out := value.NewList()
	for _, item := range list.Items {
		db, ok := item.(*value.Dict)
		name := ""
		if ok {
			name, _ = value.Plain(db.At("baseline"))
		}
		if name == "" {
			out.Append(item)
			continue
		}
		path, looked, err := f.files.Find(name)
		if err != nil {
			return nil, fmt.Errorf("baseline file %q not found: looked for %s", name, strings.Join(looked, ", "))
		}
		sql, err := f.files.Read(path)
		if err != nil {
			return nil, err
		}
		full := db.Clone()
		full.Set("baseline", string(sql))
		out.Append(full)
	}
	return out, nil
}
