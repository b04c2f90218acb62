package engine

import (
	"fmt"
	"slices"
	"strings"

	"pig/internal/module"
	"pig/internal/value"
)

// wrongArguments is the result of a task whose arguments its module does not take. People read what pig says of it, with its place; programs
// and conditions find the message of Ansible.
func wrongArguments(name string, spec module.Spec, args *value.Dict, err error) Result {
	r := failed(err)
	r.Of = "Module"
	if text := refusal(name, spec, args); text != "" {
		r.Values.Set("msg", text)
		return r
	}
	r.Values.Set("msg", words(err))
	return r
}

// refusal is Ansible's message for names that a module does not know, what it lacks, and choices that it does not have.
func refusal(name string, spec module.Spec, args *value.Dict) string {
	known := map[string]module.Arg{}
	var names, unknown, missing []string
	for _, a := range spec.Args {
		known[a.Name] = a
		shown := a.Name
		if len(a.Aliases) > 0 {
			shown += " (" + strings.Join(slices.Sorted(slices.Values(a.Aliases)), ", ") + ")"
			for _, alias := range a.Aliases {
				known[alias] = a
			}
		}
		names = append(names, shown)
	}
	given := map[string]bool{}
	for k, v := range args.All() {
		a, ok := known[value.KeyText(k)]
		if !ok {
			unknown = append(unknown, value.KeyText(k))
			continue
		}
		given[a.Name] = given[a.Name] || v != nil
	}
	if len(unknown) > 0 {
		return unsupported(name, unknown, names)
	}
	for _, a := range spec.Args {
		if a.Required && !given[a.Name] {
			missing = append(missing, a.Name)
		}
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		return "missing required arguments: " + strings.Join(missing, ", ")
	}
	for k, v := range args.All() {
		a := known[value.KeyText(k)]
		if text, ok := value.Plain(v); ok && len(a.Choices) > 0 && !slices.Contains(a.Choices, text) {
			return fmt.Sprintf("value of %s must be one of: %s, got: %s", a.Name, strings.Join(a.Choices, ", "), text)
		}
	}
	return ""
}
