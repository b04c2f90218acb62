package module

import (
	"fmt"

	"pig/internal/node"
	"pig/internal/value"
)

// addPlace adds to the result of a module that writes a file what Ansible tells of what is there: owner, group, mode, size and state. The
// result names the path, else the arguments do.
func (m Module) addPlace(sys node.System, args Args, values *value.Dict) {
	if values == nil || !m.Places && !(hasArgument(m.Spec, "mode") && hasArgument(m.Spec, "owner")) {
		return
	}
	name, told := firstText(values.At("path"), values.At("dest"))
	if !told {
		name, _ = firstText(args.Get("path"), args.Get("dest"))
	}
	if name == "" {
		return
	}
	i, err := sys.Files().Stat(name, false)
	switch {
	case err != nil || i.Assumed:
	case i.Exists():
		addMissing(values, value.DictOf("uid", int64(i.UID), "gid", int64(i.GID), "owner", i.Owner, "group", i.Group, "mode", fmt.Sprintf("%04o", uint32(i.Mode)),
			"state", stateOf(i), "size", i.Size))
	case told:
		addMissing(values, value.DictOf("state", "absent"))
	}
}

// firstText is the first of some values that is a text.
func firstText(of ...value.Value) (string, bool) {
	for _, v := range of {
		if text, ok := value.Plain(v); ok && text != "" {
			return text, true
		}
	}
	return "", false
}

func addMissing(to, more *value.Dict) {
	for k, v := range more.All() {
		if name := value.KeyText(k); !to.Has(name) {
			to.Set(name, v)
		}
	}
}

func hasArgument(spec Spec, name string) bool {
	_, ok := spec.find(name)
	return ok
}

func stateOf(i node.Info) string {
	if i.Kind == node.File && i.Nlink > 1 {
		return "hard"
	}
	return string(i.Kind)
}
