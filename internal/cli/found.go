package cli

import (
	"context"
	"fmt"

	"pig/internal/diag"
	"pig/internal/health"
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
	said := s.search(ctx, searches)
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	s.found = product.Found{}
	for i, q := range searches {
		v, from, err := q.Choose(said[i])
		if err != nil {
			return nil, diag.Errorf(diag.Pos{}, "%s", err).WithRule("undecided-parameter").WithHint("write %s in the variables of %s", q.Param, q.Subject)
		}
		if v == nil {
			continue
		}
		s.found.Add(q.Hosts, q.Param, v)
		fmt.Fprintf(s.app.err, "%s of %s is not set, so pig takes %s, %s.\n", q.Param, q.Subject, value.Str(v), from)
	}
	return s.environment()
}

// search asks the hosts of all searches at once, and gives what those that answered say of each.
func (s *runner) search(ctx context.Context, searches []product.Search) []map[string]*value.Dict {
	about := func(q product.Search) string { return q.Param + " of " + q.Subject }
	questions := map[string]*health.Question{}
	for _, q := range searches {
		for _, h := range q.Hosts {
			if questions[h] == nil {
				questions[h] = &health.Question{}
			}
			questions[h].Ask(about(q), q.Module, q.Args)
		}
	}
	answers := map[string]health.Answer{}
	s.askAll(ctx, s.engine(s.base, s.quiet()).Engine, questions, answers)
	said := make([]map[string]*value.Dict, len(searches))
	for i, q := range searches {
		said[i] = map[string]*value.Dict{}
		for _, h := range q.Hosts {
			if a := answers[h].Said[about(q)]; a.Err == "" && a.Values != nil {
				said[i][h] = a.Values
			}
		}
	}
	return said
}

// tellSearches says which parameters hosts will be asked for.
func (s *screen) tellSearches(env *product.Environment) {
	for _, q := range product.Searches(env) {
		fmt.Fprintf(s.app.err, "%s of %s is not set, so pig takes %s.\n", q.Param, q.Subject, q.Rule)
	}
}
