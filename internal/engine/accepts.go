package engine

import (
	"fmt"
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/value"
)

// instead tells what to do in place of an argument of Ansible's that pig's action does not have.
var instead = map[string]string{
	"pause prompt":                        "pig does not prompt during a run",
	"fetch validate_checksum":             "the checksum of a fetched file is always verified",
	"wait_for_connection connect_timeout": "--timeout bounds every connection",
	"reboot connect_timeout":              "--timeout bounds every connection",
	"template output_encoding":            "files are written as UTF-8",
	"template unsafe_writes":              "a file appears whole, or not",
}

// accepts refuses arguments that the action does not obey.
func (a action) accepts(name string, args *value.Dict) error {
	if a.args == nil {
		return nil
	}
	var errs diag.List
	for k := range args.All() {
		arg := value.KeyText(k)
		if slices.Contains(a.args, arg) {
			continue
		}
		hint := instead[name+" "+arg]
		if hint == "" {
			hint = diag.DidYouMean(arg, a.args)
		}
		if hint == "" {
			hint = "want one of: " + strings.Join(a.args, ", ")
		}
		errs.Add(diag.Errorf(args.KeyPos(k), "%s has no argument %q", name, arg).WithHint("%s", hint))
	}
	if err := errs.Err(); err != nil {
		return &wordedError{err, unsupported(name, unknownTo(a.args, args), a.args)}
	}
	return nil
}

// unsupported is Ansible's message for arguments that a module does not have.
func unsupported(name string, unknown, known []string) string {
	sorted := func(names []string) string { return strings.Join(slices.Sorted(slices.Values(names)), ", ") }
	return fmt.Sprintf("Unsupported parameters for (%s) module: %s. Supported parameters include: %s.", name, sorted(unknown), sorted(known))
}

// unknownTo are the names of arguments that are not among those known.
func unknownTo(known []string, args *value.Dict) (names []string) {
	for k := range args.All() {
		if name := value.KeyText(k); !slices.Contains(known, name) {
			names = append(names, name)
		}
	}
	return names
}

// wordedError is an error for which Ansible has other words.
type wordedError struct {
	error
	text string
}

func (w *wordedError) Unwrap() error { return w.error }
