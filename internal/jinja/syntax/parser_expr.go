package syntax

import (
	"math/big"
	"strconv"

	"pig/internal/jinja/python"
	"pig/internal/value"
)

func (p *parser) expression() Expr { return p.condition(true) }

// condition is an inline if, or what is below it.
func (p *parser) condition(withIf bool) Expr {
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
	type arm struct{ yes, test Expr }
	arms := []arm{}
	var last Expr
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
		last = &Cond{at: at(arms[i].yes.Offset()), Test: arms[i].test, Yes: arms[i].yes, No: last}
	}
	return last
}

func (p *parser) or() Expr {
	left := p.and()
	for n := 0; p.cur().isName("or"); n++ {
		p.chained(n)
		p.advance()
		left = &Or{at: at(left.Offset()), Left: left, Right: p.and()}
	}
	return left
}

func (p *parser) and() Expr {
	left := p.not()
	for n := 0; p.cur().isName("and"); n++ {
		p.chained(n)
		p.advance()
		left = &And{at: at(left.Offset()), Left: left, Right: p.not()}
	}
	return left
}

func (p *parser) not() Expr {
	if t := p.cur(); t.isName("not") {
		p.enter()
		defer p.leave()
		p.advance()
		return &Not{at: at(t.at), X: p.not()}
	}
	return p.compare()
}

func (p *parser) compare() Expr {
	first := p.sum()
	var c *Compare
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
			c = &Compare{at: at(first.Offset()), First: first}
		}
		c.Ops = append(c.Ops, op)
		c.Rest = append(c.Rest, p.sum())
	}
}

func (p *parser) sum() Expr {
	left := p.concat()
	for n := 0; ; n++ {
		t := p.cur()
		if !t.isOp("+") && !t.isOp("-") {
			return left
		}
		p.chained(n)
		p.advance()
		left = &Binary{at: at(left.Offset()), Op: t.text, Left: left, Right: p.concat()}
	}
}

func (p *parser) concat() Expr {
	first := p.product()
	if !p.cur().isOp("~") {
		return first
	}
	items := []Expr{first}
	for p.skipOp("~") {
		items = append(items, p.product())
	}
	return &Concat{at: at(first.Offset()), Items: items}
}

func (p *parser) product() Expr {
	left := p.power()
	for n := 0; ; n++ {
		t := p.cur()
		if t.kind != tokOp || t.text != "*" && t.text != "/" && t.text != "//" && t.text != "%" {
			return left
		}
		p.chained(n)
		p.advance()
		left = &Binary{at: at(left.Offset()), Op: t.text, Left: left, Right: p.power()}
	}
}

func (p *parser) power() Expr {
	left := p.unary(true)
	for n := 0; p.cur().isOp("**"); n++ {
		p.chained(n)
		p.advance()
		left = &Binary{at: at(left.Offset()), Op: "**", Left: left, Right: p.unary(true)}
	}
	return left
}

func (p *parser) unary(withFilter bool) Expr {
	p.enter()
	defer p.leave()
	t := p.cur()
	var x Expr
	switch {
	case t.isOp("-"):
		p.advance()
		x = &Neg{at: at(t.at), X: p.unary(false)}
	case t.isOp("+"):
		p.advance()
		x = &Neg{at: at(t.at), X: p.unary(false), Plus: true}
	default:
		x = p.primary()
	}
	x = p.postfix(x)
	if withFilter {
		x = p.filters(x)
	}
	return x
}

func (p *parser) primary() Expr {
	t := p.cur()
	switch t.kind {
	case tokName:
		p.advance()
		switch t.text {
		case "true", "True":
			return &Const{at: at(t.at), V: true}
		case "false", "False":
			return &Const{at: at(t.at), V: false}
		case "none", "None":
			return &Const{at: at(t.at)}
		}
		p.uses[t.text] = true
		return &Name{at: at(t.at), Name: t.text}
	case tokString:
		p.advance()
		text := t.text
		for p.cur().kind == tokString {
			text += p.advance().text
		}
		return &Const{at: at(t.at), V: text}
	case tokInt, tokFloat:
		p.advance()
		return &Const{at: at(t.at), V: p.numeral(t)}
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
	if !ok || i.BitLen() > python.MaxBits {
		p.fail(t, "invalid number")
	}
	return value.Int(i)
}

// parenthesized is what is between ( and ): a tuple or an expression.
func (p *parser) parenthesized(open token) Expr {
	if p.cur().isOp(")") {
		return &Tuple{at: at(open.at)}
	}
	return p.tupleOrExpr(true)
}

// tupleOrExpr is an expression, or a tuple if there is a comma.
func (p *parser) tupleOrExpr(withIf bool) Expr {
	first := p.condition(withIf)
	if !p.cur().isOp(",") {
		return first
	}
	items := []Expr{first}
	for p.skipOp(",") {
		if p.tupleEnds() {
			break
		}
		items = append(items, p.condition(withIf))
	}
	return &Tuple{at: at(first.Offset()), Items: items}
}

func (p *parser) tupleEnds() bool {
	t := p.cur()
	return t.kind == tokVarEnd || t.kind == tokBlockEnd || t.kind == tokEOF || t.isOp(")") || t.isName("recursive")
}

func (p *parser) list() Expr {
	n := &List{at: at(p.advance().at)}
	for !p.cur().isOp("]") {
		if len(n.Items) > 0 {
			p.expectOp(",")
		}
		if p.cur().isOp("]") {
			break
		}
		n.Items = append(n.Items, p.expression())
	}
	p.expectOp("]")
	return n
}

func (p *parser) dict() Expr {
	n := &Dict{at: at(p.advance().at)}
	for !p.cur().isOp("}") {
		if len(n.Keys) > 0 {
			p.expectOp(",")
		}
		if p.cur().isOp("}") {
			break
		}
		key := p.expression()
		p.expectOp(":")
		n.Keys = append(n.Keys, key)
		n.Vals = append(n.Vals, p.expression())
	}
	p.expectOp("}")
	return n
}
