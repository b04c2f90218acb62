package syntax

import (
	"fmt"
	"strings"
)

// maxDepth bounds the nesting of expressions and statements; maxChain the length of one chain of operators. They keep the
// recursion over the nodes far from the end of the stack.
const (
	maxDepth = 400
	maxChain = 2000
)

// parser turns tokens into nodes. The first mistake ends it, by a panic with a syntaxPanic that parse catches: so the
// productions read like the grammar.
type parser struct {
	plugins Plugins
	toks    []token
	i       int
	depth   int
	ends    []endTags
	blocks  map[string]*BlockDef
	ext     bool

	// uses are the special names that the macro or loop being read mentions.
	uses map[string]bool
	// macros counts the macros and call blocks read so far.
	macros int
}

// endTags are the tags that a block is waiting for, for error messages.
type endTags struct {
	tag  string
	want []string
}

type syntaxPanic struct {
	at  int
	msg string
}

// Plugins knows the filters and tests. What it has for a name is kept in the nodes for whoever evaluates them; nil says
// that there is no such filter or test, which is a mistake.
type Plugins interface {
	Filter(name string) any
	Test(name string) any
}

// Parse makes a template of text.
func Parse(text string, syn Dialect, plugins Plugins) (*Template, error) {
	src := normalizeNewlines(text)
	t := &Template{src: src, lines: lineStarts(src), EndLines: len(src) - len(strings.TrimRight(src, "\n"))}
	start, err := syn.header(src)
	if err != nil {
		return nil, t.syntaxError(0, err.Error())
	}
	t.Dialect = syn
	body := src
	if !syn.KeepNewline {
		body = strings.TrimSuffix(src, "\n")
	}
	toks, err := lex(body, min(start, len(body)), &syn)
	if err != nil {
		return nil, t.lexFailure(err)
	}
	p := &parser{plugins: plugins, toks: toks, blocks: map[string]*BlockDef{}, uses: map[string]bool{}}
	err = p.catch(t, func() { t.Body = p.statements(nil) })
	t.Blocks, t.Extends = p.blocks, p.ext
	return t, err
}

// ParseExpression makes a template of a bare expression.
func ParseExpression(text string, syn Dialect, plugins Plugins) (*Template, error) {
	src := normalizeNewlines(text)
	t := &Template{src: src, lines: lineStarts(src), Dialect: syn}
	toks, err := lexExpression(src, &syn)
	if err != nil {
		return nil, t.lexFailure(err)
	}
	p := &parser{plugins: plugins, toks: toks, uses: map[string]bool{}}
	err = p.catch(t, func() {
		t.X = p.tupleOrExpr(true)
		if p.cur().kind != tokEOF {
			p.fail(p.cur(), "chunk after expression")
		}
	})
	return t, err
}

func normalizeNewlines(s string) string {
	if strings.IndexByte(s, '\r') < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

func lineStarts(s string) []int {
	lines := []int{0}
	for i := 0; i < len(s); i++ {
		if s[i] == '\n' {
			lines = append(lines, i+1)
		}
	}
	return lines
}

func (p *parser) catch(t *Template, parse func()) (err error) {
	defer func() {
		if r := recover(); r != nil {
			s, ok := r.(syntaxPanic)
			if !ok {
				panic(r)
			}
			err = t.syntaxError(s.at, s.msg)
		}
	}()
	parse()
	return nil
}

func (p *parser) fail(t token, format string, args ...any) {
	panic(syntaxPanic{at: t.at, msg: fmt.Sprintf(format, args...)})
}

func (p *parser) cur() token  { return p.toks[p.i] }
func (p *parser) peek() token { return p.toks[min(p.i+1, len(p.toks)-1)] }

func (p *parser) advance() token {
	t := p.toks[p.i]
	if p.i < len(p.toks)-1 {
		p.i++
	}
	return t
}

// enter guards the depth of the recursion; leave undoes it.
func (p *parser) enter() {
	p.depth++
	if p.depth > maxDepth {
		p.fail(p.cur(), "nested too deeply")
	}
}

func (p *parser) leave() { p.depth-- }

// chained guards the length of a chain of operators.
func (p *parser) chained(n int) {
	if n > maxChain {
		p.fail(p.cur(), "expression is too long")
	}
}

func (p *parser) skipOp(op string) bool {
	if p.cur().isOp(op) {
		p.advance()
		return true
	}
	return false
}

func (p *parser) skipName(name string) bool {
	if p.cur().isName(name) {
		p.advance()
		return true
	}
	return false
}

func (p *parser) expectOp(op string) token {
	if !p.cur().isOp(op) {
		p.unexpected("'" + op + "'")
	}
	return p.advance()
}

func (p *parser) expectName() token {
	if p.cur().kind != tokName {
		p.unexpected("name")
	}
	return p.advance()
}

func (p *parser) expectKind(k kind) token {
	if p.cur().kind != k {
		p.unexpected(token{kind: k}.String())
	}
	return p.advance()
}

func (p *parser) unexpected(want string) {
	t := p.cur()
	if t.kind == tokEOF {
		p.fail(t, "unexpected end of template, expected %s", want)
	}
	p.fail(t, "expected token %s, got '%s'", want, t)
}
