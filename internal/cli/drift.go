package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"pig/internal/plan"
	"pig/internal/private"
	"pig/internal/ui"
)

type driftOptions struct {
	runOptions
	prometheus string
}

// AddFlags adds the flags to a command.
func (o *driftOptions) AddFlags(f *pflag.FlagSet) {
	o.reachFlags(f)
	f.StringSliceVarP(&o.tags, "tags", "t", nil, "tags of the tasks to look at")
	f.BoolVarP(&o.diff, "diff", "D", false, "differences of changed contents")
	f.BoolVar(&o.json, "json", false, "output as JSON, one event a line")
	f.StringVar(&o.prometheus, "prometheus", "", "file to write metrics to, for the textfile collector of node_exporter")
}

func (a *app) drift() *cobra.Command {
	o := &driftOptions{}
	c := &cobra.Command{
		Use:   "drift [MODULE|CLUSTER ...]",
		Short: "Show differences between the hosts and the inventory",
		Long: `Show differences between the hosts and the inventory, for each unit: changes by hand, edits of the inventory that are
not applied yet, and what does not run as declared. Nothing is changed, also no file of the inventory.

  pig drift
  pig drift pg-test --json
  pig drift --prometheus /var/lib/node_exporter/pig.prom

Run it on the inventory that was applied last, and all that it shows was changed outside of pig. The exit status is that of
plan --detailed-exitcode: 0 nothing differs, 2 something differs, 1 any failure.

` + exitHelp,
		RunE: func(c *cobra.Command, args []string) error {
			return a.runDrift(c.Context(), o, args)
		},
	}
	o.AddFlags(c.Flags())
	return c
}

func (a *app) runDrift(ctx context.Context, o *driftOptions, args []string) error {
	o.check = true // no password is generated
	s, err := a.open(ctx, &o.runOptions)
	if err != nil {
		return err
	}
	defer s.close()
	p, _, err := s.planWith(ctx, args, "", 0)
	if err != nil {
		return err
	}
	d := p.Document()
	if o.prometheus != "" {
		if err := private.Replace(o.prometheus, []byte(ui.DriftMetrics(d, time.Now())), 0o644); err != nil { // another account's exporter reads the file
			return fmt.Errorf("cannot write the metrics: %w", err)
		}
	}
	if err := s.showDrift(p, d); err != nil {
		return err
	}
	return driftStatus(plan.Summarize(p.Units...))
}

// driftStatus is that of plan --detailed-exitcode, but that what does not run as declared differs: it is no failure to find that out.
func driftStatus(sum plan.Summary) error {
	switch {
	case sum.Bad() > 0:
		return exitStatus(exitError)
	case sum.Changes()+sum.Problems > 0:
		return exitStatus(exitPending)
	}
	return nil
}

func (s *screen) showDrift(p *plan.Plan, d *plan.Document) error {
	if s.opt.json {
		return s.app.emit(ui.Drift(d))
	}
	_, err := fmt.Fprint(s.app.out, ui.Plan(s.app.paint, p.Units, ui.PlanOptions{Diff: s.opt.diff, Verbosity: s.opt.verbosity})+ui.DriftTotals(s.app.paint, d))
	return err
}
