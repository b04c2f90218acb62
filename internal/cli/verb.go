package cli

import (
	"context"

	"github.com/spf13/cobra"

	"pig/internal/product"
)

// productVerbs are the commands of products by the title of their group in help, and the groups that single products have, in the order of
// the products.
func (a *app) productVerbs() (by map[string][]*cobra.Command, own []string) {
	by = map[string][]*cobra.Command{product.ModuleGroup: nil, product.MembersGroup: nil}
	for _, p := range a.Products {
		c, ok := p.(product.Commander)
		if !ok {
			continue
		}
		for _, v := range c.Verbs() {
			if _, known := by[v.Group]; !known {
				own = append(own, v.Group)
			}
			by[v.Group] = append(by[v.Group], a.productVerb(p, v))
		}
	}
	return by, own
}

// productVerb makes a command of a verb of p.
func (a *app) productVerb(p product.Product, v product.Verb) *cobra.Command {
	o := &runOptions{}
	w := &work{verb: v.Name()}
	c := &cobra.Command{
		Use: v.Use, Aliases: v.Aliases, Short: v.Short, Args: arguments(o, v.Args),
		Long: v.Long + "\n\n" + v.Example + "\n\n" + exitHelp,
		RunE: func(c *cobra.Command, args []string) error {
			s, env, err := a.openEnvironment(c.Context(), o)
			if err != nil {
				return err
			}
			defer s.close()
			w.session, w.env, w.args, w.flags = s, env, args, c.Flags()
			return v.Run(c.Context(), w)
		},
	}
	o.AddFlags(c.Flags())
	o.lockFlag(c.Flags())
	if v.Confirm != "" {
		c.Flags().StringVar(&w.confirm, "confirm", "", v.Confirm)
	}
	if v.Loses {
		c.Flags().StringSliceVar(&o.confirm, "confirm", nil, "names of the objects that may lose their data; may be repeated")
	}
	ownFlags(c, v)
	completer{a, p, v.Offer}.complete(c, v.Flags...)
	return c
}

// ownFlags adds the flags that only this verb has.
func ownFlags(c *cobra.Command, v product.Verb) {
	for _, f := range v.Flags {
		switch f.Kind {
		case product.Switch:
			c.Flags().Bool(f.Name, false, f.Help)
		case product.Number:
			c.Flags().Int(f.Name, 0, f.Help)
		default:
			c.Flags().String(f.Name, "", f.Help)
		}
	}
	if len(v.Exclusive) > 0 {
		c.MarkFlagsMutuallyExclusive(v.Exclusive...)
	}
	if len(v.Together) > 0 {
		c.MarkFlagsRequiredTogether(v.Together...)
	}
}

// arguments refuses too few and too many arguments. The pattern of -l may stand for the first, as playbooks have it:
// ./playbooks/pgsql-rm.yml -l pg-test.
func arguments(o *runOptions, n product.Args) cobra.PositionalArgs {
	check := cobra.RangeArgs(n.Least, n.Most)
	switch {
	case n.Most == product.Many:
		check = cobra.MinimumNArgs(n.Least)
	case n.Most == 0:
		check = cobra.NoArgs
	case n.Least == n.Most:
		check = cobra.ExactArgs(n.Least)
	}
	return func(c *cobra.Command, given []string) error {
		if n.ByLimit && len(given) == 0 && o.limit != "" && check(c, []string{o.limit}) == nil {
			return nil
		}
		return check(c, given)
	}
}

// openEnvironment is a session with an inventory that has been validated and resolved.
func (a *app) openEnvironment(ctx context.Context, o *runOptions) (*session, *product.Environment, error) {
	s, err := a.open(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	env, err := s.settled(ctx)
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
