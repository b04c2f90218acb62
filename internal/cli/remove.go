package cli

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"pig/internal/diag"
	"pig/internal/params"
	"pig/internal/product"
	"pig/internal/value"
)

// removal is a verb that takes a module away from hosts.
type removal struct {
	use, short, long, example string
	args                      cobra.PositionalArgs
	module                    string // the playbook is its name with -rm
	safeguard                 string // the parameter that has to be off; "" for none
	// name is what has to be typed.
	name func(env *product.Environment, hosts []string) string
	// hint is what to do next.
	hint func(env *product.Environment, hosts []string) string
}

// removalVerb makes a verb whose arguments are the hosts to take the module from; none are all.
func (a *app) removalVerb(r removal) *cobra.Command {
	o := &runOptions{}
	var confirm string
	c := &cobra.Command{
		Use: r.use, Short: r.short, Args: r.args,
		Long: r.long + "\n\n" + r.example + "\n\n" + exitHelp,
		RunE: func(c *cobra.Command, args []string) error {
			s, env, err := a.openEnvironment(c.Context(), o)
			if err != nil {
				return err
			}
			defer s.close()
			return s.remove(c.Context(), env, r, args, confirm)
		},
	}
	o.AddFlags(c.Flags())
	c.Flags().StringVar(&confirm, "confirm", "", "name of the removed object, instead of typing it")
	return c
}

// openEnvironment is a session with an inventory that has been validated and resolved.
func (a *app) openEnvironment(ctx context.Context, o *runOptions) (*session, *product.Environment, error) {
	s, err := a.open(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	env, err := s.environment()
	if err != nil {
		s.close()
		return nil, nil, err
	}
	if err := s.withEnvironment(ctx, env); err != nil {
		s.close()
		return nil, nil, err
	}
	return s, env, nil
}

func (s *session) remove(ctx context.Context, env *product.Environment, r removal, named []string, confirm string) error {
	hosts, err := s.namedHosts(env, r.module, named)
	if err != nil {
		return err
	}
	if r.safeguard != "" {
		if err := s.unguarded(env, r.safeguard, hosts); err != nil {
			return err
		}
	}
	verb := r.module + "-rm"
	if !s.base.Plan {
		name := r.name(env, hosts)
		if err := s.typed(name, confirm, removed(name, hosts)); err != nil {
			return err
		}
	}
	err = s.runModule(ctx, verb, verb, hosts)
	if s.base.Plan {
		return err
	}
	if departed(err) {
		s.tellKnown(env, r.module, hosts)
	}
	if err != nil {
		return err
	}
	if r.hint == nil {
		return nil
	}
	fmt.Fprintln(s.app.err, r.hint(env, hosts))
	return nil
}

// namedHosts are the hosts of a module that the operator named, by patterns; all if there is none.
func (s *session) namedHosts(env *product.Environment, module string, named []string) ([]string, error) {
	hosts, err := s.moduleHosts(env, module)
	if err != nil || len(named) == 0 {
		return hosts, err
	}
	matched, err := s.inventory.Match(strings.Join(named, ","))
	if err != nil {
		return nil, err
	}
	var chosen []string
	for _, h := range matched {
		if slices.Contains(hosts, h.Name) {
			chosen = append(chosen, h.Name)
		}
	}
	if len(chosen) == 0 {
		return nil, fmt.Errorf("no host of module %[2]s matches %[1]q", strings.Join(named, " "), module)
	}
	return chosen, nil
}

// unguarded fails if the safeguard is on for any of hosts.
func (s *session) unguarded(env *product.Environment, safeguard string, hosts []string) error {
	for _, h := range hosts {
		vars := s.vars(env, h)
		if v := vars.At(safeguard); v != nil && !params.IsTemplate(v) && value.Truthy(v) {
			return diag.Errorf(vars.KeyPos(safeguard), "%s is on for %s: nothing is removed", safeguard, h).
				WithHint("to allow the removal, write %s: false in the inventory", safeguard)
		}
	}
	return nil
}

// typed wants the name of what loses its data, told by loss: nothing irreversible happens with one key.
func (s *session) typed(name, given, loss string) error {
	switch {
	case given == name:
		return nil
	case given != "":
		return fmt.Errorf("invalid --confirm %q: want %q: nothing was changed", given, name)
	}
	if f, ok := s.app.in.(*os.File); !ok || !term.IsTerminal(int(f.Fd())) {
		fmt.Fprintf(s.app.err, "Nothing was changed: no terminal to confirm on. Add --confirm %s\n", name)
		return exitStatus(exitConfirm)
	}
	if !s.app.answers(bufio.NewReader(s.app.in), loss+" Type the name to go on: ", name) {
		return exitStatus(exitConfirm)
	}
	return nil
}

// removed tells what a removal takes away.
func removed(name string, hosts []string) string {
	return fmt.Sprintf("%s and all its data will be removed from %s.", name, strings.Join(hosts, ", "))
}
