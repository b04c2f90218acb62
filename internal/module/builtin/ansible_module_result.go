package builtin

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"pig/internal/node"
	"pig/internal/value"
)

// moduleResult is what a module that is not part of pig said.
type moduleResult struct {
	values   *value.Dict
	changed  bool
	failed   bool
	msg      string
	warnings []string
}

// readModule reads the result of a module in its output. The words of its failures are Ansible's.
func readModule(out node.Output, interpreter string) moduleResult {
	text, junk, err := jsonIn(string(out.Stdout))
	var v value.Value
	if err == nil {
		v, err = value.ParseJSON([]byte(text))
	}
	d, ok := v.(*value.Dict)
	if err != nil || !ok {
		return noResult(out, err, interpreter)
	}
	r := moduleResult{values: d}
	r.words()
	r.warn(junk)
	r.clean()
	r.changed = value.Truthy(d.At("changed"))
	rc, hasRC := d.Get("rc")
	r.failed = value.Truthy(d.At("failed")) || !d.Has("failed") && hasRC && value.Str(rc) != "0"
	d.Delete("failed")
	d.Set("changed", r.changed)
	if msg, ok := d.Get("msg"); ok && r.msg == "" {
		r.msg = value.Display(msg)
	}
	if r.msg == "" { // a failure without a text is a failure too
		r.msg = "Unknown error."
	}
	return r
}

func noResult(out node.Output, err error, interpreter string) moduleResult {
	msg := fmt.Sprintf("Module result deserialization failed: %v", err)
	if out.RC == 127 || out.RC == 126 {
		for _, why := range []string{"No such file or directory", "not found", "command not found"} {
			if interpreter != "" && strings.Contains(string(out.Stderr), interpreter+": "+why) {
				msg = fmt.Sprintf("The module interpreter '%s' was not found.", interpreter)
			}
		}
	}
	return moduleResult{failed: true, msg: msg, values: value.DictOf("changed", false, "module_stdout", string(out.Stdout), "module_stderr", string(out.Stderr), "rc", int64(out.RC), "msg", msg)}
}

// warn keeps a warning with the result, and shows it.
func (r *moduleResult) warn(text string) {
	if text == "" {
		return
	}
	list, ok := r.values.At("warnings").(*value.List)
	if !ok {
		list = value.NewList()
	}
	list.Append(text)
	r.values.Set("warnings", list)
}

// clean takes what is Ansible's own out of a result, and adds the lines of its output.
func (r *moduleResult) clean() {
	d := r.values
	for _, k := range slices.Collect(keysOf(d)) {
		if strings.HasPrefix(k, "_ansible_") || k == "add_host" || k == "add_group" {
			r.warn(fmt.Sprintf("Removed unexpected internal key in module return: %s = %s", k, value.Display(d.At(k))))
		}
	}
	stripInternal(d)
	for _, k := range []string{"invocation", "add_host", "add_group"} {
		d.Delete(k)
	}
	if v, ok := d.Get("results"); ok {
		if _, list := v.(*value.List); !list {
			d.Delete("results")
			d.Set("ansible_module_results", v)
			r.warn("Found internal 'results' key in module return, renamed to 'ansible_module_results'.")
		}
	}
	for _, k := range []string{"stdout", "stderr"} {
		if text, ok := d.Get(k); ok && !d.Has(k+"_lines") {
			plain, _ := value.Plain(text)
			d.Set(k+"_lines", lines(strings.TrimSuffix(plain, "\n")))
		}
	}
	for _, k := range []string{"warnings", "deprecations"} {
		list, ok := d.At(k).(*value.List)
		if ok && len(list.Items) > 0 {
			for _, w := range list.Items {
				if old, ok := w.(*value.Dict); ok && k == "deprecations" {
					w = "deprecated: " + value.Display(old.At("msg"))
				}
				r.warnings = append(r.warnings, value.Display(w))
			}
			continue
		}
		d.Delete(k)
	}
}

// stripInternal takes keys that are Ansible's own out of a value, however deep.
func stripInternal(v value.Value) {
	switch v := v.(type) {
	case *value.Dict:
		for _, k := range slices.Collect(keysOf(v)) {
			if strings.HasPrefix(k, "_ansible_") {
				v.Delete(k)
				continue
			}
			stripInternal(v.At(k))
		}
	case *value.List:
		for _, item := range v.Items {
			stripInternal(item)
		}
	}
}

func keysOf(d *value.Dict) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range d.All() {
			if text, ok := k.(string); ok && !yield(text) {
				return
			}
		}
	}
}

// jsonIn is the object in what a program printed: other lines may come before it and after it, and what comes after is told.
func jsonIn(out string) (text, junk string, err error) {
	all := strings.Split(strings.TrimSuffix(strings.ReplaceAll(out, "\r\n", "\n"), "\n"), "\n")
	start := slices.IndexFunc(all, func(l string) bool { return strings.HasPrefix(strings.TrimSpace(l), "{") })
	if start < 0 {
		return "", "", fmt.Errorf("No start of json char found") //nolint:staticcheck // Ansible's words
	}
	end := len(all) - 1
	for end >= start && !strings.HasSuffix(strings.TrimSpace(all[end]), "}") {
		end--
	}
	if end < start {
		return "", "", fmt.Errorf("No end of json char found") //nolint:staticcheck // as above
	}
	if after := strings.Join(all[end+1:], "\n"); strings.TrimSpace(after) != "" {
		junk = "Module invocation had junk after the JSON data: " + after
	}
	return strings.Join(all[start:end+1], "\n"), junk, nil
}

// moduleInterpreter is the program that is to start the module.
func moduleInterpreter(argv []string) string {
	if len(argv) == 0 || strings.HasPrefix(argv[0], node.GivenDir) {
		return ""
	}
	return filepath.Clean(argv[0])
}
