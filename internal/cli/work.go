package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"pig/internal/inventory"
	"pig/internal/product"
	"pig/internal/value"
)

// work is what a product's verb sees of a session.
type work struct {
	session *session
	env     *product.Environment
	verb    string
	args    []string
	flags   *pflag.FlagSet
	confirm string // the name that --confirm gave, instead of one that is typed
}

// Environment implements product.Work.
func (w *work) Environment() *product.Environment { return w.env }

// Args implements product.Work.
func (w *work) Args() []string { return w.args }

// Text implements product.Work.
func (w *work) Text(flag string) string { return own(w.flags.GetString(flag)) }

// Switch implements product.Work.
func (w *work) Switch(flag string) bool { return own(w.flags.GetBool(flag)) }

// Number implements product.Work.
func (w *work) Number(flag string) int { return own(w.flags.GetInt(flag)) }

// own is the value of a flag. A verb that asks for one it has not declared is a mistake in pig.
func own[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Limit implements product.Work.
func (w *work) Limit() string { return w.session.opt.limit }

// Limited implements product.Work.
func (w *work) Limited() ([]string, error) { return namesOf(w.session.hosts()) }

// Match implements product.Work.
func (w *work) Match(patterns []string) ([]string, error) {
	return namesOf(w.session.inventory.Match(strings.Join(patterns, ",")))
}

func namesOf(hosts []*inventory.Host, err error) ([]string, error) {
	var names []string
	for _, h := range hosts {
		names = append(names, h.Name)
	}
	return names, err
}

// Vars implements product.Work.
func (w *work) Vars(host string) *value.Dict { return w.session.vars(w.env, host) }

// NoCluster implements product.Work.
func (w *work) NoCluster(name string) error { return w.session.noCluster(w.env, name) }

// PlansOnly implements product.Work.
func (w *work) PlansOnly() bool { return w.session.base.Plan }

// Unguarded implements product.Work.
func (w *work) Unguarded(safeguard string, hosts []string) error {
	return w.session.unguarded(w.env, safeguard, hosts)
}

// Typed implements product.Work.
func (w *work) Typed(name, loss string) error { return w.session.typed(name, w.confirm, loss) }

// TellKnown implements product.Work.
func (w *work) TellKnown(name string, hosts []string, err error) {
	if departed(err) {
		w.session.tellKnown(w.env, w.env.Named(name), hosts)
	}
}

// Serving implements product.Work.
func (w *work) Serving(ctx context.Context, cluster string, replica bool) (string, error) {
	return w.session.serving(ctx, w.env, cluster, replica)
}

// Terminal implements product.Work.
func (w *work) Terminal(ctx context.Context, host string, argv []string) error {
	return w.session.openTerminal(ctx, host, argv)
}

// Say implements product.Work.
func (w *work) Say(format string, args ...any) {
	fmt.Fprintf(w.session.app.err, format+"\n", args...)
}

// Play implements product.Work.
func (w *work) Play(ctx context.Context, p product.Play) error {
	_, err := w.play(ctx, p)
	return err
}

// Preview implements product.Work.
func (w *work) Preview(ctx context.Context, p product.Play) (changes int, err error) {
	if w.confirm != "" {
		return 1, nil
	}
	base := &w.session.base
	base.Plan = true
	defer func() { base.Plan = false }()
	return w.play(ctx, p)
}

// play runs one of pig's own playbooks, and tells how many tasks changed something, or would.
func (w *work) play(ctx context.Context, p product.Play) (changes int, err error) {
	s := w.session
	switch {
	case p.Only != "":
		s.base.Tags = []string{p.Only}
	case len(p.Tags) > 0 && len(s.opt.tags) == 0:
		s.base.Tags = p.Tags
	}
	if p.Extra != nil {
		s.extra.Update(p.Extra)
		s.base.ExtraVars = s.extra
		s.plays = nil // these variables may name what playbooks import
	}
	if p.Cluster != nil {
		s.base.Cluster = p.Cluster
	}
	if p.MayLose != nil {
		s.opt.confirm = p.MayLose
	}
	changes, err = s.runPlaybook(ctx, w.verb, p.Playbook, p.Hosts)
	if p.Bears && errors.Is(err, hostStatus(false, true)) {
		err = nil
	}
	return changes, err
}

// runPlaybook runs one of pig's own playbooks on hosts, and tells how many tasks changed something.
func (s *runner) runPlaybook(ctx context.Context, verb, playbook string, hosts []string) (changes int, err error) {
	if err := s.checkTags(playbook); err != nil {
		return 0, err
	}
	plays, err := s.own(playbook)
	if err != nil {
		return 0, err
	}
	s.recreate, s.confirmed = s.opt.confirm, append([]string{}, s.opt.confirm...)
	if !s.base.Plan {
		if err := s.keepPasswords(); err != nil {
			return 0, err
		}
		release, err := s.lockHosts(ctx, hosts)
		if err != nil {
			return 0, err
		}
		defer release()
	}
	o := s.base
	o.FreeByDefault = true
	e := s.engine(o, s.sink())
	err = s.run(ctx, verb, e, plays, hosts...)
	_, stats := e.Stats()
	for _, one := range stats {
		changes += one.Changed
	}
	return changes, err
}
