package lookups

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sort"
	"strings"

	"pig/internal/diag"
	"pig/internal/jinja/filters"
	"pig/internal/jinja/python"
	"pig/internal/jinja/runtime"
	"pig/internal/pyre"
	"pig/internal/value"
)

// Sources are what lookups need from outside of templates.
type Sources struct {
	Getenv  func(name string) (string, bool)
	Random  func() uint64
	Regexps *pyre.Cache
}

// Table are the lookups of ansible.builtin.
func Table(src Sources) map[string]runtime.Lookup {
	return map[string]runtime.Lookup{
		"dict": lookupDict, "items": lookupItems, "indexed_items": lookupIndexed, "list": lookupList, "nested": lookupNested,
		"together": lookupTogether, "flattened": lookupFlattened, "sequence": lookupSequence, "subelements": lookupSubelements,
		"random_choice": src.randomChoice, "vars": lookupVars, "varnames": src.varNames, "env": src.env,
		"file": lookupFile, "template": lookupTemplate, "fileglob": lookupGlob, "first_found": lookupFirstFound,
		"pipe": lookupPipe, "lines": lookupLines, "unvault": lookupUnvault, "ini": src.ini, "csvfile": lookupCSV,
		"inventory_hostnames": lookupHostnames, "password": lookupPassword,
		"community.general.flattened": lookupFlattened, "community.general.cartesian": lookupNested,
	}
}

// settled refuses arguments that are unknown or hold something unknown where a lookup needs to see all.
func settled(args []value.Value) error {
	for _, a := range args {
		u, err := python.Settle(a)
		if err != nil {
			return err
		}
		if x, ok := a.(value.Unknown); ok {
			u = &x
		}
		if u != nil {
			return &python.UnknownError{Value: *u}
		}
	}
	return nil
}

// spread flattens args by one level.
func spread(args []value.Value) *value.List {
	out := value.NewList()
	for _, a := range args {
		if l, ok := a.(*value.List); ok {
			out.Append(l.Items...)
		} else {
			out.Append(a)
		}
	}
	return out
}

func firstUnknown(args []value.Value) error {
	for _, a := range args {
		if u, ok := a.(value.Unknown); ok {
			return &python.UnknownError{Value: u}
		}
	}
	return nil
}

func lookupItems(_ *runtime.Scope, args []value.Value, _ *value.Dict) (*value.List, error) {
	return spread(args), firstUnknown(args)
}

func lookupList(_ *runtime.Scope, args []value.Value, _ *value.Dict) (*value.List, error) {
	return value.NewList(args...), firstUnknown(args)
}

func lookupIndexed(_ *runtime.Scope, args []value.Value, _ *value.Dict) (*value.List, error) {
	out := value.NewList()
	for i, v := range spread(args).Items {
		out.Append(value.NewList(int64(i), v))
	}
	return out, firstUnknown(args)
}

func lookupDict(_ *runtime.Scope, args []value.Value, _ *value.Dict) (*value.List, error) {
	if err := firstUnknown(args); err != nil {
		return nil, err
	}
	out := value.NewList()
	for _, a := range spread(args).Items {
		d, ok := a.(*value.Dict)
		if !ok {
			return nil, fmt.Errorf("with_dict expects a dict")
		}
		for k, v := range d.All() {
			out.Append(value.DictOf("key", k, "value", v))
		}
	}
	return out, nil
}

func lookupFlattened(_ *runtime.Scope, args []value.Value, _ *value.Dict) (*value.List, error) {
	if err := firstUnknown(args); err != nil {
		return nil, err
	}
	out := value.NewList()
	err := filters.FlattenInto(out, value.NewList(args...), -1, true, 0)
	return out, err
}

// asLists takes each argument as a list.
func asLists(args []value.Value) [][]value.Value {
	lists := make([][]value.Value, len(args))
	for i, a := range args {
		if l, ok := a.(*value.List); ok {
			lists[i] = l.Items
		} else {
			lists[i] = []value.Value{a}
		}
	}
	return lists
}

func lookupNested(_ *runtime.Scope, args []value.Value, _ *value.Dict) (*value.List, error) {
	if err := firstUnknown(args); err != nil {
		return nil, err
	}
	if len(args) == 0 {
		return nil, fmt.Errorf("with_nested requires at least one element in the nested list")
	}
	rows := [][]value.Value{{}}
	for _, list := range asLists(args) {
		if len(rows)*len(list) > filters.MaxCombined {
			return nil, fmt.Errorf("there are too many combinations")
		}
		var next [][]value.Value
		for _, row := range rows {
			for _, v := range list {
				next = append(next, append(append([]value.Value{}, row...), v))
			}
		}
		rows = next
	}
	out := value.NewList()
	for _, row := range rows {
		out.Append(spread(row))
	}
	return out, nil
}

func lookupTogether(_ *runtime.Scope, args []value.Value, _ *value.Dict) (*value.List, error) {
	if err := firstUnknown(args); err != nil {
		return nil, err
	}
	if len(args) == 0 {
		return nil, fmt.Errorf("with_together requires at least one element in each list")
	}
	lists := asLists(args)
	n := 0
	for _, l := range lists {
		n = max(n, len(l))
	}
	out := value.NewList()
	for i := range n {
		row := make([]value.Value, len(lists))
		for j, l := range lists {
			if i < len(l) {
				row[j] = l[i]
			}
		}
		out.Append(value.NewList(row...))
	}
	return out, nil
}

func lookupSubelements(_ *runtime.Scope, args []value.Value, kw *value.Dict) (*value.List, error) {
	if err := firstUnknown(args); err != nil {
		return nil, err
	}
	if len(args) < 2 {
		return nil, fmt.Errorf("subelements lookup expects a list of two or three items")
	}
	skip := value.Truthy(kw.At("skip_missing"))
	if len(args) > 2 {
		if d, ok := args[2].(*value.Dict); ok {
			skip = value.Truthy(d.At("skip_missing"))
		}
	}
	v, err := filters.Subelements(args[0], args[1], skip)
	if err != nil {
		return nil, err
	}
	done, err := python.Finalize(v)
	if err != nil {
		return nil, err
	}
	pairs := done.(*value.List) //nolint:forcetypeassert // subelements gives a list
	for _, p := range pairs.Items {
		without(p, value.Str(args[1]))
	}
	return pairs, nil
}

// without takes the list out of the first of a pair: the lookup leaves it out, the filter does not.
func without(pair value.Value, key string) {
	var first *value.Value
	switch p := pair.(type) {
	case *value.List:
		first = &p.Items[0]
	case value.Tuple:
		first = &p[0]
	default:
		return
	}
	if d, ok := (*first).(*value.Dict); ok && !strings.Contains(key, ".") {
		d = d.Clone()
		d.Delete(key)
		*first = d
	}
}

func (src Sources) randomChoice(_ *runtime.Scope, args []value.Value, _ *value.Dict) (*value.List, error) {
	list := spread(args)
	if len(list.Items) == 0 {
		return list, firstUnknown(args)
	}
	return value.NewList(list.Items[python.Free{Next: src.Random}.Below(uint64(len(list.Items)))]), firstUnknown(args)
}

func lookupVars(s *runtime.Scope, args []value.Value, kw *value.Dict) (*value.List, error) {
	if err := settled(args); err != nil {
		return nil, err
	}
	out := value.NewList()
	for _, a := range args {
		name, ok := value.Plain(a)
		if !ok {
			return nil, fmt.Errorf("the name of a variable must be a string, not %s", python.TypeName(a))
		}
		v, ok, err := s.Variable(name)
		if err != nil {
			return nil, err
		}
		if !ok {
			if !kw.Has("default") {
				return nil, python.UsedUndefined(python.UndefinedName(value.Display(a), diag.Pos{}))
			}
			v = kw.At("default")
		}
		out.Append(v)
	}
	return out, nil
}

func (src Sources) varNames(s *runtime.Scope, args []value.Value, _ *value.Dict) (*value.List, error) {
	if err := settled(args); err != nil {
		return nil, err
	}
	names := append([]string{}, s.Names()...)
	sort.Strings(names)
	out := value.NewList()
	for _, a := range args {
		re, err := src.Regexps.Compile(python.Str(a), 0)
		if err != nil {
			return nil, err
		}
		for _, n := range names {
			m, err := re.Search(n)
			if err != nil {
				return nil, err
			}
			if m != nil {
				out.Append(n)
			}
		}
	}
	return out, nil
}

func (src Sources) env(s *runtime.Scope, args []value.Value, kw *value.Dict) (*value.List, error) {
	if s.ChosenByNode() {
		return nil, fmt.Errorf("lookup('env'): the name of the variable comes from a host")
	}
	if err := settled(args); err != nil {
		return nil, err
	}
	out := value.NewList()
	for _, a := range args {
		var v value.Value = ""
		if text, ok := src.Getenv(python.Str(a)); ok {
			v = text
		} else if kw.Has("default") {
			v = kw.At("default")
		}
		out.Append(v)
	}
	return out, nil
}

func notFound(name string, err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("could not locate file in lookup: %s", name)
	}
	return err
}
