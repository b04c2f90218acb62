package cli

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"pig/internal/graph"
	"pig/internal/plan"
	"pig/internal/product"
	"pig/internal/report"
	"pig/internal/ui"
)

type applyOptions struct {
	runOptions
	yes    bool
	verify string
	// policies is the folder of rules, "" for the one beside the inventory.
	policies string
	format   report.Format
}

// AddFlags adds the flags to a command.
func (o *applyOptions) AddFlags(f *pflag.FlagSet) {
	o.runOptions.AddFlags(f)
	o.passwords.newFlags(f)
	o.lockFlag(f)
	formatFlag(f, &o.format)
	f.BoolVarP(&o.yes, "yes", "y", false, "no question before applying")
	policyFlag(f, &o.policies)
	f.StringVar(&o.verify, "verify", "", "file of allowed signers: a plan file is applied only with the signature of one")
	f.StringSliceVar(&o.confirm, "confirm", nil, "names of the objects that may lose their data, instead of typing them; may be repeated")
}

func (a *app) apply() *cobra.Command {
	o := &applyOptions{}
	c := &cobra.Command{
		Use:   "apply [PLANFILE | MODULE|CLUSTER ...]",
		Short: "Apply the inventory to its hosts",
		Long: `Plan the changes, show them, ask, and apply them. Resources that match the inventory already are not changed.

  pig apply
  pig apply pg-test --yes
  pig apply my.plan
  pig apply my.plan --verify allowed_signers

A plan file is checked first: a cluster is refused if its part of the inventory or its hosts have changed since the plan.

` + exitHelp,
		RunE: func(c *cobra.Command, args []string) error {
			a.reports("apply", o.format, o.inventory)
			return a.runApply(c.Context(), o, args)
		},
	}
	o.AddFlags(c.Flags())
	return c
}

func (a *app) runApply(ctx context.Context, o *applyOptions, args []string) error {
	var kept *plan.Plan
	if err := onePlanFile(args); err != nil {
		return err
	}
	if len(args) == 1 && isFile(args[0]) {
		var err error
		if kept, err = a.openPlan(args[0], o.verify); err != nil {
			return err
		}
		if err := o.wholePlan(args[0]); err != nil {
			return err
		}
		o.plan, o.forgets = args[0], true // passwords are generated only for what still holds
		o.limit, o.tags, args = kept.Limit, kept.Tags, kept.Only
	}
	if kept == nil && o.verify != "" {
		return errors.New("cannot verify without a plan file: name one, as in pig apply my.plan --verify KEYS")
	}
	s, err := a.open(ctx, &o.runOptions)
	if err != nil {
		return err
	}
	defer s.close()
	s.recreate = o.confirm
	salt, rounds := "", 0
	if kept != nil {
		salt, rounds = kept.Salt, kept.Rounds
	}
	rules, err := s.rules(o.policies)
	if err != nil {
		return err
	}
	change, err := readChange(s.pkiDir())
	if err != nil {
		return err
	}
	p, g, err := s.planWith(ctx, args, salt, rounds)
	if err != nil {
		return err
	}
	var refused error
	if kept != nil {
		now, err := p.AsKept()
		if err != nil {
			return err
		}
		g, refused = s.refuseStale(kept, now, g)
	} else if err := s.showPlan(p); err != nil {
		return err
	}
	if err := a.judge(rules, p.Document(), o.json); err != nil {
		return fmt.Errorf("%w: nothing was changed", err)
	}
	sum := plan.Summarize(p.Units...)
	switch {
	case sum.Bad() > 0 && refused == nil:
		return planStatus(sum)
	case sum.Bad() > 0 || len(g.Names()) == 0:
		fmt.Fprintln(a.err, "Nothing was changed.")
		return refused
	case sum.Changes()+sum.Unknown == 0 && !o.check: // all is there already, the CA too
		return errors.Join(s.caOnHosts(change, g, p.Units, nil), planStatus(sum), refused)
	case o.check:
		return errors.Join(planStatus(sum), refused)
	}
	if err := s.consent(o, kept != nil, p); err != nil {
		return err
	}
	if kept != nil {
		if err := s.keepPasswords(); err != nil {
			return err
		}
	}
	s.confirmed = append([]string{}, losses(p)...)
	stillSo := func() error { return s.stillSo(ctx, p, g, args, salt, rounds) }
	if err := s.perform(ctx, g, p, change, stillSo); err != nil {
		return err
	}
	return refused
}

// openPlan reads a plan file, once: what is applied is what was signed.
func (a *app) openPlan(path, signers string) (*plan.Plan, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the plan: %w", err)
	}
	if signers != "" {
		who, err := verifySigned(path, text, signers)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(a.err, "Plan %s is signed by %s.\n", path, who)
	}
	return plan.Parse(path, text)
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// showDifferences tells what was done otherwise than planned.
func (s *screen) showDifferences(list []string) {
	for _, d := range list {
		if s.opt.json {
			_ = s.app.emit(ui.DifferenceEvent{Msg: d})
			continue
		}
		fmt.Fprintf(s.app.err, "%s %s\n", s.app.paint.Yellow("not as planned:"), d)
	}
}

// stillSo refuses to apply what was planned before another run had the hosts, if now other changes would follow.
func (s *session) stillSo(ctx context.Context, planned *plan.Plan, g *graph.Graph[product.Unit], args []string, salt string, rounds int) error {
	was, err := planned.AsKept()
	if err != nil {
		return err
	}
	again, _, err := s.planWith(ctx, args, salt, rounds)
	if err != nil {
		return err
	}
	now, err := again.AsKept()
	if err != nil {
		return err
	}
	for _, name := range g.Names() {
		if now.Unit(name) == nil {
			return fmt.Errorf("another run has changed objects of %s: plan again: nothing was changed", name)
		}
		if why := plan.Stale(was, now, name, s.passwords.Path()); why != "" {
			return fmt.Errorf("the other run changed %s: %s: plan again: nothing was changed", name, why)
		}
	}
	return nil
}

// perform applies the units of g. If it had to wait for the locks, stillSo has to let it begin.
func (s *session) perform(ctx context.Context, g *graph.Graph[product.Unit], planned *plan.Plan, change *caChange, stillSo func() error) (err error) {
	release, err := s.lock(ctx, g)
	if err != nil {
		return err
	}
	defer release()
	if s.waited {
		if err := stillSo(); err != nil {
			return err
		}
	}
	o := s.base
	o.FreeByDefault = true
	e, finish, err := s.recorded(s.engine(o, s.sink()), "apply", hostsOf(g))
	if err != nil {
		return err
	}
	defer finish(&err)
	pace := newPace()
	units, err := s.walk(ctx, e, g, nil)
	if noted := s.noteKept(); noted != nil && err == nil {
		err = noted
	}
	names, stats := e.Stats()
	e.sink.Recap(names, stats)
	if !s.opt.json {
		fmt.Fprint(s.app.out, ui.Totals(s.app.paint, units, true)+pace.tell(g, units))
	}
	s.showDifferences(plan.Differences(planned.Units, units))
	for _, u := range units {
		if u.Skipped != "" {
			fmt.Fprintf(s.app.err, "%s was not started, because %s failed\n", u.Unit.Name, u.Skipped)
		}
	}
	if err != nil {
		return err
	}
	if err := s.caOnHosts(change, g, units, e.Engine); err != nil {
		return err
	}
	if err := status(stats); err != nil {
		return err
	}
	for _, u := range units {
		if u.Error != "" {
			return errors.New(u.Unit.Name + ": " + u.Error)
		}
	}
	return s.assureRun(ctx, s.env, units)
}
