package engine

import (
	"context"
	"path"
	"slices"
	"strconv"
	"strings"

	"pig/internal/diag"
	"pig/internal/playbook"
	"pig/internal/pyre"
	"pig/internal/value"
)

func includeVars(ctx context.Context, c *call) Result {
	name, into, arg := "", "", ""
	for k, v := range c.args.All() {
		switch key := value.KeyText(k); key {
		case "file", "_raw_params":
			name, arg = strings.TrimSpace(value.Str(v)), key
		case "name":
			into = value.Str(v)
		case "dir":
			name, arg = value.Str(v), key
		}
	}
	vars, read, err := c.varsFrom(arg, name)
	if err != nil {
		return failed(err)
	}
	if into != "" {
		vars = value.DictOf(into, vars)
	}
	if c.e.Protect != nil {
		vars = c.e.Protect(vars)
	}
	c.e.Redactor.Add(value.Secrets(vars)...)
	hosts, err := c.factHosts(ctx)
	if err != nil {
		return notLearned(err)
	}
	for _, h := range hosts {
		h.mu.Lock()
		add := value.Clone(vars).(*value.Dict)
		if behaviour := c.args.At("hash_behaviour"); behaviour == "merge" || behaviour == nil && c.e.opt.Merge {
			add = value.Merged(h.included, add)
		}
		h.included = h.included.Clone()
		h.included.Update(add)
		h.mu.Unlock()
	}
	return ok(value.DictOf("ansible_facts", vars, "ansible_included_var_files", value.Strings(read)))
}

// varsFrom reads a file of variables, or all such files of a directory in order.
func (c *call) varsFrom(arg, name string) (vars *value.Dict, read []string, err error) {
	files := &lookupFiles{pr: c.playRun, t: c.task}
	path, places, err := files.find("vars", name)
	if err != nil {
		return nil, nil, diag.Errorf(c.task.Pos, "file %q not found", name).WithDetail("looked for %s", strings.Join(places, ", "))
	}
	if err := c.chosen(arg, name, path); err != nil {
		return nil, nil, err
	}
	if !c.e.Files.IsDir(path) {
		vars, err = c.e.Loader.LoadVars(path)
		return vars, []string{absolute(path)}, err
	}
	names, err := c.e.Files.Walk(path)
	if err != nil {
		return nil, nil, err
	}
	if names, err = c.chosenVars(names); err != nil {
		return nil, nil, err
	}
	all := value.NewDict()
	for _, n := range names {
		d, err := c.e.Loader.LoadVars(path + "/" + n)
		if err != nil {
			return nil, nil, err
		}
		all.Update(d)
		read = append(read, absolute(path+"/"+n))
	}
	return all, read, nil
}

// chosenVars are those of the files below a directory that include_vars reads.
func (c *call) chosenVars(names []string) ([]string, error) {
	suffixes := textsOr(c.args.At("extensions"), "yml", "yaml", "json")
	ignored := textsOr(c.args.At("ignore_files"))
	depth := 0
	if v := c.args.At("depth"); v != nil {
		var err error
		if depth, err = strconv.Atoi(value.Str(v)); err != nil {
			return nil, diag.Errorf(c.args.ValuePos("depth"), "invalid depth %s: want a number", value.Display(v))
		}
	}
	var matching *pyre.Regexp
	if v := c.args.At("files_matching"); v != nil {
		var err error
		if matching, err = pyre.Compile(value.Str(v), 0); err != nil {
			return nil, diag.Errorf(c.args.ValuePos("files_matching"), "invalid files_matching: %v", err)
		}
	}
	var left []string
	for _, n := range names {
		base := path.Base(n)
		switch {
		case !slices.Contains(suffixes, strings.TrimPrefix(path.Ext(base), ".")):
		case depth > 0 && strings.Count(n, "/") >= depth:
		case slices.Contains(ignored, base):
		case matching != nil && !matching.Matches(base):
		default:
			left = append(left, n)
		}
	}
	return left, nil
}

// textsOr are the texts of a list, or those given where there is none.
func textsOr(v value.Value, absent ...string) []string {
	switch v := v.(type) {
	case nil:
		return absent
	case *value.List:
		return v.Texts()
	}
	return []string{value.Str(v)}
}

// setStats keeps numbers and texts of the run, for whoever reads its end.
func setStats(_ context.Context, c *call) Result {
	stats := value.DictOf("data", value.NewDict(), "per_host", false, "aggregate", true)
	for _, name := range []string{"per_host", "aggregate"} {
		if v := c.args.At(name); v != nil {
			stats.Set(name, truth(v))
		}
	}
	data, isDict := c.args.At("data").(*value.Dict)
	if !isDict {
		return failure("The 'data' option needs to be a dictionary/hash")
	}
	for k := range data.All() {
		if name := value.KeyText(k); !playbook.IsVariable(name) {
			return failure("The variable name '" + name + "' is not valid. Variables must start with a letter or underscore character, and contain only letters, numbers and underscores.")
		}
	}
	stats.Set("data", data)
	return ok(value.DictOf("ansible_stats", stats))
}
