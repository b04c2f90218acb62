package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"pig/internal/diag"
	"pig/internal/engine"
	"pig/internal/params"
	"pig/internal/playbook"
	"pig/internal/ui"
	"pig/internal/value"
)

func (a *app) play() *cobra.Command {
	o := &runOptions{asWritten: true}
	var syntax bool
	var l listing
	c := &cobra.Command{
		Use:   "play FILE.yml ...",
		Short: "Run Ansible playbooks",
		Long: `Run Ansible playbooks, with the flags of ansible-playbook.

  pig play site.yml -l web -t config --check --diff

pig does the same when started by the name ansible-playbook.

` + exitHelp,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			conf, err := readAnsibleConfig(os.Getenv)
			if err != nil {
				return err
			}
			o.configured(conf, c.Flags().Changed)
			for _, w := range conf.unobeyed() {
				fmt.Fprintln(a.err, a.paint.Yellow("warning: "+w))
			}
			o.playbooks = filepath.Dir(args[0])
			s, err := a.open(c.Context(), o)
			if err != nil {
				return err
			}
			defer s.close()
			ansible := o.output == "ansible"
			plays, err := s.load(args)
			if err != nil {
				return o.unread(err)
			}
			if err := s.selects(args); err != nil && (!ansible || o.limit != "") {
				return err
			}
			switch {
			case syntax:
				if err := s.checkSyntax(args, plays); err != nil {
					return o.unread(err)
				}
				if ansible {
					_, err = fmt.Fprintf(a.out, "\nplaybook: %s\n", strings.Join(args, "\n\nplaybook: "))
					return err
				}
				_, err := fmt.Fprintln(a.out, "syntax: valid")
				return err
			case l.any() && ansible:
				return s.listAsAnsible(args[0], plays, l)
			case l.any():
				return s.list(plays, l)
			}
			if err := s.prompt(plays); err != nil {
				return err
			}
			if ansible && o.verbosity > 0 {
				fmt.Fprintln(a.out, cmp.Or(used(conf.file), "No config file found; using defaults"))
			}
			s.base.GatherFacts = conf.get("ANSIBLE_GATHERING", "defaults", "gathering") != "explicit"
			s.base.Config, s.base.Forgetful = conf.file, o.output == "ansible"
			if !s.base.Plan {
				release, err := s.lockPlays(c.Context(), plays)
				if err != nil {
					return err
				}
				defer release()
			}
			return s.run(c.Context(), "play", s.engine(s.base, s.sink()), plays)
		},
	}
	o.AddFlags(c.Flags())
	o.lockFlag(c.Flags())
	c.Flags().Var(oneOf{&o.output, []string{"pig", "ansible"}}, "output", "form of the output: pig, or ansible as ansible-playbook prints it")
	c.Flags().BoolVar(&syntax, "syntax-check", false, "syntax check only, without running tasks")
	c.Flags().BoolVar(&l.tasks, "list-tasks", false, "list of the tasks, without running them")
	c.Flags().BoolVar(&l.hosts, "list-hosts", false, "list of the hosts, without running tasks")
	c.Flags().BoolVar(&l.tags, "list-tags", false, "list of the tags, without running tasks")
	return c
}

// used tells of an ansible.cfg that is there.
func used(file string) string {
	if file == "" {
		return ""
	}
	return "Using " + file + " as config file"
}

// unread is an error in a playbook that was not begun. ansible-playbook has a code of its own for it, but for roles that are not there.
func (o *runOptions) unread(err error) error {
	var one *diag.Diagnostic
	var list diag.List
	if errors.As(err, &list) && len(list) > 0 {
		one = list[0]
	} else {
		errors.As(err, &one)
	}
	if o.output != "ansible" || one != nil && strings.HasPrefix(one.Summary, "role ") || errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return coded{err, 4}
}

// load reads playbooks.
func (s *runner) load(paths []string) ([]*playbook.Play, error) {
	l := s.loader()
	var plays []*playbook.Play
	for _, p := range paths {
		more, err := l.Load(p)
		if err != nil {
			return nil, err
		}
		plays = append(plays, more...)
	}
	for _, w := range l.Warnings() {
		fmt.Fprintln(s.app.err, s.app.paint.Yellow("warning: "+w.Error()))
	}
	return plays, nil
}

// shown is a sink that ends with a recap.
type shown interface {
	engine.Sink
	Recap(names []string, stats map[string]engine.Stats)
}

func (s *runner) sink() shown {
	term := ui.NewTerminal(s.app.out)
	switch {
	case s.opt.json:
		return ui.NewJSON(term, s.base.Plan, s.opt.diff)
	case s.opt.output == "ansible":
		return ui.NewAnsible(term, s.app.paint, ui.AnsibleOptions{
			Verbosity: s.opt.verbosity, Diff: s.opt.diff, Format: s.opt.format, Source: s.app.excerpts(s.redactor.Redact),
			Warn: func(text string) { fmt.Fprintln(s.app.err, text) },
		})
	}
	return ui.NewText(term, s.app.paint, ui.TextOptions{Verbosity: s.opt.verbosity, Diff: s.opt.diff, Planned: s.base.Plan})
}

// recapped is an engine with the sink that shows its end.
type recapped struct {
	*engine.Engine
	sink shown
}

// meant is how engines read variables: by today's names, parameters without values as what that means, and secrets sealed.
func meant(vars *value.Dict) *value.Dict { return params.Seal(params.Modernize(vars)) }

func (s *runner) engine(o engine.Options, sink shown) recapped {
	return recapped{engine.New(engine.Deps{
		Inventory: s.inventory, Nodes: s.nodes, Modules: s.modules, Loader: s.loader(), Files: s.files, Templates: s.templates,
		Sink: sink, Redactor: s.redactor, Reread: s.reread, Ask: s.app.asker(), Protect: meant, Sealed: params.ProtectValue, Derived: s.derived, Defaults: s.defaults,
	}, o), sink}
}

// run runs plays to their end and gives the exit status. They are recorded under verb, and kept to the hosts in only if it
// names any.
func (s *runner) run(ctx context.Context, verb string, e recapped, plays []*playbook.Play, only ...string) (err error) {
	hosts, err := s.selected(plays, only)
	if err != nil {
		return err
	}
	e, finish, err := s.recorded(e, verb, hosts)
	if err != nil {
		return err
	}
	defer finish(&err)
	done := make(chan struct{})
	go s.app.watch(e.Engine, done)
	err = e.Run(ctx, plays, only...)
	close(done)
	names, stats := e.Stats()
	e.sink.Recap(names, stats)
	if err != nil {
		return err
	}
	if s.opt.output == "ansible" {
		return hostStatus(len(e.Failed(names)) > len(e.Unreachable(names)) && len(e.Unreachable(names)) == 0, len(e.Unreachable(names)) > 0)
	}
	return status(stats)
}

func status(stats map[string]engine.Stats) error {
	failed, unreachable := false, false
	for _, s := range stats {
		failed = failed || s.Failed > 0
		unreachable = unreachable || s.Unreachable > 0
	}
	return hostStatus(failed, unreachable)
}
