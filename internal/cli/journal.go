package cli

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"pig/internal/diag"
	"pig/internal/format"
	"pig/internal/journal"
	"pig/internal/ui"
)

func (a *app) journal() *cobra.Command {
	c := &cobra.Command{
		Use:   "journal",
		Short: "Show past runs and their changes",
		Long: `Show past runs: the user, the verb and the hosts of each run, the changes and failures, and how the run ended.

  pig journal list
  pig journal show last
  pig journal show 20261122T0747 --json

Records are kept in $XDG_STATE_HOME/pig/journal, or ~/.local/state/pig/journal, readable for their owner only.
Secrets are masked.

` + exitHelp,
	}
	c.AddCommand(a.journalList(), a.journalShow())
	return c
}

func (a *app) journalList() *cobra.Command {
	var last int
	c := &cobra.Command{
		Use: "list", Short: "List the runs, the latest last", Args: cobra.NoArgs,
		Long: "List the runs, the latest last.\n\n  pig journal list -n 5\n\n" + exitHelp,
		RunE: func(*cobra.Command, []string) error {
			dir, err := journal.Dir()
			if err != nil {
				return err
			}
			runs, err := journal.List(dir)
			if err != nil {
				return err
			}
			if last > 0 && len(runs) > last {
				runs = runs[len(runs)-last:]
			}
			w := tabwriter.NewWriter(a.out, 0, 8, 2, ' ', 0)
			fmt.Fprintln(w, "RUN\tWHO\tVERB\tHOSTS\tCHANGED\tFAILED\tTOOK\tEXIT")
			for _, r := range runs {
				fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\t%d\t%s\t%s\n", r.ID, r.Start.Who, r.Start.Verb, len(r.Start.Hosts), r.Changed(), r.Failed(), took(r), ended(r))
			}
			return w.Flush()
		},
	}
	c.Flags().IntVarP(&last, "last", "n", 20, "number of runs; 0 is all")
	return c
}

func took(r *journal.Run) string {
	if r.End == nil {
		return "-"
	}
	return time.Duration(r.End.Seconds * float64(time.Second)).Round(100 * time.Millisecond).String()
}

func ended(r *journal.Run) string {
	if r.End == nil {
		return "no end"
	}
	return fmt.Sprint(r.End.Exit)
}

func (a *app) journalShow() *cobra.Command {
	var raw bool
	c := &cobra.Command{
		Use: "show [RUN]", Short: "Show one run, or the last run", Args: cobra.MaximumNArgs(1),
		Long: "Show one run, or the last run without RUN. The beginning of a run's name is enough.\n\n  pig journal show 20261122T0747\n\n" + exitHelp,
		RunE: func(_ *cobra.Command, args []string) error {
			dir, err := journal.Dir()
			if err != nil {
				return err
			}
			r, err := journal.Find(dir, append(args, "last")[0])
			if err != nil {
				return err
			}
			if raw {
				text, err := os.ReadFile(r.Path)
				if err != nil {
					return err
				}
				_, err = a.out.Write(text)
				return err
			}
			_, err = fmt.Fprint(a.out, a.shownRun(r))
			return err
		},
	}
	c.Flags().BoolVar(&raw, "json", false, "the record as JSON, one object a line")
	return c
}

func (a *app) shownRun(r *journal.Run) string {
	var b strings.Builder
	s := r.Start
	fmt.Fprintf(&b, "%s\n", a.paint.Bold(r.ID))
	fmt.Fprintf(&b, "  pig %s\n", diag.OneLine(strings.Join(s.Args, " ")))
	fmt.Fprintf(&b, "  by %s in %s, pid %d, pig %s, inventory %s\n", s.Who, s.Dir, s.PID, s.Pig, strings.Join(s.Inventory, " "))
	fmt.Fprintf(&b, "  on %s\n", ui.Few(s.Hosts, 8))
	for _, res := range r.Results {
		mark := a.paint.Yellow("~")
		if res.State != "changed" {
			mark = a.paint.Red("✗")
		}
		fmt.Fprintf(&b, "%s %s %-15s %s", mark, res.Time.Format("15:04:05"), diag.OneLine(res.Host), diag.OneLine(res.Task))
		if res.State != "changed" {
			fmt.Fprintf(&b, ": %s", a.paint.Red(res.State))
		}
		b.WriteString("\n")
		for _, c := range res.Changes {
			fmt.Fprintf(&b, "    %s\n", diag.OneLine(fmt.Sprintf("%v %v %v", c.Action, c.Kind, c.ID)))
		}
		if res.Msg != "" && res.State != "changed" {
			fmt.Fprintf(&b, "    %s\n", strings.ReplaceAll(diag.Visible(res.Msg), "\n", "\n    "))
		}
	}
	b.WriteString(a.shownEnd(r))
	return b.String()
}

func (a *app) shownEnd(r *journal.Run) string {
	if r.End == nil {
		return a.paint.Yellow("no end recorded: the run was killed, or still works") + "\n"
	}
	var b strings.Builder
	text := fmt.Sprintf("ended after %s with exit status %d", took(r), r.End.Exit)
	if r.End.Exit == exitOK {
		text = a.paint.Green(text)
	} else {
		text = a.paint.Red(text)
	}
	fmt.Fprintf(&b, "%s: %s changed, %d failed\n", text, format.Plural(r.Changed(), "task"), r.Failed())
	stopped := slices.Clone(r.End.Stopped)
	for _, s := range stopped {
		fmt.Fprintf(&b, "  stopped: %s at %s (%s), %s\n", diag.OneLine(s.Host), diag.OneLine(s.Task), s.At, s.Why)
	}
	return b.String()
}
