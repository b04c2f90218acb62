package module

import (
	"pig/internal/diag"
	"pig/internal/value"
)

// Misnamed tells which arguments of a task the module does not take, and which it needs and does not get, as far as the names show it:
// values may be templates. Where others may be added later, such as defaults, nothing is missing yet.
func (s Spec) Misnamed(module string, args *value.Dict, at diag.Pos, whole bool) diag.List {
	var errs diag.List
	seen := map[string]bool{}
	for k, v := range args.All() {
		name := value.KeyText(k)
		switch arg, ok := s.find(name); {
		case ok && v != nil:
			seen[arg.Name] = true
		case !ok && !s.Open:
			errs.Add(s.unknown(module, args, k))
			seen[s.meant(name)] = true
		}
	}
	if !whole {
		return errs
	}
	var missing diag.List
	s.missing(module, seen, &missing)
	for _, d := range missing {
		errs.Add(diag.At(at, d))
	}
	return errs
}

// meant is the argument that a misspelt name most likely stands for: it is not missing as well.
func (s Spec) meant(name string) string {
	arg, _ := s.find(diag.Nearest(name, s.names()))
	return arg.Name
}

// names are those of all arguments, with their other names.
func (s Spec) names() []string {
	var names []string
	for _, a := range s.Args {
		names = append(append(names, a.Name), a.Aliases...)
	}
	return names
}

// unknown refuses an argument that the module does not have.
func (s Spec) unknown(module string, args *value.Dict, key value.Value) *diag.Diagnostic {
	name := value.KeyText(key)
	return diag.Errorf(args.KeyPos(key), "module %s has no argument %q", module, name).WithHint("%s", s.hint(name))
}
