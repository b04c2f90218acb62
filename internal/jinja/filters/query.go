package filters

import (
	"errors"
	"sync"

	"pig/internal/jinja/jmes"
	"pig/internal/jinja/plugin"
	"pig/internal/jinja/python"
	"pig/internal/value"
)

func queryFilters() plugin.Table {
	t := plugin.Table{}
	var known queries
	t.Add("json_query", "expr", plugin.Structural, func(c *plugin.Call) (value.Value, error) {
		query, err := c.NeedStr(0)
		if err != nil {
			return nil, err
		}
		q, err := known.get(query)
		if err != nil {
			return nil, err
		}
		out, err := q.Search(c.In, queryEnv())
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
	compiled, err := jmes.Compile(text, python.ReadJSON)
	if err != nil {
		return nil, err
	}
	q.m.Store(text, compiled)
	return compiled, nil
}

// Query is a JMESPath query that is no part of a template.
type Query struct {
	compiled *jmes.Query
	env      *jmes.Env
}

// NewQuery compiles a query.
func NewQuery(text string) (*Query, error) {
	q, err := jmes.Compile(text, python.ReadJSON)
	if err != nil {
		return nil, err
	}
	return &Query{q, queryEnv()}, nil
}

// Search is what the query finds in a value.
func (q *Query) Search(in value.Value) (value.Value, error) { return q.compiled.Search(in, q.env) }

// Fields are the names that the query looks up, each once, without those that it makes itself.
func (q *Query) Fields() []string { return q.compiled.Fields() }

func queryEnv() *jmes.Env {
	return &jmes.Env{
		Force: python.Force,
		Dict: func(v value.Value) (*value.Dict, bool) {
			d, err := mappingOf(v)
			return d, err == nil
		},
		Equal: python.Equal,
		Less:  func(a, b value.Value) (value.Value, error) { return python.Order("<", a, b) },
		Text: func(text string, from value.Value) value.Value {
			var s python.Survey
			if err := s.Visit(from, 0); err != nil {
				return text
			}
			return s.Taint(text)
		},
		JSON: func(v value.Value) (string, error) {
			w := python.NewJSONWriter()
			w.Item, w.Key = ",", ":"
			done, err := python.Finalize(v)
			if err == nil {
				err = w.Write(done)
			}
			return w.String(), err
		},
	}
}
