package jinja

import (
	"strings"
)

// statements reads up to a tag whose name is in ends (or the end of the text if there are none), which is left unread
// after its begin.
func (p *parser) statements(ends []string) []stmt {
	p.enter()
	defer p.leave()
	var body []stmt
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
			body = append(body, &dataNode{text: t.text})
		case tokVarBegin:
			p.advance()
			if p.cur().kind == tokVarEnd {
				p.fail(p.cur(), "Expected an expression, got 'end of print statement'")
			}
			body = append(body, &printNode{at: at(p.cur().at), x: p.tupleOrExpr(true)})
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
func (p *parser) block(tag string, ends ...string) (body []stmt, end string) {
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

func (p *parser) statement() []stmt {
	t := p.cur()
	if t.kind != tokName {
		p.fail(t, "tag name expected")
	}
	one := func(s stmt) []stmt { return []stmt{s} }
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
		return one(&extendsNode{at: at(t.at), x: p.expression()})
	case "block":
		return one(p.namedBlock())
	case "autoescape":
		p.advance()
		n := &autoescapeNode{at: at(t.at), x: p.expression()}
		n.body, _ = p.block("autoescape", "endautoescape")
		return one(n)
	}
	p.fail(t, "Encountered unknown tag '%s'.%s", t.text, p.waiting())
	return nil
}

func (p *parser) prints() []stmt {
	var out []stmt
	for p.cur().kind != tokBlockEnd {
		if len(out) > 0 {
			p.expectOp(",")
		}
		out = append(out, &printNode{at: at(p.cur().at), x: p.expression()})
	}
	return out
}

func (p *parser) ifElse() stmt {
	n := &ifNode{at: at(p.cur().at)}
	for {
		p.advance()
		n.tests = append(n.tests, p.tupleOrExpr(false))
		body, end := p.block("if", "elif", "else", "endif")
		n.bodies = append(n.bodies, body)
		switch end {
		case "elif":
			p.i-- // the loop skips the word again
			continue
		case "else":
			n.other, _ = p.block("if", "endif")
		}
		return n
	}
}

func (p *parser) forLoop() stmt {
	n := &forNode{at: at(p.advance().at)}
	n.target = p.target(false, "in")
	if !p.skipName("in") {
		p.unexpected("'in'")
	}
	n.iter = p.tupleOrExpr(false)
	outer := p.uses
	p.uses = map[string]bool{}
	if p.skipName("if") {
		n.filter = p.expression()
	}
	n.recursive = p.skipName("recursive")
	before := p.macros
	var end string
	n.body, end = p.block("for", "endfor", "else")
	n.captures = p.macros > before
	n.usesLoop = p.uses["loop"] || n.recursive
	if end == "else" {
		n.other, _ = p.block("for", "endfor")
	}
	for name := range p.uses {
		outer[name] = true
	}
	p.uses = outer
	return n
}

// target is the left side of an assignment. word ends it in a loop.
func (p *parser) target(namespace bool, word string) target {
	p.enter()
	defer p.leave()
	first := p.targetPart(namespace)
	if !p.cur().isOp(",") {
		return first
	}
	t := target{parts: []target{first}, at: first.at}
	for p.skipOp(",") {
		if c := p.cur(); c.isOp("=") || c.isName(word) || c.isOp(")") {
			break
		}
		t.parts = append(t.parts, p.targetPart(namespace))
	}
	return t
}

func (p *parser) targetPart(namespace bool) target {
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
		return target{name: t.text, attr: p.expectName().text, at: t.at}
	}
	return target{name: t.text, at: t.at}
}

func (p *parser) set() stmt {
	start := p.advance()
	target := p.target(true, "")
	if p.skipOp("=") {
		return &setNode{at: at(start.at), target: target, x: p.tupleOrExpr(true)}
	}
	n := &setBlockNode{at: at(start.at), target: target}
	if p.cur().isOp("|") {
		n.filter = p.filters(nil)
	}
	n.body, _ = p.block("set", "endset")
	return n
}

func (p *parser) with() stmt {
	n := &withNode{at: at(p.advance().at)}
	for p.cur().kind != tokBlockEnd {
		if len(n.targets) > 0 {
			p.expectOp(",")
		}
		n.targets = append(n.targets, p.target1())
		p.expectOp("=")
		n.vals = append(n.vals, p.expression())
	}
	n.body, _ = p.block("with", "endwith")
	return n
}

func (p *parser) target1() target { return p.targetPart(false) }

func (p *parser) filterBlock() stmt {
	start := p.advance()
	f := p.filters(p.filter(nil))
	n := &filterBlockNode{at: at(start.at), filter: f}
	n.body, _ = p.block("filter", "endfilter")
	return n
}

// signature reads the parameters of a macro, with their parentheses.
func (p *parser) signature(m *macroDef) {
	p.expectOp("(")
	for !p.cur().isOp(")") {
		if len(m.params) > 0 {
			p.expectOp(",")
		}
		t := p.expectName()
		m.params = append(m.params, t.text)
		switch {
		case p.skipOp("="):
			m.defaults = append(m.defaults, p.expression())
		case len(m.defaults) > 0:
			p.fail(t, "non-default argument follows default argument")
		}
	}
	p.expectOp(")")
}

// macroBody reads the body of m up to the tag end, and notes which special names it mentions.
func (p *parser) macroBody(m *macroDef, tag, end string) {
	outer := p.uses
	p.uses = map[string]bool{}
	m.body, _ = p.block(tag, end)
	m.varargs, m.kwargs, m.caller = p.uses["varargs"], p.uses["kwargs"], p.uses["caller"]
	for name := range p.uses {
		outer[name] = true
	}
	p.uses = outer
	p.macros++
}

func (p *parser) macro() stmt {
	start := p.advance()
	m := &macroDef{at: at(start.at), name: p.expectName().text}
	p.signature(m)
	p.macroBody(m, "macro", "endmacro")
	return &macroNode{at: at(start.at), m: m}
}

func (p *parser) callBlock() stmt {
	start := p.advance()
	m := &macroDef{at: at(start.at)}
	if p.cur().isOp("(") {
		p.signature(m)
	}
	call := p.expression()
	c, ok := call.(*callNode)
	if !ok {
		p.fail(start, "expected call")
	}
	p.macroBody(m, "call", "endcall")
	return &callBlockNode{at: at(start.at), call: c, caller: m}
}

func (p *parser) namedBlock() stmt {
	start := p.advance()
	name := p.expectName()
	b := &blockDef{at: at(start.at), name: name.text}
	b.scoped = p.skipName("scoped")
	b.required = p.skipName("required")
	if p.blocks == nil || p.blocks[b.name] != nil {
		p.fail(name, "block '%s' defined twice", b.name)
	}
	p.blocks[b.name] = b
	b.body, _ = p.block("block", "endblock")
	p.skipName(b.name)
	return &blockNode{at: at(start.at), b: b}
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

func (p *parser) include() stmt {
	n := &includeNode{at: at(p.advance().at), x: p.expression()}
	p.uses["loop"] = true // the other template may use it
	if p.cur().isName("ignore") && p.peek().isName("missing") {
		p.advance()
		p.advance()
		n.missing = true
	}
	n.context = p.withContext(true)
	return n
}

func (p *parser) importAs() stmt {
	n := &importNode{at: at(p.advance().at), x: p.expression()}
	if !p.skipName("as") {
		p.unexpected("'as'")
	}
	n.as = p.expectName().text
	n.context = p.withContext(false)
	return n
}

func (p *parser) fromImport() stmt {
	n := &fromImportNode{at: at(p.advance().at), x: p.expression()}
	if !p.skipName("import") {
		p.unexpected("'import'")
	}
	for {
		if t := p.cur(); len(n.names) > 0 && (t.isName("with") || t.isName("without")) && p.peek().isName("context") {
			n.context = p.withContext(false)
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
		n.names = append(n.names, [2]string{t.text, alias})
		if !p.skipOp(",") {
			n.context = p.withContext(false)
			return n
		}
		if p.cur().kind == tokBlockEnd {
			return n
		}
	}
}
