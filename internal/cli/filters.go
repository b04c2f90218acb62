package cli

import (
	"fmt"
	"maps"

	"pig/internal/format"
	"pig/internal/jinja"
	"pig/internal/product"
	"pig/internal/value"
)

// filters are what roles compute in Go, those of products among them.
func (s *source) filters() map[string]jinja.Filter {
	all := map[string]jinja.Filter{"local_file": s.localFileFilter, "with_port": withPort, "haproxy_bind": haproxyBind}
	for _, p := range s.app.Products {
		if f, ok := p.(product.Filterer); ok {
			maps.Copy(all, f.Filters(localFiles{s}))
		}
	}
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
			return nil, fmt.Errorf("%s requires a string, not %s", name, value.TypeName(in))
		case nil:
			return write("")
		}
		return write(value.Str(in))
	}
}

// withPort is ADDRESS | with_port(PORT): an IPv6 address stands in brackets.
func withPort(_ *jinja.Scope, in value.Value, args []value.Value, _ *value.Dict) (value.Value, error) {
	if len(args) != 1 {
		return nil, fmt.Errorf("with_port requires a port")
	}
	return format.WithPort(value.Str(in), value.Str(args[0]))
}

// haproxyBind is IP | haproxy_bind(PORT, NODE): where a service of the node listens.
func haproxyBind(_ *jinja.Scope, in value.Value, args []value.Value, _ *value.Dict) (value.Value, error) {
	if len(args) != 2 {
		return nil, fmt.Errorf("haproxy_bind requires a port and the address of the node")
	}
	return format.HAProxyBind(value.Str(in), value.Str(args[0]), value.Str(args[1]))
}
