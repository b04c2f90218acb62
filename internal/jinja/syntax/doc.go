// Package syntax reads Jinja2: it splits a text into tokens and makes nodes of them. It evaluates nothing. Filters and tests
// are names to it, which the caller knows (see Plugins).
//
//	t, err := syntax.Parse("{{ port + 1 }}", syntax.DefaultDialect(), plugins)
package syntax
