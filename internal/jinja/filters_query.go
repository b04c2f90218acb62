package jinja

import (
	"errors"

	"pig/internal/jinja/jmes"
	"pig/internal/value"
)

func queryFilters() table {
	t := table{}
	t.add("json_query", "expr", structural, func(c *call) (value.Value, error) {
		query, err := c.needStr(0)
		if err != nil {
			return nil, err
		}
		q, err := c.f.r.s.e.query(query)
		if err != nil {
			return nil, err
		}
		out, err := q.Search(c.in, queryEnv())
		var unknown *jmes.UnknownError
		if errors.As(err, &unknown) {
			return unknown.Value, nil
		}
		return out, err
	})
	return t
}

// query gives a compiled query.
func (e *Engine) query(text string) (*jmes.Query, error) {
	if q, ok := e.queries.Load(text); ok {
		return q.(*jmes.Query), nil
	}
	q, err := jmes.Compile(text, readJSON)
	if err != nil {
		return nil, err
	}
	e.queries.Store(text, q)
	return q, nil
}

func queryEnv() *jmes.Env {
	return &jmes.Env{
		Force: force,
		Dict: func(v value.Value) (*value.Dict, bool) {
			d, err := mappingOf(v)
			return d, err == nil
		},
		Equal: equal,
		Less:  func(a, b value.Value) (value.Value, error) { return order("<", a, b) },
		Text: func(text string, from value.Value) value.Value {
			var s survey
			if err := s.visit(from, 0); err != nil {
				return text
			}
			return s.taint(text)
		},
		JSON: func(v value.Value) (string, error) {
			w := newJSONWriter()
			w.item, w.key = ",", ":"
			done, err := finalize(v)
			if err == nil {
				err = w.write(done)
			}
			return w.b.String(), err
		},
	}
}
