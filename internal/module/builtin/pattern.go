package builtin

import "pig/internal/pyre"

// pattern is a regular expression of Python, as playbooks have them. A search that took too long finds nothing and is remembered: whoever
// is done with searching looks at err.
type pattern struct {
	re  *pyre.Regexp
	err error
}

func compile(text string, flags pyre.Flags) (*pattern, error) {
	re, err := pyre.Compile(text, flags)
	return &pattern{re: re}, err
}

func (p *pattern) find(text string) *pyre.Match {
	m, err := p.re.Search(text)
	if err != nil && p.err == nil {
		p.err = err
	}
	return m
}

func (p *pattern) matches(text string) bool { return p.find(text) != nil }
