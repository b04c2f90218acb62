package playbook

import (
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/value"
)

// plainKeywords tells, for each keyword that plays, blocks and tasks share and that is any value, where its value goes.
var plainKeywords = map[string]func(*Keywords) *value.Value{
	"become":             func(k *Keywords) *value.Value { return &k.Become },
	"become_user":        func(k *Keywords) *value.Value { return &k.BecomeUser },
	"become_method":      func(k *Keywords) *value.Value { return &k.BecomeMethod },
	"become_exe":         func(k *Keywords) *value.Value { return &k.BecomeExe },
	"become_flags":       func(k *Keywords) *value.Value { return &k.BecomeFlags },
	"connection":         func(k *Keywords) *value.Value { return &k.Connection },
	"remote_user":        func(k *Keywords) *value.Value { return &k.RemoteUser },
	"port":               func(k *Keywords) *value.Value { return &k.Port },
	"delegate_to":        func(k *Keywords) *value.Value { return &k.DelegateTo },
	"delegate_facts":     func(k *Keywords) *value.Value { return &k.DelegateFacts },
	"run_once":           func(k *Keywords) *value.Value { return &k.RunOnce },
	"ignore_errors":      func(k *Keywords) *value.Value { return &k.IgnoreErrors },
	"ignore_unreachable": func(k *Keywords) *value.Value { return &k.IgnoreUnreachable },
	"any_errors_fatal":   func(k *Keywords) *value.Value { return &k.AnyErrorsFatal },
	"no_log":             func(k *Keywords) *value.Value { return &k.NoLog },
	"check_mode":         func(k *Keywords) *value.Value { return &k.CheckMode },
	"diff":               func(k *Keywords) *value.Value { return &k.Diff },
	"throttle":           func(k *Keywords) *value.Value { return &k.Throttle },
	"timeout":            func(k *Keywords) *value.Value { return &k.Timeout },
	"debugger":           func(k *Keywords) *value.Value { return &k.Debugger },
	"collections":        func(k *Keywords) *value.Value { return &k.Collections },
}

// isShared tells whether readKeywords understands a name.
func isShared(name string) bool {
	switch name {
	case "tags", "when", "vars", "environment", "module_defaults":
		return true
	}
	return plainKeywords[name] != nil
}

// sharedKeywords are the names that readKeywords understands.
func sharedKeywords() []string {
	names := append(keysOf(plainKeywords), "tags", "when", "vars", "environment", "module_defaults")
	slices.Sort(names)
	return names
}

// ReadKeywords reads keywords that stand by themselves: apply: of an include.
func ReadKeywords(d *value.Dict) (Keywords, error) {
	if v := d.At("collections"); v != nil {
		return Keywords{}, diag.Errorf(d.ValuePos("collections"), "collections %s has no effect in apply", value.Display(v))
	}
	return readKeywords(d, nil)
}

// readKeywords reads the shared keywords of d. Keys in own are somebody else's; any other key is a mistake.
func readKeywords(d *value.Dict, own map[string]bool) (Keywords, error) {
	var k Keywords
	var errs diag.List
	for key, v := range d.All() {
		name := value.KeyText(key)
		pos := d.ValuePos(key)
		if own[name] {
			continue
		}
		if name == "debugger" && !never(v) {
			errs.Add(diag.Errorf(pos, "invalid debugger %s: only never can be used", value.Repr(v)).WithHint("use -vvv to see the arguments and the result of each task"))
		}
		if to, ok := plainKeywords[name]; ok {
			*to(&k) = v
			continue
		}
		switch name {
		case "tags":
			tags, err := Tags(v, pos)
			errs.Add(err)
			k.Tags = tags
		case "when":
			k.When = conditions(v, pos)
		case "vars":
			vars, err := mapping(v, pos, "vars")
			errs.Add(err)
			k.Vars = vars
		case "environment":
			k.Environment = listOf(v)
		case "module_defaults":
			defaults, err := mapping(v, pos, "module_defaults")
			errs.Add(err)
			k.ModuleDefaults = []*value.Dict{defaults}
		default:
			errs.Add(unknownKeyword(name, d.KeyPos(key), own))
		}
	}
	return k, errs.Err()
}

// never tells whether the debugger stays off.
func never(v value.Value) bool { return v == nil || v == false || v == "never" }

// unsupported are keywords of Ansible's that pig does not have, and what to do instead.
var unsupported = map[string]string{
	"fact_path":        "pig reads no local facts: read the files with slurp:, or declare the values in the inventory",
	"validate_argspec": "check the arguments of roles with assert:",
}

func unknownKeyword(name string, pos diag.Pos, own map[string]bool) error {
	candidates := sharedKeywords()
	for n := range own {
		candidates = append(candidates, n)
	}
	slices.Sort(candidates)
	if why := unsupported[name]; why != "" {
		return diag.Errorf(pos, "%s is not supported", name).WithHint("%s", why)
	}
	d := diag.Errorf(pos, "unknown keyword %q", name)
	if h := diag.DidYouMean(name, candidates); h != "" {
		d.Hint = h
	}
	return d
}

// Tags reads tags: a list, or a text with commas.
func Tags(v value.Value, pos diag.Pos) ([]string, error) {
	var tags []string
	for _, item := range listOf(v) {
		switch item.(type) {
		case *value.Dict, *value.List:
			return nil, diag.Errorf(pos, "a tag is a text, and this is %s", describe(item))
		}
		for t := range strings.SplitSeq(value.Str(item), ",") {
			if t = strings.TrimSpace(t); t != "" {
				tags = append(tags, t)
			}
		}
	}
	return tags, nil
}

func conditions(v value.Value, pos diag.Pos) []Expr {
	l, ok := v.(*value.List)
	if !ok {
		return []Expr{{v, pos}}
	}
	exprs := make([]Expr, len(l.Items))
	for i, item := range l.Items {
		exprs[i] = Expr{item, l.Pos(i)}
		if !exprs[i].Pos.Known() {
			exprs[i].Pos = pos
		}
	}
	return exprs
}

// mapping wants a mapping; a list of mappings is merged, as old playbooks have vars.
func mapping(v value.Value, pos diag.Pos, what string) (*value.Dict, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case *value.Dict:
		return v, nil
	case *value.List:
		all := value.NewDict()
		for i, item := range v.Items {
			d, ok := item.(*value.Dict)
			if !ok {
				return nil, diag.Errorf(v.Pos(i), "%s is a mapping, and this item is %s", what, describe(item))
			}
			all.Update(d)
		}
		return all, nil
	}
	return nil, diag.Errorf(pos, "%s is a mapping, and this is %s", what, describe(v))
}

func listOf(v value.Value) []value.Value {
	switch v := v.(type) {
	case nil:
		return nil
	case *value.List:
		return v.Items
	}
	return []value.Value{v}
}
