package lookups

import (
	"slices"
	"strings"

	"pig/internal/jinja/python"
	"pig/internal/jinja/runtime"
	"pig/internal/value"
)

// lookupHostnames gives the hosts of patterns of group and host names: a:b joins, :! takes away, :& keeps what both have.
func lookupHostnames(s *runtime.Scope, args []value.Value, _ *value.Dict) (*value.List, error) {
	v, _, err := s.Variable("groups")
	if err != nil {
		return nil, err
	}
	done, err := python.Finalize(v)
	if err != nil {
		return nil, err
	}
	groups, ok := done.(*value.Dict)
	if !ok {
		return value.NewList(), nil
	}
	var found []string
	for _, a := range spread(args).Items {
		for part := range strings.FieldsFuncSeq(value.Str(a), func(r rune) bool { return r == ':' || r == ',' }) {
			name := strings.TrimLeft(part, "!&")
			of := members(groups, name)
			switch {
			case strings.HasPrefix(part, "!"):
				found = slices.DeleteFunc(found, func(h string) bool { return slices.Contains(of, h) })
			case strings.HasPrefix(part, "&"):
				found = slices.DeleteFunc(found, func(h string) bool { return !slices.Contains(of, h) })
			default:
				found = append(found, of...)
			}
		}
	}
	return value.Strings(found), nil
}

func members(groups *value.Dict, name string) []string {
	var all []string
	if l, ok := groups.At(name).(*value.List); ok {
		for _, h := range l.Items {
			all = append(all, value.Str(h))
		}
		return all
	}
	if l, ok := groups.At("all").(*value.List); ok && slices.ContainsFunc(l.Items, func(h value.Value) bool { return value.Str(h) == name }) {
		return []string{name}
	}
	return nil
}
