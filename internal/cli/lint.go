package cli

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"pig/internal/diag"
	"pig/internal/engine"
	"pig/internal/format"
	"pig/internal/jinja"
	"pig/internal/lint"
	"pig/internal/report"
)

func (a *app) lint() *cobra.Command {
	var as report.Format
	c := &cobra.Command{
		Use:   "lint FILE...",
		Short: "Find mistakes in playbooks and roles",
		Long: `Find what would fail or surprise in playbooks and roles. Of a directory all YAML files are read. No host is asked.

  pig lint site.yml roles/
  pig lint roles/web --format sarif

A comment lets the findings of its line pass: # noqa, or # noqa: RULE, RULE. docs/lint.md lists the rules. The exit status
is 2 if something is found.

` + exitHelp,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			a.reports("lint", as, []string{args[0]})
			found, files, err := a.linted(args)
			if err != nil {
				return err
			}
			return a.tellFindings(found, files)
		},
	}
	formatFlag(c.Flags(), &as)
	return c
}

// linted checks files, and knows the names that files beside them make.
func (a *app) linted(args []string) (found diag.List, files int, err error) {
	l := &lint.Linter{Modules: a.Modules, Actions: engine.Actions(), FreeForm: engine.FreeForm(a.Modules), Templates: jinja.New(jinja.Options{Filters: (&source{screen: &screen{app: a}}).filters()})}
	var paths []string
	for _, arg := range args {
		of, err := yamlFiles(arg)
		if err != nil {
			return nil, 0, err
		}
		paths = append(paths, of...)
	}
	around := slices.Clone(paths)
	for _, p := range paths {
		beside, err := yamlFiles(filepath.Dir(p))
		if err != nil {
			return nil, 0, err
		}
		around = append(around, beside...)
	}
	slices.Sort(around)
	read := map[string]*lint.File{}
	for _, p := range slices.Compact(around) {
		text, err := os.ReadFile(p)
		if err != nil {
			return nil, 0, fmt.Errorf("reading %s: %w", p, err)
		}
		read[p] = lint.Read(p, text)
		l.Gather(read[p])
	}
	for _, p := range paths {
		found = append(found, l.Check(read[p])...)
	}
	return found, len(paths), nil
}

// yamlFiles are the YAML files at or below a path; of a file itself, whatever its name.
func yamlFiles(path string) ([]string, error) {
	i, err := os.Stat(path)
	if err != nil {
		return nil, diag.Errorf(diag.Pos{}, "file or directory %q not found", path)
	}
	if !i.IsDir() {
		return []string{filepath.Clean(path)}, nil
	}
	var files []string
	err = filepath.WalkDir(path, func(p string, e fs.DirEntry, err error) error {
		hidden := p != path && strings.HasPrefix(e.Name(), ".")
		switch {
		case err != nil:
			return err
		case e.IsDir() && p != path && (hidden || e.Name() == "files" || e.Name() == "templates"): // what is there goes to hosts
			return filepath.SkipDir
		case !e.IsDir() && !hidden && slices.Contains([]string{".yml", ".yaml"}, filepath.Ext(p)):
			files = append(files, filepath.Clean(p))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	return files, nil
}

func (a *app) tellFindings(found diag.List, files int) error {
	if !a.format.Plain() {
		if err := a.reported(found); err != nil {
			return err
		}
	} else {
		for _, d := range found {
			fmt.Fprintf(a.out, "%s: %s %s\n", diag.Visible(d.Pos.String()), a.paint.Yellow(d.Rule()), diag.OneLine(d.Summary))
			if d.Hint != "" {
				fmt.Fprintf(a.out, "  hint: %s\n", diag.OneLine(d.Hint))
			}
		}
		fmt.Fprintf(a.out, "%s in %s\n", format.Plural(len(found), "finding"), format.Plural(files, "file"))
	}
	if len(found) > 0 {
		return exitStatus(exitFailed)
	}
	return nil
}
