package syntax

import (
	"strings"
)

// statements reads up to a tag whose name is in ends (or the end of the text if there are none), which is left unread
// after its begin.
func (p *parser) statements(ends []string) []Stmt {
	p.enter()
	defer p.leave()
	var body []Stmt
	for {
		t := p.cur()
		switch t.kind {
		case tokEOF:
			if len(ends) > 0 {
				p.unclosed(t)
			}
			return body
		case tokData:
			p.advance()
			body = append(body, &Data{Text: t.text})
		case tokVarBegin:
			p.advance()
			if p.cur().kind == tokVarEnd {
				p.fail(p.cur(), "Expected an expression, got 'end of print statement'")
			}
			body = append(body, &Print{at: at(p.cur().at), X: p.tupleOrExpr(true)})
			p.expectKind(tokVarEnd)
		case tokBlockBegin:
			p.advance()
			for _, end := range ends {
				if p.cur().isName(end) {
					return body
				}
			}
			body = append(body, p.statement()...)
			p.expectKind(tokBlockEnd)
		default:
			p.fail(t, "unexpected '%s'", t)
		}
	}
}

// block reads the body of a statement: its block end, the statements, and the name of the tag that ends them.
func (p *parser) block(tag string, ends ...string) (body []Stmt, end string) {
	p.skipOp(":")
	p.expectKind(tokBlockEnd)
	p.ends = append(p.ends, endTags{tag: tag, want: ends})
	body = p.statements(ends)
	p.ends = p.ends[:len(p.ends)-1]
	return body, p.advance().text
}

func (p *parser) waiting() string {
	if len(p.ends) == 0 {
		return ""
	}
	e := p.ends[len(p.ends)-1]
	quoted := make([]string, len(e.want))
	for i, w := range e.want {
		quoted[i] = "'" + w + "'"
	}
	return " Jinja was looking for the following tags: " + strings.Join(quoted, " or ") +
		". The innermost block that needs to be closed is '" + e.tag + "'."
}

func (p *parser) unclosed(t token) { p.fail(t, "Unexpected end of template.%s", p.waiting()) }

func (p *parser) statement() []Stmt {
	t := p.cur()
	if t.kind != tokName {
		p.fail(t, "tag name expected")
	}
	one := func(s Stmt) []Stmt { return []Stmt{s} }
	switch t.text {
	case "for":
		return one(p.forLoop())
	case "if":
		return one(p.ifElse())
	case "set":
		return one(p.set())
	case "macro":
		return one(p.macro())
	case "call":
		return one(p.callBlock())
	case "filter":
		return one(p.filterBlock())
	case "with":
		return one(p.with())
	case "print":
		p.advance()
		return p.prints()
	case "include":
		return one(p.include())
	case "import":
		return one(p.importAs())
	case "from":
		return one(p.fromImport())
	case "extends":
		p.advance()
		p.ext = true
		return one(&Extends{at: at(t.at), X: p.expression()})
	case "block":
		return one(p.namedBlock())
	case "autoescape":
		p.advance()
		n := &Autoescape{at: at(t.at), X: p.expression()}
		n.Body, _ = p.block("autoescape", "endautoescape")
		return one(n)
	}
	p.fail(t, "Encountered unknown tag '%s'.%s", t.text, p.waiting())
	return nil
}

func (p *parser) prints() []Stmt {
	var out []Stmt
	for p.cur().kind != tokBlockEnd {
		if len(out) > 0 {
			p.expectOp(",")
		}
		out = append(out, &Print{at: at(p.cur().at), X: p.expression()})
	}
	return out
}

func (p *parser) ifElse() Stmt {
	n := &If{at: at(p.cur().at)}
	for {
		p.advance()
		n.Tests = append(n.Tests, p.tupleOrExpr(false))
		body, end := p.block("if", "elif", "else", "endif")
		n.Bodies = append(n.Bodies, body)
		switch end {
		case "elif":
			p.i-- // the loop skips the word again
			continue
		case "else":
			n.Other, _ = p.block("if", "endif")
		}
		return n
	}
}

func (p *parser) forLoop() Stmt {
	n := &For{at: at(p.advance().at)}
	n.Target = p.target(false, "in")
	if !p.skipName("in") {
		p.unexpected("'in'")
	}
	n.Iter = p.tupleOrExpr(false)
	outer := p.uses
	p.uses = map[string]bool{}
	if p.skipName("if") {
		n.Filter = p.expression()
	}
	n.Recursive = p.skipName("recursive")
	before := p.macros
	var end string
	n.Body, end = p.block("for", "endfor", "else")
	n.Captures = p.macros > before
	n.UsesLoop = p.uses["loop"] || n.Recursive
	if end == "else" {
		n.Other, _ = p.block("for", "endfor")
	}
	for name := range p.uses {
		outer[name] = true
	}
	p.uses = outer
	return n
}

// target is the left side of an assignment. word ends it in a loop.
func (p *parser) target(namespace bool, word string) Target {
	p.enter()
	defer p.leave()
	first := p.targetPart(namespace)
	if !p.cur().isOp(",") {
		return first
	}
	t := Target{Parts: []Target{first}, At: first.At}
	for p.skipOp(",") {
		if c := p.cur(); c.isOp("=") || c.isName(word) || c.isOp(")") {
			break
		}
		t.Parts = append(t.Parts, p.targetPart(namespace))
	}
	return t
}

func (p *parser) targetPart(namespace bool) Target {
	t := p.cur()
	if p.skipOp("(") {
		inner := p.target(namespace, ")")
		p.expectOp(")")
		return inner
	}
	p.expectName()
	switch t.text {
	case "true", "false", "none", "True", "False", "None":
		p.fail(t, "can't assign to 'const'")
	case "loop":
		if !namespace {
			p.fail(t, "Can't assign to special loop variable in for-loop target")
		}
	}
	if namespace && p.skipOp(".") {
		p.uses[t.text] = true
		return Target{Name: t.text, Attr: p.expectName().text, At: t.at}
	}
	return Target{Name: t.text, At: t.at}
}

func (p *parser) set() Stmt {
	start := p.advance()
	target := p.target(true, "")
	if p.skipOp("=") {
		return &Set{at: at(start.at), Target: target, X: p.tupleOrExpr(true)}
	}
	n := &SetBlock{at: at(start.at), Target: target}
	if p.cur().isOp("|") {
		n.Filter = p.filters(nil)
	}
	n.Body, _ = p.block("set", "endset")
	return n
}

func (p *parser) with() Stmt {
	n := &With{at: at(p.advance().at)}
	for p.cur().kind != tokBlockEnd {
		if len(n.Targets) > 0 {
			p.expectOp(",")
		}
		n.Targets = append(n.Targets, p.target1())
		p.expectOp("=")
		n.Vals = append(n.Vals, p.expression())
	}
	n.Body, _ = p.block("with", "endwith")
	return n
}

func (p *parser) target1() Target { return p.targetPart(false) }

func (p *parser) filterBlock() Stmt {
	start := p.advance()
	f := p.filters(p.filter(nil))
	n := &FilterBlock{at: at(start.at), Filter: f}
	n.Body, _ = p.block("filter", "endfilter")
	return n
}

// signature reads the parameters of a macro, with their parentheses.
func (p *parser) signature(m *MacroDef) {
	p.expectOp("(")
	for !p.cur().isOp(")") {
		if len(m.Params) > 0 {
			p.expectOp(",")
		}
		t := p.expectName()
		m.Params = append(m.Params, t.text)
		switch {
		case p.skipOp("="):
			m.Defaults = append(m.Defaults, p.expression())
		case len(m.Defaults) > 0:
			p.fail(t, "non-default argument follows default argument")
		}
	}
	p.expectOp(")")
}

// macroBody reads the body of m up to the tag end, and notes which special names it mentions.
func (p *parser) macroBody(m *MacroDef, tag, end string) {
	outer := p.uses
	p.uses = map[string]bool{}
	m.Body, _ = p.block(tag, end)
	m.Varargs, m.Kwargs, m.Caller = p.uses["varargs"], p.uses["kwargs"], p.uses["caller"]
	for name := range p.uses {
		outer[name] = true
	}
	p.uses = outer
	p.macros++
}

func (p *parser) macro() Stmt {
	start := p.advance()
	m := &MacroDef{at: at(start.at), Name: p.expectName().text}
	p.signature(m)
	p.macroBody(m, "macro", "endmacro")
	return &Macro{at: at(start.at), M: m}
}

func (p *parser) callBlock() Stmt {
	start := p.advance()
	m := &MacroDef{at: at(start.at)}
	if p.cur().isOp("(") {
		p.signature(m)
	}
	call := p.expression()
	c, ok := call.(*Call)
	if !ok {
		p.fail(start, "expected call")
	}
	p.macroBody(m, "call", "endcall")
	return &CallBlock{at: at(start.at), Call: c, Caller: m}
}

func (p *parser) namedBlock() Stmt {
	start := p.advance()
	name := p.expectName()
	b := &BlockDef{at: at(start.at), Name: name.text}
	b.Scoped = p.skipName("scoped")
	b.Required = p.skipName("required")
	if p.blocks == nil || p.blocks[b.Name] != nil {
		p.fail(name, "block '%s' defined twice", b.Name)
	}
	p.blocks[b.Name] = b
	b.Body, _ = p.block("block", "endblock")
	p.skipName(b.Name)
	return &Block{at: at(start.at), B: b}
}

// withContext reads "with context" or "without context", if it is there.
func (p *parser) withContext(dflt bool) bool {
	if t := p.cur(); (t.isName("with") || t.isName("without")) && p.peek().isName("context") {
		p.advance()
		p.advance()
		return t.text == "with"
	}
	return dflt
}

func (p *parser) include() Stmt {
	n := &Include{at: at(p.advance().at), X: p.expression()}
	p.uses["loop"] = true // the other template may use it
	if p.cur().isName("ignore") && p.peek().isName("missing") {
		p.advance()
		p.advance()
		n.Missing = true
	}
	n.Context = p.withContext(true)
	return n
}

func (p *parser) importAs() Stmt {
	n := &Import{at: at(p.advance().at), X: p.expression()}
	if !p.skipName("as") {
		p.unexpected("'as'")
	}
	n.As = p.expectName().text
	n.Context = p.withContext(false)
	return n
}

func (p *parser) fromImport() Stmt {
	n := &FromImport{at: at(p.advance().at), X: p.expression()}
	if !p.skipName("import") {
		p.unexpected("'import'")
	}
	for {
		if t := p.cur(); len(n.Names) > 0 && (t.isName("with") || t.isName("without")) && p.peek().isName("context") {
			n.Context = p.withContext(false)
			return n
		}
		t := p.expectName()
		if strings.HasPrefix(t.text, "_") {
			p.fail(t, "names starting with an underline can not be imported")
		}
		alias := t.text
		if p.skipName("as") {
			alias = p.expectName().text
		}
		n.Names = append(n.Names, [2]string{t.text, alias})
		if !p.skipOp(",") {
			n.Context = p.withContext(false)
			return n
		}
		if p.cur().kind == tokBlockEnd {
			return n
		}
	}
}
