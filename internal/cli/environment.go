package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/graph"
	"pig/internal/inventory"
	"pig/internal/jinja"
	"pig/internal/params"
	"pig/internal/product"
	"pig/internal/value"
)

// environment validates the inventory and resolves it. All mistakes are told in one go.
func (s *runner) environment() (*product.Environment, error) {
	env, found := s.mistakes()
	if found.HasErrors() {
		return nil, found
	}
	if s.opt.verbosity > 0 {
		s.tell(found)
	}
	return env, nil
}

// mistakes are all that the inventory and -e show by themselves, and the environment as far as it can be told.
func (s *runner) mistakes() (*product.Environment, diag.List) {
	checks := product.Checks(s.app.Products)
	found := append(slices.Clone(s.loaded), append(params.Validate(s.inventory, checks...), params.ValidateExtra(s.extra, checks...)...)...)
	env, more := product.Resolve(s.inventory, s.app.Products, product.Options{Extra: s.extra, Render: s.render, Password: s.passwords.Get, Found: s.found})
	s.knowPasswords()
	found = append(append(found, untold(found, more)...), s.missingFiles(env)...)
	found = append(found, weakPasswords(s.passwords.Saved(), s.passwords.At)...)
	if !found.HasErrors() {
		if _, err := product.Units(env).Sort(); err != nil {
			found.Add(err)
		}
	}
	return env, found
}

// untold are those of more that found has not told. Validate refuses a value at its place; a product that reads the value comes upon
// the same place once more.
func untold(found, more diag.List) diag.List {
	return slices.DeleteFunc(slices.Clone(more), func(d *diag.Diagnostic) bool {
		return d.Pos.Line > 0 && slices.ContainsFunc(found, func(told *diag.Diagnostic) bool { return told.Pos == d.Pos && told.Severity == d.Severity })
	})
}

// render renders a variable of a host that holds a template, with the host's other variables.
func (s *runner) render(h *inventory.Host, known func(string) (value.Value, bool), v value.Value) (value.Value, error) {
	rendered, err := s.templates.Scope(s.hostVars(h, known)).Value(v, diag.Pos{})
	if u := (*jinja.UndefinedError)(nil); errors.As(err, &u) && u.Name != "" {
		return nil, &product.Undefined{Name: u.Name, Err: err}
	}
	return rendered, err
}

// withEnvironment makes engines know what follows from the whole inventory. It refuses a folder that lacks the CA or the passwords of hosts.
func (s *session) withEnvironment(ctx context.Context, env *product.Environment) error {
	keys, err := s.signingKeys()
	if err != nil {
		return err
	}
	s.know(env, keys)
	if !s.offline {
		if err := s.sameCA(ctx, env); err != nil {
			return err
		}
	}
	if s.opt.forgets {
		return nil
	}
	return s.refuseLost()
}

// know gives engines what follows from the whole inventory, and more variables of every host.
func (s *runner) know(env *product.Environment, more *value.Dict) {
	s.derived = func(host string) *value.Dict {
		d := env.Vars(host)
		if d == nil {
			return nil
		}
		d.Update(more)
		d.Set("pig_recreate", value.Strings(s.recreate))
		if s.confirmed != nil {
			d.Set("pig_confirmed", value.Strings(s.confirmed))
		}
		return params.Protect(d)
	}
	s.defaults = params.Protect(env.Defaults)
	s.redactor.Public(s.names(env)...)
}

// names are those of hosts and clusters, which stay readable whatever passwords there are.
func (s *source) names(env *product.Environment) []string {
	var names []string
	for _, g := range s.inventory.Groups() {
		names = append(names, g.Name)
	}
	for _, p := range env.Products() {
		names = append(names, p.Names(env)...)
	}
	return names
}

// units are the units of env that the operator selected: by module, by limit. A unit that is left with no host is left out.
func (s *source) units(env *product.Environment, modules []string) (*graph.Graph[product.Unit], error) {
	all := product.Units(env)
	if len(all.Names()) == 0 {
		return nil, diag.Errorf(diag.Pos{}, "the inventory has no hosts").WithHint("declare hosts below all.children; pig inventory graph shows the parsed groups")
	}
	if err := s.checkWords(all, modules); err != nil {
		return nil, err
	}
	var limited []string
	if s.opt.limit != "" {
		hosts, err := s.inventory.Match(s.opt.limit)
		if err != nil {
			return nil, err
		}
		limited = []string{} // also where it selects nobody
		for _, h := range hosts {
			limited = append(limited, h.Name)
		}
	}
	g := graph.New[product.Unit]()
	for _, name := range all.Names() {
		u, _ := all.Node(name)
		if len(modules) > 0 && !selected(modules, u) {
			continue
		}
		if limited != nil {
			u.Hosts = slices.DeleteFunc(slices.Clone(u.Hosts), func(h string) bool { return !slices.Contains(limited, h) })
		}
		if len(u.Hosts) > 0 {
			g.Add(name, u)
		}
	}
	for _, name := range g.Names() {
		g.Like(all, name)
	}
	if len(g.Names()) == 0 {
		return nil, fmt.Errorf("no unit selected: the inventory declares %s", strings.Join(all.Names(), ", "))
	}
	return g, nil
}

// selected tells whether a unit is meant by one of words: a module, a unit, or a cluster.
func selected(words []string, u product.Unit) bool {
	return slices.Contains(words, u.Module) || slices.Contains(words, u.Name) || u.Cluster != "" && slices.Contains(words, u.Cluster)
}
