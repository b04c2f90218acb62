package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"pig/internal/diag"
	"pig/internal/format"
	"pig/internal/plan"
	"pig/internal/policy"
	"pig/internal/ui"
)

// policyFolder is the folder of rules beside an inventory.
const policyFolder = "policies"

func policyFlag(f *pflag.FlagSet, dir *string) {
	f.StringVar(dir, "policies", "", "folder of the rules that judge the plan (default policies, beside the inventory)")
}

// rules reads the rules of a folder that a flag names, else of the one beside the inventory.
func (s *source) rules(dir string) ([]*policy.Rule, error) {
	if dir != "" {
		return namedRules(dir)
	}
	beside := filepath.Dir(filepath.Clean(s.sources()[0])) // of a folder too: all files in it are inventories
	return policy.Load(filepath.Join(beside, policyFolder))
}

// namedRules refuses a folder that is not there: rules that were asked for and not found would let everything pass.
func namedRules(dir string) ([]*policy.Rule, error) {
	if _, err := os.Stat(dir); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, diag.Errorf(diag.Pos{}, "cannot read the policies: folder %q not found", dir).WithHint("write rules in %s, or name another folder with --policies", filepath.Join(dir, "rules.yml"))
		}
		return nil, fmt.Errorf("cannot read the policies: %w", err)
	}
	return policy.Load(dir)
}

// judge tells what the rules say of a plan. A rule that denies is an error.
func (a *app) judge(rules []*policy.Rule, d *plan.Document, json bool) error {
	found, err := policy.Judge(rules, d.Public(true))
	if err != nil {
		return err
	}
	a.doubt(rules)
	denied := 0
	for _, f := range found {
		level := "warned"
		if f.Rule.Denies {
			level = "denied"
			denied++
		}
		if json {
			if err := a.emit(ui.PolicyEvent{Policy: f.Rule.Name, Denied: f.Rule.Denies, At: f.Rule.Pos.String(), Msg: f.Rule.Message, About: f.About}); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(a.err, "%s by policy %q%s (%s)\n", a.level(level), f.Rule.Name, said(f.Rule.Message), f.Rule.Pos)
		for _, about := range f.About {
			fmt.Fprintf(a.err, "  %s\n", about)
		}
	}
	if denied > 0 {
		return fmt.Errorf("the plan is denied by %s", count(denied, "policy", "policies"))
	}
	return nil
}

// doubt shows what is odd in rules.
func (a *app) doubt(rules []*policy.Rule) {
	for _, r := range rules {
		for _, d := range r.Doubts {
			diag.Render(a.err, d, a.excerpts(nil))
		}
	}
}

func (a *app) level(word string) string {
	if word == "denied" {
		return a.paint.Red(word)
	}
	return a.paint.Yellow(word)
}

func said(message string) string {
	if message == "" {
		return ""
	}
	return ": " + strings.TrimRight(message, "\n")
}

func count(n int, one, many string) string {
	if n == 1 {
		return format.Plural(1, one)
	}
	return fmt.Sprintf("%d %s", n, many)
}

func (a *app) policy() *cobra.Command {
	c := &cobra.Command{
		Use:   "policy",
		Short: "Check plans against policies",
		Long: `Check plans against the policies in policies/*.yml beside the inventory. pig plan and pig apply do this
automatically: a plan that a rule denies is neither saved nor applied.

  pig policy test my.plan
  pig policy test my.plan --policies policies

docs/ci.md has examples of rules.

` + exitHelp,
	}
	c.AddCommand(a.policyTest())
	return c
}

func (a *app) policyTest() *cobra.Command {
	dir, asJSON := "", false
	c := &cobra.Command{
		Use: "test PLANFILE", Short: "Judge a plan file", Args: cobra.ExactArgs(1),
		Long: "Judge a plan file, or the output of pig plan --json, by the rules of a folder. No host is asked.\n\n  pig policy test my.plan --policies policies\n\n" + exitHelp,
		RunE: func(_ *cobra.Command, args []string) error {
			d, err := plan.OpenDocument(args[0])
			if err != nil {
				return err
			}
			rules, err := namedRules(dir)
			if err != nil {
				return err
			}
			if err := a.judge(rules, d, asJSON); err != nil {
				return err
			}
			if !asJSON {
				_, err = fmt.Fprintf(a.out, "%s: %s\n", a.paint.Green("allowed"), count(len(rules), "policy", "policies"))
			}
			return err
		},
	}
	c.Flags().StringVar(&dir, "policies", policyFolder, "folder of the rules")
	c.Flags().BoolVar(&asJSON, "json", false, "output as JSON, one event a line")
	return c
}
