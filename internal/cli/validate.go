package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"pig/internal/diag"
	"pig/internal/format"
	"pig/internal/inventory"
	"pig/internal/product"
	"pig/internal/report"
)

// sourceOptions are the flags of verbs that read an inventory and touch no node.
type sourceOptions struct {
	inventory []string
	extraVars []string
	limit     string
	passwords passwordOptions
}

// AddFlags adds the flags to a command.
func (o *sourceOptions) AddFlags(f *pflag.FlagSet) {
	o.passwords.AddFlags(f)
	f.StringArrayVarP(&o.inventory, "inventory", "i", nil, "inventory file, directory, script, host list or CMDB (service=NAME, postgres://...); may be repeated (default pigsty.yml)")
	f.StringArrayVarP(&o.extraVars, "extra-vars", "e", nil, "variables of the highest precedence: key=value, JSON, or @file; may be repeated")
}

// limitFlag adds -l.
func (o *sourceOptions) limitFlag(f *pflag.FlagSet) {
	f.StringVarP(&o.limit, "limit", "l", "", "pattern of the hosts to use")
}

// session is what a.open makes of the flags.
func (a *app) read(ctx context.Context, o *sourceOptions) (*session, error) {
	return a.open(ctx, &runOptions{inventory: o.inventory, extraVars: o.extraVars, limit: o.limit, passwords: o.passwords})
}

// hosts are those that -l selects, all without it.
func (s *source) hosts() ([]*inventory.Host, error) {
	if s.opt.limit == "" {
		return s.inventory.Hosts(), nil
	}
	return s.inventory.Match(s.opt.limit)
}

func (a *app) validate() *cobra.Command {
	o := &sourceOptions{}
	var strict, asJSON bool
	var format report.Format
	c := &cobra.Command{
		Use:   "validate",
		Short: "Check the inventory for errors",
		Long: `Check the inventory for errors: unknown parameters, values of the wrong type, missing or duplicate identities, services
and rules that select nothing. All errors are shown at once. No host is asked.

  pig validate
  pig validate -i inventory/ha.yml --strict
  pig validate --format github

Warnings do not change the exit status, except with --strict.

` + exitHelp,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if asJSON {
				format = report.JSON
			}
			a.reports("validate", format, o.inventory)
			s, err := a.open(c.Context(), &runOptions{inventory: o.inventory, extraVars: o.extraVars, passwords: o.passwords, validates: true})
			if err != nil {
				return err
			}
			defer s.close()
			return s.validate(strict)
		},
	}
	o.AddFlags(c.Flags())
	c.Flags().BoolVar(&strict, "strict", false, "warnings as errors")
	c.Flags().BoolVar(&asJSON, "json", false, "the same as --format json")
	formatFlag(c.Flags(), &format)
	c.MarkFlagsMutuallyExclusive("json", "format")
	return c
}

func (s *session) validate(strict bool) error {
	env, found := s.mistakes()
	found = append(found, s.exposed()...)
	if !s.app.format.Plain() {
		return s.validateFor(found, strict)
	}
	errors, warnings := 0, 0
	for _, d := range found {
		if d.Severity == diag.Error {
			errors++
		} else {
			warnings++
		}
	}
	s.tell(found)
	if errors > 0 || strict && warnings > 0 {
		fmt.Fprintf(s.app.err, "%s: %s\n", s.app.paint.Red("not valid"), counts(errors, warnings))
		return exitStatus(exitError)
	}
	s.tellSearches(env)
	_, err := fmt.Fprintf(s.app.out, "%s: %s%s\n", s.app.paint.Green("valid"), declared(env), withWarnings(warnings))
	return err
}

// validateFor tells a pipeline what is wrong. With strict a warning is an error there too.
func (s *session) validateFor(found diag.List, strict bool) error {
	s.learnSecrets()
	if strict {
		for i, d := range found {
			severe := *d
			severe.Severity = diag.Error
			found[i] = &severe
		}
	}
	if err := s.app.reported(found); err != nil {
		return err
	}
	if found.HasErrors() {
		return exitStatus(exitError)
	}
	return nil
}

func counts(errors, warnings int) string {
	return fmt.Sprintf("%s, %s", format.Plural(errors, "error"), format.Plural(warnings, "warning"))
}

func withWarnings(n int) string {
	if n == 0 {
		return ""
	}
	return "; " + format.Plural(n, "warning")
}

// declared says in a few words what there is.
func declared(env *product.Environment) string {
	var counts []string
	for _, p := range env.Products() {
		if c, ok := p.(product.Counter); ok {
			if text := c.Count(env); text != "" {
				counts = append(counts, text)
			}
		}
	}
	return strings.Join(counts, ", ")
}
