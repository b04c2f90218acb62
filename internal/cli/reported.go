package cli

import (
	"errors"
	"os"

	"github.com/spf13/pflag"

	"pig/internal/diag"
	"pig/internal/report"
)

// formatFlag adds --format.
func formatFlag(f *pflag.FlagSet, to *report.Format) {
	f.Var(to, "format", "format of diagnostics: text, json, github, sarif, junit, codequality")
}

// reports makes a verb tell mistakes in a format.
func (a *app) reports(verb string, format report.Format, inventory []string) {
	a.format, a.verbed, a.file = format, verb, append(inventory, defaultInventory)[0]
}

// reported writes diagnostics on standard output in the format that the flags ask for.
func (a *app) reported(found diag.List) error {
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	r := report.Report{Title: "pig " + a.verbed, Version: Version, Dir: dir, File: a.file, Mask: a.redact}
	return r.Write(a.out, a.format, found)
}

// findings are the mistakes that err tells of; a fault of another kind is one without a place.
func findings(err error) diag.List {
	var status exitStatus
	if err == nil || errors.As(err, &status) {
		return nil
	}
	var found diag.List
	found.Add(err)
	return found
}
