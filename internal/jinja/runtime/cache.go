package runtime

import (
	"errors"
	"sync"
	"sync/atomic"

	"pig/internal/diag"
	"pig/internal/jinja/syntax"
)

// cache keeps compiled templates.
type cache struct {
	m sync.Map // key -> *compiled
	n atomic.Int64
}

// maxCached is the number of templates from which a cache starts afresh: texts come from files, so it is not reached by any
// ordinary run.
const maxCached = 50_000

// templateKey is the key of a text with a syntax of its own.
type templateKey struct {
	text string
	syn  syntax.Dialect
}

type compiled struct {
	t   *syntax.Template
	err error
}

// get gives what compile makes for key, made once. base is where the text stands; only errors depend on it.
func (c *cache) get(key any, base diag.Pos, compile func() (*syntax.Template, error)) (*syntax.Template, error) {
	v, ok := c.m.Load(key)
	if !ok {
		t, err := compile()
		if c.n.Add(1) > maxCached {
			c.m.Clear()
			c.n.Store(1)
		}
		v, _ = c.m.LoadOrStore(key, &compiled{t: t, err: err})
	}
	done := v.(*compiled)
	if done.err != nil {
		return nil, moved(done.err, base)
	}
	return done.t, nil
}

// moved gives a syntax error, whose position is relative to its text, the position in the file.
func moved(err error, base diag.Pos) error {
	var d *diag.Diagnostic
	if !errors.As(err, &d) {
		return err
	}
	c := *d
	c.Pos = syntax.Shift(base, d.Pos.Line, d.Pos.Col)
	return &c
}

// playbookText gives the compiled template of a text of a playbook or inventory, in which backslashes stand for themselves.
func (e *Engine) playbookText(text string, base diag.Pos) (*syntax.Template, error) {
	return e.playbook.get(text, base, func() (*syntax.Template, error) {
		syn := syntax.DefaultDialect()
		syn.RawStrings = true
		return syntax.Parse(text, syn, known{e})
	})
}

// fileText gives the compiled template of a file.
func (e *Engine) fileText(text string, syn syntax.Dialect, base diag.Pos) (*syntax.Template, error) {
	compile := func() (*syntax.Template, error) { return syntax.Parse(text, syn, known{e}) }
	if syn == syntax.DefaultDialect() {
		return e.files.get(text, base, compile)
	}
	return e.other.get(templateKey{text, syn}, base, compile)
}

// expression gives the compiled form of a bare expression.
func (e *Engine) expression(text string, base diag.Pos) (*syntax.Template, error) {
	return e.expressions.get(text, base, func() (*syntax.Template, error) {
		return syntax.ParseExpression(text, syntax.DefaultDialect(), known{e})
	})
}

// known are the filters and tests of an engine, as the parser asks for them.
type known struct{ e *Engine }

// Filter implements syntax.Plugins.
func (k known) Filter(name string) any {
	if p := k.e.filter(name); p != nil {
		return p
	}
	return nil
}

// Test implements syntax.Plugins.
func (k known) Test(name string) any {
	if p := k.e.test(name); p != nil {
		return p
	}
	return nil
}
