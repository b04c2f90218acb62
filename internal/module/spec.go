package module

import (
	"fmt"
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/value"
)

// Spec describes the arguments that a module takes.
type Spec struct {
	Args []Arg
	// Free names the argument that free-form text (command: ls -l) goes to; "" if the module takes none.
	Free string
	// Open allows arguments that are not listed.
	Open bool
	// OneOf lists groups of arguments of which at least one must be given.
	OneOf [][]string
	// Exclusive lists groups of arguments of which at most one may be given.
	Exclusive [][]string
}

// Type is the type of an argument, as Ansible names it.
type Type string

// The types of arguments. Raw takes anything as it is; Mode is a file mode in octal or symbolic form, kept as it is.
const (
	Str   Type = "str"
	Bool  Type = "bool"
	Int   Type = "int"
	Float Type = "float"
	List  Type = "list"
	Dict  Type = "dict"
	Path  Type = "path"
	Mode  Type = "mode"
	Raw   Type = "raw"
)

// Arg is one argument.
type Arg struct {
	Name     string
	Type     Type // "" is Str
	Elements Type // of a list; "" leaves items as they are
	Required bool
	Default  value.Value
	Choices  []string
	Aliases  []string
	// Only is the one value that can be given: it asks for what happens anyway, so that nobody has to remove it.
	Only value.Value
}

// Check gives args with aliases resolved, defaults filled in and types made what they should be. The error tells every
// mistake that can be found without a node.
func (s Spec) Check(module string, args *value.Dict) (*value.Dict, error) {
	var errs diag.List
	out := value.NewDictFor(len(s.Args))
	seen := map[string]bool{}
	for k, v := range args.All() {
		name := value.KeyText(k)
		arg, ok := s.find(name)
		if !ok {
			if s.Open {
				out.Set(name, v)
				continue
			}
			errs.Add(s.unknown(module, args, k))
			seen[s.meant(name)] = true
			continue
		}
		if v == nil {
			continue
		}
		seen[arg.Name] = true
		typed, err := arg.convert(v)
		if err != nil {
			errs.Add(diag.Errorf(args.ValuePos(k), "argument %s of module %s: %v", name, module, err))
			continue
		}
		out.SetAt(arg.Name, typed, args.KeyPos(k), args.ValuePos(k))
	}
	s.complete(module, out, seen, &errs)
	if err := errs.Err(); err != nil {
		return nil, err
	}
	return out, nil
}

func (s Spec) hint(name string) string {
	names := s.names()
	if h := diag.DidYouMean(name, names); h != "" {
		return h
	}
	slices.Sort(names)
	return "want one of: " + strings.Join(names, ", ")
}

func (s Spec) find(name string) (Arg, bool) {
	for _, a := range s.Args {
		if a.Name == name || slices.Contains(a.Aliases, name) {
			return a, true
		}
	}
	return Arg{}, false
}

func (s Spec) complete(module string, out *value.Dict, seen map[string]bool, errs *diag.List) {
	for _, a := range s.Args {
		if seen[a.Name] {
			continue
		}
		if a.Default != nil {
			out.Set(a.Name, a.Default)
		}
	}
	s.missing(module, seen, errs)
	for _, group := range s.Exclusive {
		if count(seen, group) > 1 {
			errs.Add(diag.Errorf(diag.Pos{}, "module %s takes only one of: %s", module, strings.Join(group, ", ")))
		}
	}
}

// missing tells the arguments that the module needs and that nobody gave.
func (s Spec) missing(module string, seen map[string]bool, errs *diag.List) {
	for _, a := range s.Args {
		if a.Required && !seen[a.Name] {
			errs.Add(diag.Errorf(diag.Pos{}, "module %s needs the argument %s", module, a.Name))
		}
	}
	for _, group := range s.OneOf {
		if count(seen, group) == 0 {
			errs.Add(diag.Errorf(diag.Pos{}, "module %s needs one of: %s", module, strings.Join(group, ", ")))
		}
	}
}

func count(seen map[string]bool, names []string) int {
	n := 0
	for _, name := range names {
		if seen[name] {
			n++
		}
	}
	return n
}

func (a Arg) convert(v value.Value) (value.Value, error) {
	if value.IsUnknown(v) {
		return v, nil
	}
	v, err := convert(v, a.Type)
	if err != nil {
		return nil, err
	}
	if a.Only != nil && !value.Equal(v, a.Only) {
		return nil, fmt.Errorf("only %s can be used, not %s", value.Display(a.Only), value.Display(v))
	}
	if l, ok := v.(*value.List); ok && a.Elements != "" {
		items := make([]value.Value, len(l.Items))
		for i, item := range l.Items {
			if items[i], err = convert(item, a.Elements); err != nil {
				return nil, fmt.Errorf("item %d: %w", i+1, err)
			}
		}
		v = value.NewList(items...)
	}
	if len(a.Choices) == 0 {
		return v, nil
	}
	check := []value.Value{v}
	if l, ok := v.(*value.List); ok {
		check = l.Items
	}
	for _, item := range check {
		text := strings.ToLower(value.Str(item))
		if !slices.Contains(a.Choices, text) && !slices.Contains(a.Choices, value.Str(item)) {
			return nil, fmt.Errorf("must be one of %s, not %s", strings.Join(a.Choices, ", "), value.Display(item))
		}
	}
	return v, nil
}
