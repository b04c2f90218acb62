package runtime

import (
	"strings"

	"pig/internal/jinja/syntax"
)

// Origins is what Variables may implement to tell which of them hold what a node said: facts, registered results, and what
// was made of those. Templates use such values as any other; whoever lets a value choose a host, a connection or a file of
// this machine asks Scope.Heard first.
type Origins interface {
	FromNode(name string) bool
}

// Guard is what Files may implement to refuse a file of this machine that a node chose by what it said.
type Guard interface {
	Permit(name, path string) error
}

// origin notes whether an evaluation used something that a node said. Scopes that use each other share one.
type origin struct{ heard bool }

// Heard runs f, which evaluates something in s, and tells whether a node had a say in it.
func (s *Scope) Heard(f func()) bool {
	before := s.origin.heard
	s.origin.heard = false
	f()
	heard := s.origin.heard
	s.origin.heard = heard || before
	return heard
}

// named evaluates the variable name, and remembers with it whether a node had a say in it.
func (s *Scope) named(name string, f func()) {
	heard := s.Heard(f)
	if o, ok := s.vars.(Origins); ok && o.FromNode(name) {
		heard = true
	}
	s.heard[name] = heard
	s.origin.heard = s.origin.heard || heard
}

// blame notes that a node had a say in an element of a variable, whose place is "name" or "name.key...". Filters render elements in
// place, so that later the variable as a whole is all that is left to ask.
func (s *Scope) blame(place string) {
	if name, _, _ := strings.Cut(place, "."); name != "" {
		s.heard[name] = true
	}
}

// Permit refuses a file that a node chose: name as the template has it, path as it was found. A name that stands in the template as it is was chosen by its author.
func (s *Scope) Permit(name, path string) error {
	if !s.ChosenByNode() {
		return nil
	}
	if g, ok := s.files.(Guard); ok {
		return g.Permit(name, path)
	}
	return nil
}

// written notes, until its result is called, whether a filter or test works on what stands in the template as it is.
func (s *Scope) written(in syntax.Expr, a *syntax.Arguments) func() {
	was := s.literal
	_, constant := in.(*syntax.Const)
	s.literal = constant && literal(a)
	return func() { s.literal = was }
}

// literal tells whether all arguments of a call stand in the template as they are.
func literal(a *syntax.Arguments) bool {
	if a.Star != nil || a.StarStar != nil {
		return false
	}
	for _, list := range [][]syntax.Expr{a.Pos, a.Named} {
		for _, x := range list {
			if _, ok := x.(*syntax.Const); !ok {
				return false
			}
		}
	}
	return true
}
