package jmes

import (
	"fmt"
	"slices"
	"strings"

	"pig/internal/value"
)

// Query is a compiled query, safe for concurrent use.
type Query struct{ root *node }

// Compile compiles a query; readJSON reads the literals in it.
func Compile(query string, readJSON func(string) (value.Value, error)) (q *Query, err error) {
	if strings.TrimSpace(query) == "" {
		return nil, fmt.Errorf("invalid JMESPath expression: must not be empty")
	}
	toks, err := lex(query)
	if err != nil {
		return nil, err
	}
	p := &parser{toks: toks, read: readJSON}
	defer func() {
		if r := recover(); r != nil {
			s, ok := r.(syntaxError)
			if !ok {
				panic(r)
			}
			err = fmt.Errorf("invalid JMESPath expression %q: %s", query, s.msg)
		}
	}()
	root := p.expression(0)
	if t := p.cur(); t.kind != eof {
		p.fail(t)
	}
	return &Query{root: root}, nil
}

// Fields are the names that a query looks up, each once, without those that it makes itself.
func (q *Query) Fields() (names []string) {
	made := map[string]bool{}
	var walk func(n *node)
	walk = func(n *node) {
		if n == nil {
			return
		}
		if n.kind == field && !slices.Contains(names, n.name) {
			names = append(names, n.name)
		}
		for _, name := range n.names {
			made[name] = true
		}
		for _, k := range n.kids {
			walk(k)
		}
	}
	walk(q.root)
	return slices.DeleteFunc(names, func(name string) bool { return made[name] })
}
