package cli

import (
	"fmt"

	"pig/internal/format"
	"pig/internal/jinja"
	pgsql "pig/internal/products/pgsql/model"
	"pig/internal/value"
)

// filters are what roles compute in Go: domain formulas that have unit tests of their own.
func (s *session) filters() map[string]jinja.Filter {
	all := map[string]jinja.Filter{"pg_tuning": pgTuning, "extract_or_self": extractOrSelf, "pg_baselines": s.pgBaselines, "local_file": s.localFileFilter, "pg_at_least": pgAtLeast, "with_port": withPort, "haproxy_bind": haproxyBind}
	for name, write := range format.Serializers() {
		all[name] = serializer(name, write)
	}
	return all
}

// serializer makes a filter of one that writes a value in a format. A secret stays one: the engine taints what comes out.
func serializer(name string, write format.Serializer) jinja.Filter {
	return func(_ *jinja.Scope, in value.Value, _ []value.Value, _ *value.Dict) (value.Value, error) {
		switch in.(type) {
		case *value.Dict, *value.List, value.Tuple:
			return nil, fmt.Errorf("%s takes a text, not %s", name, value.TypeName(in))
		case nil:
			return write("")
		}
		return write(value.Str(in))
	}
}

// withPort is ADDRESS | with_port(PORT): an IPv6 address stands in brackets.
func withPort(_ *jinja.Scope, in value.Value, args []value.Value, _ *value.Dict) (value.Value, error) {
	if len(args) != 1 {
		return nil, fmt.Errorf("with_port takes a port")
	}
	return format.WithPort(value.Str(in), value.Str(args[0]))
}

// haproxyBind is IP | haproxy_bind(PORT, NODE): where a service of the node listens.
func haproxyBind(_ *jinja.Scope, in value.Value, args []value.Value, _ *value.Dict) (value.Value, error) {
	if len(args) != 2 {
		return nil, fmt.Errorf("haproxy_bind takes a port and the address of the node")
	}
	return format.HAProxyBind(value.Str(in), value.Str(args[0]), value.Str(args[1]))
}

// pgTuning sizes PostgreSQL: {template, version, ratio, max_conn, pgbouncer, libs, io_method, cpu, mem_mb, disk} to settings.
func pgTuning(_ *jinja.Scope, in value.Value, _ []value.Value, _ *value.Dict) (value.Value, error) {
	d, ok := in.(*value.Dict)
	if !ok {
		return nil, fmt.Errorf("pg_tuning takes a mapping, not %s", value.TypeName(in))
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
	t := pgsql.TemplateOf(value.Str(d.At("template")))
	if t == "" {
		return value.NewDict(), nil
	}
	s := pgsql.Sizing{
		Template: t, Version: int(number("version")), SharedBufferRatio: number("ratio"), MaxConn: int(number("max_conn")),
		Pgbouncer: value.Truthy(d.At("pgbouncer")), Libs: value.Str(d.At("libs")), IOMethod: value.Str(d.At("io_method")),
	}
	return s.Tune(pgsql.Machine{CPU: int(number("cpu")), MemMB: int(number("mem_mb")), Disk: int64(number("disk")), Deb: true}), nil
}

// extractOrSelf looks a name up in a mapping, and gives the name itself where it is not in there: aliases of packages.
func extractOrSelf(_ *jinja.Scope, in value.Value, args []value.Value, _ *value.Dict) (value.Value, error) {
	if len(args) != 1 {
		return nil, fmt.Errorf("extract_or_self takes a mapping")
	}
	d, ok := args[0].(*value.Dict)
	if !ok {
		return nil, fmt.Errorf("extract_or_self takes a mapping, not %s", value.TypeName(args[0]))
	}
	if v, ok := d.Get(in); ok {
		return v, nil
	}
	return in, nil
}

// pgAtLeast raises settings to a floor: a standby needs as much of them as its upstream has.
func pgAtLeast(_ *jinja.Scope, in value.Value, args []value.Value, _ *value.Dict) (value.Value, error) {
	settings, ok := in.(*value.Dict)
	if !ok || len(args) != 1 {
		return nil, fmt.Errorf("pg_at_least takes a mapping and another one")
	}
	floor, ok := args[0].(*value.Dict)
	if !ok {
		return nil, fmt.Errorf("pg_at_least takes a mapping, not %s", value.TypeName(args[0]))
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
