package cli

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/aymanbagabas/go-udiff"
	"github.com/spf13/cobra"

	"pig/internal/cmdb"
	"pig/internal/diag"
	"pig/internal/value"
	"pig/internal/yaml"
)

func (a *app) cmdbHistory() *cobra.Command {
	var last int
	var values bool
	c := a.cmdbVerb("history [CLUSTER|HOST [PARAMETER]]", "Show the changes in the CMDB with author, time and reason", " Values are shown with --diff; secrets are masked.", "history pg-test pg_users --diff", cobra.MaximumNArgs(2),
		func(ctx context.Context, s *cmdbSession, args []string) error {
			f := cmdb.Filter{Last: last}
			if len(args) > 0 {
				f.Subject = args[0]
			}
			if len(args) > 1 {
				f.Key = args[1]
			}
			return s.with(ctx, func(db *cmdb.DB, keys *cmdb.Keys) error {
				list, err := db.History(ctx, f)
				if err != nil {
					return err
				}
				for _, e := range list {
					s.redactor.Add(keys.SecretsOf(e.Changes)...)
				}
				_, err = fmt.Fprint(a.out, s.redacted(historyText(list, values)))
				return err
			})
		})
	c.Flags().VarP(atLeast{&last, 0}, "last", "n", "number of versions to show, 0 for all")
	last = 20
	c.Flags().BoolVarP(&values, "diff", "D", false, "values before and after")
	return c
}

// mostRows is how many rows of one version are named: a first load has thousands.
const mostRows = 20

// historyText lists versions with the rows that they changed.
func historyText(list []cmdb.Entry, values bool) string {
	var b strings.Builder
	for _, e := range list {
		fmt.Fprintf(&b, "version %d  %s  %s", e.ID, e.Time.UTC().Format(time.RFC3339), e.Author)
		if e.Role != "" && e.Role != e.Author {
			fmt.Fprintf(&b, " (%s)", e.Role)
		}
		fmt.Fprintf(&b, "  %s", e.Kind)
		if e.Reason != "" {
			fmt.Fprintf(&b, ": %s", e.Reason)
		}
		b.WriteString("\n")
		changes := e.Changes
		if len(changes) > mostRows && !values {
			changes = changes[:mostRows]
		}
		for _, c := range changes {
			b.WriteString(changeText(c, values))
		}
		if n := len(e.Changes) - len(changes); n > 0 {
			fmt.Fprintf(&b, "  and %d more rows\n", n)
		}
	}
	return b.String()
}

// changeText is a changed row: what it is, and with values what it was.
func changeText(c cmdb.Change, values bool) string {
	head := "  " + c.Sign() + " " + c.What()
	if !values || !hasValue(c.Before) && !hasValue(c.After) {
		return head + "\n"
	}
	before, after := valueText(c.Before), valueText(c.After)
	if strings.Count(before, "\n")+strings.Count(after, "\n") <= 2 {
		switch {
		case !hasValue(c.Before):
			return fmt.Sprintf("%s: %s\n", head, strings.TrimSpace(after))
		case !hasValue(c.After):
			return fmt.Sprintf("%s: %s\n", head, strings.TrimSpace(before))
		}
		return fmt.Sprintf("%s: %s -> %s\n", head, strings.TrimSpace(before), strings.TrimSpace(after))
	}
	var b strings.Builder
	b.WriteString(head + "\n")
	lines := strings.Split(strings.TrimSuffix(udiff.Unified("", "", before, after), "\n"), "\n")
	for _, l := range lines[min(2, len(lines)):] {
		if !strings.HasPrefix(l, "@@") {
			b.WriteString("      " + l + "\n")
		}
	}
	return b.String()
}

func hasValue(r *cmdb.Row) bool { return r != nil && r.Valued() }

// valueText is a value as YAML, with secrets masked.
func valueText(r *cmdb.Row) string {
	if !hasValue(r) {
		return ""
	}
	flow := yaml.FlowLeaves
	if _, ok := r.Value.(*value.Dict); !ok {
		if _, ok := r.Value.(*value.List); !ok {
			flow = yaml.FlowNever
		}
	}
	return strings.TrimSuffix(yaml.Dump(r.Value, yaml.DumpOptions{Mask: true, Width: 1 << 20, Flow: flow}), "...\n")
}

func (a *app) cmdbDiff() *cobra.Command {
	return a.cmdbVerb("diff [FILE|VERSION [VERSION]]", "Show the differences between a file or a version and the CMDB",
		" A file is compared as what a load of it would\nchange, a version with the newest one or with a second one. Exit status 2 if there are differences.", "diff pigsty.yml\ndiff 12 14", cobra.MaximumNArgs(2),
		func(ctx context.Context, s *cmdbSession, args []string) error {
			return s.with(ctx, func(db *cmdb.DB, keys *cmdb.Keys) error {
				before, after, err := s.sides(ctx, db, args)
				if err != nil {
					return err
				}
				s.hide(before, keys)
				s.hide(after, keys)
				changes := cmdb.Compare(before, after, keys)
				cmdb.SortChanges(changes)
				for _, c := range changes {
					if c.Undecided(keys) {
						fmt.Fprintf(a.out, "  ? %s: cannot compare encrypted values without a key: give --vault-password-file or --age-identity\n", c.What())
						continue
					}
					fmt.Fprint(a.out, s.redacted(changeText(c, true)))
				}
				if len(changes) == 0 {
					_, err = fmt.Fprintln(a.out, "No differences.")
					return err
				}
				return exitStatus(exitFailed)
			})
		})
}

// sides are what is compared: the tables with a file, or two versions.
func (s *cmdbSession) sides(ctx context.Context, db *cmdb.DB, args []string) (before, after *cmdb.Rows, err error) {
	if len(args) == 0 {
		args = []string{defaultInventory}
	}
	version, bad := strconv.ParseInt(args[0], 10, 64)
	if bad != nil {
		if len(args) > 1 {
			return nil, nil, diag.Errorf(diag.Pos{}, "invalid version %q: want a number", args[0])
		}
		text, err := os.ReadFile(args[0])
		if err != nil {
			return nil, nil, fmt.Errorf("cannot read the inventory: %w", err)
		}
		file, err := cmdb.ReadText(args[0], text)
		if err != nil {
			return nil, nil, err
		}
		state, err := db.Read(ctx, 0)
		if err != nil {
			return nil, nil, err
		}
		return state.Rows, file.Rows, nil
	}
	var second int64
	if len(args) > 1 {
		if second, err = strconv.ParseInt(args[1], 10, 64); err != nil {
			return nil, nil, diag.Errorf(diag.Pos{}, "invalid version %q: want a number", args[1])
		}
	}
	first, err := db.Read(ctx, version)
	if err != nil {
		return nil, nil, err
	}
	other, err := db.Read(ctx, second)
	if err != nil {
		return nil, nil, err
	}
	return first.Rows, other.Rows, nil
}
