package jinja

import (
	"errors"
	"sync"

	"pig/internal/jinja/jmes"
	"pig/internal/value"
)

func queryFilters() table {
	t := table{}
	var known queries
	t.add("json_query", "expr", structural, func(c *call) (value.Value, error) {
		query, err := c.needStr(0)
		if err != nil {
			return nil, err
		}
		q, err := known.get(query)
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

// queries keeps compiled queries by their text.
type queries struct{ m sync.Map }

func (q *queries) get(text string) (*jmes.Query, error) {
	if known, ok := q.m.Load(text); ok {
		return known.(*jmes.Query), nil
	}
	compiled, err := jmes.Compile(text, readJSON)
	if err != nil {
		return nil, err
	}
	q.m.Store(text, compiled)
	return compiled, nil
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
