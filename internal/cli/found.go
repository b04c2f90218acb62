package cli

import (
	"context"
	"fmt"

	"pig/internal/diag"
	"pig/internal/product"
	"pig/internal/value"
)

// settled is the environment with what hosts say where the inventory leaves a parameter to them. Without connections defaults stand in.
func (s *session) settled(ctx context.Context) (*product.Environment, error) {
	env, err := s.environment()
	if err != nil || s.offline {
		return env, err
	}
	searches := product.Searches(env)
	if len(searches) == 0 {
		return env, nil
	}
	s.know(env, value.NewDict())
	s.found = product.Found{}
	for _, q := range searches {
		answers := map[string]*value.Dict{}
		for host, r := range s.engine(s.base, s.quiet()).Everywhere(ctx, q.Hosts, q.Module, q.Args) {
			if !r.Failed && !r.Unreachable {
				answers[host] = r.Values
			}
		}
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		v, from, err := q.Choose(answers)
		if err != nil {
			return nil, diag.Errorf(diag.Pos{}, "%s", err).WithHint("write %s in the variables of %s", q.Param, q.Subject)
		}
		if v == nil {
			continue
		}
		s.found.Add(q.Hosts, q.Param, v)
		fmt.Fprintf(s.app.err, "%s of %s is not written: %s, %s.\n", q.Param, q.Subject, value.Str(v), from)
	}
	return s.environment()
}

// tellSearches says which parameters hosts will be asked for.
func (s *screen) tellSearches(env *product.Environment) {
	for _, q := range product.Searches(env) {
		fmt.Fprintf(s.app.err, "%s of %s is not written: %s.\n", q.Param, q.Subject, q.Rule)
	}
}
