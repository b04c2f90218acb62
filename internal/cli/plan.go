package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/crypto/ssh"

	"pig/internal/diag"
	"pig/internal/engine"
	"pig/internal/fleet"
	"pig/internal/graph"
	"pig/internal/plan"
	"pig/internal/product"
	"pig/internal/report"
	"pig/internal/ui"
)

type planOptions struct {
	runOptions
	out      string
	sign     string
	policies string
	detailed bool
	offline  bool
	format   report.Format
}

// AddFlags adds the flags to a command.
func (o *planOptions) AddFlags(f *pflag.FlagSet) {
	o.runOptions.AddFlags(f)
	o.passwords.newFlags(f)
	f.StringVar(&o.out, "out", "", "file to save the plan in, for pig apply FILE")
	policyFlag(f, &o.policies)
	f.StringVar(&o.sign, "sign", "", "SSH key that signs the plan file, for pig apply FILE --verify")
	f.BoolVar(&o.offline, "offline", false, "plan without connections, as for new machines of an assumed size")
	formatFlag(f, &o.format)
	f.BoolVar(&o.detailed, "detailed-exitcode", false, "exit status 0: no changes, 2: changes are pending, 1: any failure")
}

func (a *app) plan() *cobra.Command {
	o := &planOptions{}
	c := &cobra.Command{
		Use:   "plan [MODULE|CLUSTER ...]",
		Short: "Show the changes that apply would make",
		Long: `Show the changes that pig apply would make, and their impact on running systems. Nothing is changed.

  pig plan
  pig plan pg-test --diff
  pig plan --out my.plan && pig apply my.plan
  pig plan --out my.plan --sign ~/.ssh/id_ed25519

` + exitHelp,
		RunE: func(c *cobra.Command, args []string) error {
			a.reports("plan", o.format, o.inventory)
			return a.runPlan(c.Context(), o, args)
		},
	}
	o.AddFlags(c.Flags())
	return c
}

func (a *app) runPlan(ctx context.Context, o *planOptions, args []string) error {
	key, err := a.keeping(o)
	if err != nil {
		return err
	}
	s, err := a.open(ctx, &o.runOptions)
	if err != nil {
		return err
	}
	defer s.close()
	if o.offline {
		partial := len(args)+len(o.tags)+len(o.skipTags) > 0 || o.startAt != ""
		s.nodes, s.offline, o.forgets = fleet.NewOffline(s.fleet, s.modules, partial), true, true
	}
	rules, err := s.rules(o.policies)
	if err != nil {
		return err
	}
	salt := ""
	if o.out != "" {
		if salt, err = plan.NewSalt(); err != nil {
			return err
		}
	}
	p, _, err := s.planWith(ctx, args, salt, 0)
	if err != nil {
		return err
	}
	if err := s.showPlan(p); err != nil {
		return err
	}
	if err := a.judge(rules, p.Document(), o.json); err != nil {
		return err
	}
	sum := plan.Summarize(p.Units...)
	if o.out != "" && sum.Bad() == 0 {
		if err := a.keep(p, o, key); err != nil {
			return err
		}
	}
	if o.detailed {
		return detailedStatus(sum)
	}
	return planStatus(sum)
}

// keeping reads the key that a plan is signed with, and refuses a file that cannot be one of a plan, before anything is asked.
func (a *app) keeping(o *planOptions) (ssh.Signer, error) {
	if o.out == "" {
		if o.sign != "" {
			return nil, errors.New("cannot sign a plan that is not saved: add --out FILE")
		}
		return nil, nil //nolint:nilnil // nothing is kept
	}
	if err := errors.Join(o.keepable(), plan.Replaceable(o.out)); err != nil {
		return nil, err
	}
	if o.sign == "" {
		return nil, nil //nolint:nilnil // it is not signed
	}
	return a.signingKey(o.sign)
}

// keep saves a plan, and its signature if there is a key.
func (a *app) keep(p *plan.Plan, o *planOptions, key ssh.Signer) error {
	if err := p.Save(o.out); err != nil {
		return err
	}
	if key != nil {
		if err := signFile(key, o.out); err != nil {
			return err
		}
	}
	if o.offline {
		fmt.Fprintf(a.err, "Plan saved in %s for review: no host was asked, and pig apply refuses units whose hosts differ.\n", o.out)
	} else {
		fmt.Fprintf(a.err, "Plan saved in %s.\n", o.out)
	}
	return nil
}

func planStatus(sum plan.Summary) error {
	return hostStatus(sum.Failed+sum.Problems > 0, sum.Unreachable > 0)
}

// detailedStatus is Terraform's: pipelines read 2 as "changes", so that no failure may end with it.
func detailedStatus(sum plan.Summary) error {
	switch {
	case planStatus(sum) != nil:
		return exitStatus(exitError)
	case sum.Changes()+sum.Unknown > 0:
		return exitStatus(exitPending)
	}
	return nil
}

// planWith plans what args select. With a salt it binds the plan to what it is made of, slowly, for one that is kept; rounds are those of a plan
// that it is compared with, else 0.
func (s *session) planWith(ctx context.Context, args []string, salt string, rounds int) (*plan.Plan, *graph.Graph[product.Unit], error) {
	if s.opt.startAt != "" {
		return nil, nil, diag.Errorf(diag.Pos{}, "cannot begin at a task of a whole inventory: its units run side by side").WithHint("run one module or playbook: pig pgsql --start-at-task %q", s.opt.startAt)
	}
	env, err := s.settled(ctx)
	if err != nil {
		return nil, nil, err
	}
	g, err := s.units(env, args)
	if err != nil {
		return nil, nil, err
	}
	if err := s.withEnvironment(ctx, env); err != nil {
		return nil, nil, err
	}
	s.env = env
	if err := s.checkTags(playbooksOf(g)...); err != nil {
		return nil, nil, err
	}
	if !s.opt.forgets && !s.opt.check {
		if err := s.keepPasswords(); err != nil {
			return nil, nil, err
		}
	}
	o := s.base
	o.Plan, o.FreeByDefault = true, true
	var bindings map[string]plan.Binding
	if salt != "" {
		if rounds == 0 {
			rounds = plan.Rounds(len(g.Names()))
		}
		if bindings, err = s.bind(g, salt, rounds); err != nil {
			return nil, nil, err
		}
	}
	units, err := s.walk(ctx, s.engine(o, s.quiet()), g, bindings)
	if err != nil && !errors.Is(err, engine.ErrStopped) {
		return nil, nil, err
	}
	if err == nil && !s.offline {
		s.assureUnits(ctx, env, units)
	}
	return &plan.Plan{Pig: Version, Salt: salt, Rounds: rounds, Offline: s.offline, Limit: s.opt.limit, Tags: s.opt.tags, Only: args, Units: units, Tables: s.cmdb.tables()}, g, err
}

// playbooksOf are the playbooks of all units, each once.
func playbooksOf(g *graph.Graph[product.Unit]) []string {
	var names []string
	for _, n := range g.Names() {
		if u, _ := g.Node(n); !slices.Contains(names, u.Playbook) {
			names = append(names, u.Playbook)
		}
	}
	return names
}

// quiet shows just the progress of a plan: what it finds is shown in one piece at its end.
func (s *screen) quiet() shown {
	term := ui.NewTerminal(s.app.err)
	if s.opt.verbosity > 0 && !s.opt.json {
		return ui.NewText(term, s.app.paint, ui.TextOptions{Verbosity: s.opt.verbosity, Diff: s.opt.diff, Planned: true})
	}
	return ui.NewProgress(term)
}

func (s *screen) showPlan(p *plan.Plan) error {
	if s.opt.json {
		return s.app.emit(ui.PlanEvent{Plan: p.Document().Public(s.opt.diff)})
	}
	text := ui.Plan(s.app.paint, p.Units, ui.PlanOptions{Diff: s.opt.diff, Verbosity: s.opt.verbosity}) + ui.Totals(s.app.paint, p.Units, false)
	_, err := fmt.Fprint(s.app.out, text)
	return err
}
