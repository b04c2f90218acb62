package jinja

import (
	"math/big"
	"strconv"

	"pig/internal/value"
)

func (p *parser) expression() expr { return p.condition(true) }

// condition is an inline if, or what is below it.
func (p *parser) condition(withIf bool) expr {
	p.enter()
	defer p.leave()
	if !withIf {
		return p.or()
	}
	first := p.or()
	if !p.cur().isName("if") {
		return first
	}
	// a if b else c if d else e: the chain nests to the right, so build it from the parts.
	type arm struct{ yes, test expr }
	arms := []arm{}
	var last expr
	for cur := first; ; {
		start := cur
		if !p.skipName("if") {
			last = cur
			break
		}
		p.chained(len(arms) * 10)
		arms = append(arms, arm{yes: start, test: p.or()})
		if !p.skipName("else") {
			break
		}
		cur = p.or()
	}
	for i := len(arms) - 1; i >= 0; i-- {
		last = &condNode{at: at(arms[i].yes.offset()), test: arms[i].test, yes: arms[i].yes, no: last}
	}
	return last
}

func (p *parser) or() expr {
	left := p.and()
	for n := 0; p.cur().isName("or"); n++ {
		p.chained(n)
		p.advance()
		left = &orNode{at: at(left.offset()), left: left, right: p.and()}
	}
	return left
}

func (p *parser) and() expr {
	left := p.not()
	for n := 0; p.cur().isName("and"); n++ {
		p.chained(n)
		p.advance()
		left = &andNode{at: at(left.offset()), left: left, right: p.not()}
	}
	return left
}

func (p *parser) not() expr {
	if t := p.cur(); t.isName("not") {
		p.enter()
		defer p.leave()
		p.advance()
		return &notNode{at: at(t.at), x: p.not()}
	}
	return p.compare()
}

func (p *parser) compare() expr {
	first := p.sum()
	var c *compareNode
	for {
		t := p.cur()
		op := ""
		switch {
		case t.kind == tokOp && (t.text == "==" || t.text == "!=" || t.text == "<" || t.text == "<=" || t.text == ">" || t.text == ">="):
			op = t.text
		case t.isName("in"):
			op = "in"
		case t.isName("not") && p.peek().isName("in"):
			op = "not in"
			p.advance()
		default:
			if c == nil {
				return first
			}
			return c
		}
		p.advance()
		if c == nil {
			c = &compareNode{at: at(first.offset()), first: first}
		}
		c.ops = append(c.ops, op)
		c.rest = append(c.rest, p.sum())
	}
}

func (p *parser) sum() expr {
	left := p.concat()
	for n := 0; ; n++ {
		t := p.cur()
		if !t.isOp("+") && !t.isOp("-") {
			return left
		}
		p.chained(n)
		p.advance()
		left = &binaryNode{at: at(left.offset()), op: t.text, left: left, right: p.concat()}
	}
}

func (p *parser) concat() expr {
	first := p.product()
	if !p.cur().isOp("~") {
		return first
	}
	items := []expr{first}
	for p.skipOp("~") {
		items = append(items, p.product())
	}
	return &concatNode{at: at(first.offset()), items: items}
}

func (p *parser) product() expr {
	left := p.power()
	for n := 0; ; n++ {
		t := p.cur()
		if t.kind != tokOp || t.text != "*" && t.text != "/" && t.text != "//" && t.text != "%" {
			return left
		}
		p.chained(n)
		p.advance()
		left = &binaryNode{at: at(left.offset()), op: t.text, left: left, right: p.power()}
	}
}

func (p *parser) power() expr {
	left := p.unary(true)
	for n := 0; p.cur().isOp("**"); n++ {
		p.chained(n)
		p.advance()
		left = &binaryNode{at: at(left.offset()), op: "**", left: left, right: p.unary(true)}
	}
	return left
}

func (p *parser) unary(withFilter bool) expr {
	p.enter()
	defer p.leave()
	t := p.cur()
	var x expr
	switch {
	case t.isOp("-"):
		p.advance()
		x = &negNode{at: at(t.at), x: p.unary(false)}
	case t.isOp("+"):
		p.advance()
		x = &negNode{at: at(t.at), x: p.unary(false), plus: true}
	default:
		x = p.primary()
	}
	x = p.postfix(x)
	if withFilter {
		x = p.filters(x)
	}
	return x
}

func (p *parser) primary() expr {
	t := p.cur()
	switch t.kind {
	case tokName:
		p.advance()
		switch t.text {
		case "true", "True":
			return &constNode{at: at(t.at), v: true}
		case "false", "False":
			return &constNode{at: at(t.at), v: false}
		case "none", "None":
			return &constNode{at: at(t.at)}
		}
		p.uses[t.text] = true
		return &nameNode{at: at(t.at), name: t.text}
	case tokString:
		p.advance()
		text := t.text
		for p.cur().kind == tokString {
			text += p.advance().text
		}
		return &constNode{at: at(t.at), v: text}
	case tokInt, tokFloat:
		p.advance()
		return &constNode{at: at(t.at), v: p.numeral(t)}
	case tokOp:
		switch t.text {
		case "(":
			p.advance()
			x := p.parenthesized(t)
			p.expectOp(")")
			return x
		case "[":
			return p.list()
		case "{":
			return p.dict()
		}
	case tokEOF:
		p.fail(t, "unexpected end of template")
	}
	p.fail(t, "unexpected '%s'", t)
	return nil
}

func (p *parser) numeral(t token) value.Value {
	if t.kind == tokFloat {
		f, err := strconv.ParseFloat(t.text, 64)
		if err != nil && f == 0 {
			p.fail(t, "invalid number %s", t.text)
		}
		return f
	}
	if i, err := strconv.ParseInt(t.text, 0, 64); err == nil {
		return i
	}
	i, ok := new(big.Int).SetString(t.text, 0)
	if !ok || i.BitLen() > maxBits {
		p.fail(t, "invalid number")
	}
	return value.Int(i)
}

// parenthesized is what is between ( and ): a tuple or an expression.
func (p *parser) parenthesized(open token) expr {
	if p.cur().isOp(")") {
		return &tupleNode{at: at(open.at)}
	}
	return p.tupleOrExpr(true)
}

// tupleOrExpr is an expression, or a tuple if there is a comma.
func (p *parser) tupleOrExpr(withIf bool) expr {
	first := p.condition(withIf)
	if !p.cur().isOp(",") {
		return first
	}
	items := []expr{first}
	for p.skipOp(",") {
		if p.tupleEnds() {
			break
		}
		items = append(items, p.condition(withIf))
	}
	return &tupleNode{at: at(first.offset()), items: items}
}

func (p *parser) tupleEnds() bool {
	t := p.cur()
	return t.kind == tokVarEnd || t.kind == tokBlockEnd || t.kind == tokEOF || t.isOp(")") || t.isName("recursive")
}

func (p *parser) list() expr {
	n := &listNode{at: at(p.advance().at)}
	for !p.cur().isOp("]") {
		if len(n.items) > 0 {
			p.expectOp(",")
		}
		if p.cur().isOp("]") {
			break
		}
		n.items = append(n.items, p.expression())
	}
	p.expectOp("]")
	return n
}

func (p *parser) dict() expr {
	n := &dictNode{at: at(p.advance().at)}
	for !p.cur().isOp("}") {
		if len(n.keys) > 0 {
			p.expectOp(",")
		}
		if p.cur().isOp("}") {
			break
		}
		key := p.expression()
		p.expectOp(":")
		n.keys = append(n.keys, key)
		n.vals = append(n.vals, p.expression())
	}
	p.expectOp("}")
	return n
}
