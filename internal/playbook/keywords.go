package playbook

import (
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/value"
)

// keywordReaders tells, for each keyword that plays, blocks and tasks share, where its value goes.
func keywordReaders(k *Keywords) map[string]*value.Value {
	return map[string]*value.Value{
		"become": &k.Become, "become_user": &k.BecomeUser, "become_method": &k.BecomeMethod, "become_exe": &k.BecomeExe,
		"become_flags": &k.BecomeFlags, "connection": &k.Connection, "remote_user": &k.RemoteUser, "port": &k.Port,
		"delegate_to": &k.DelegateTo, "delegate_facts": &k.DelegateFacts, "run_once": &k.RunOnce,
		"ignore_errors": &k.IgnoreErrors, "ignore_unreachable": &k.IgnoreUnreachable, "any_errors_fatal": &k.AnyErrorsFatal,
		"no_log": &k.NoLog, "check_mode": &k.CheckMode, "diff": &k.Diff, "throttle": &k.Throttle, "timeout": &k.Timeout,
		"debugger": &k.Debugger, "collections": &k.Collections,
	}
}

// sharedKeywords are the names that readKeywords understands.
func sharedKeywords() []string {
	names := []string{"tags", "when", "vars", "environment", "module_defaults"}
	for n := range keywordReaders(&Keywords{}) {
		names = append(names, n)
	}
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
	readers := keywordReaders(&k)
	for key, v := range d.All() {
		name := value.KeyText(key)
		pos := d.ValuePos(key)
		if own[name] {
			continue
		}
		if name == "debugger" && !never(v) {
			errs.Add(diag.Errorf(pos, "invalid debugger %s: only never can be used", value.Repr(v)).WithHint("use -vvv to see the arguments and the result of each task"))
		}
		if to, ok := readers[name]; ok {
			*to = v
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
