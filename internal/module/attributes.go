package module

import (
	"fmt"

	"pig/internal/node"
	"pig/internal/value"
)

// withAttributes adds to the result of a module that writes a file what Ansible tells of it: owner, group, mode, size and state.
func withAttributes(sys node.System, spec Spec, args Args, values *value.Dict) {
	if values == nil || !hasArgument(spec, "mode") || !hasArgument(spec, "owner") {
		return
	}
	name, ok := value.Plain(values.At("dest"))
	if !ok {
		for _, arg := range []string{"path", "dest"} {
			if name, ok = value.Plain(args.Get(arg)); ok && name != "" {
				break
			}
		}
	}
	if name == "" {
		return
	}
	i, err := sys.Files().Stat(name, false)
	if err != nil || !i.Exists() || i.Assumed {
		return
	}
	for _, a := range []struct {
		name string
		v    value.Value
	}{
		{"owner", i.Owner}, {"group", i.Group}, {"uid", int64(i.UID)}, {"gid", int64(i.GID)}, {"mode", fmt.Sprintf("%04o", i.Mode)},
		{"size", i.Size}, {"state", stateOf(i.Kind)},
	} {
		if !values.Has(a.name) {
			values.Set(a.name, a.v)
		}
	}
}

func hasArgument(spec Spec, name string) bool {
	_, ok := spec.find(name)
	return ok
}

func stateOf(kind node.Kind) string {
	switch kind {
	case node.Dir:
		return "directory"
	case node.Link:
		return "link"
	}
	return "file"
}
