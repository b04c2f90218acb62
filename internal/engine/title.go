package engine

import (
	"strings"

	"pig/internal/diag"
	"pig/internal/playbook"
	"pig/internal/value"
)

// playName is what a play is called: by its name, else by its hosts.
func (e *Engine) playName(p *playbook.Play) string {
	if p.Name != "" {
		return e.playText(p, p.Name)
	}
	if l, ok := p.Hosts.(*value.List); ok {
		return e.playText(p, strings.Join(l.Texts(), ","))
	}
	return e.playText(p, value.Str(p.Hosts))
}

// playText renders a title of a play as far as its own variables allow.
func (e *Engine) playText(p *playbook.Play, s string) string {
	if !strings.Contains(s, "{{") {
		return s
	}
	v, err := e.Templates.Scope(&playScope{globalVars{e}, p}).Value(s, diag.Pos{})
	if err != nil {
		return s
	}
	if l, ok := v.(*value.List); ok {
		return strings.Join(l.Texts(), ",")
	}
	return value.Display(v)
}

// plainText renders a title as far as variables of no host allow.
func (e *Engine) plainText(s string) string {
	if !strings.Contains(s, "{{") {
		return s
	}
	v, err := e.Templates.Scope(&globalVars{e}).Value(s, diag.Pos{})
	if err != nil {
		return s
	}
	return value.Display(v)
}
