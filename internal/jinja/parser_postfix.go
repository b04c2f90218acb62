package jinja

// postfix are attributes, subscripts and calls.
func (p *parser) postfix(x expr) expr {
	for n := 0; ; n++ {
		p.chained(n)
		switch t := p.cur(); {
		case t.isOp("."):
			x = p.attribute(x)
		case t.isOp("["):
			x = p.subscript(x)
		case t.isOp("("):
			x = &callNode{at: at(x.offset()), fn: x, args: p.arguments()}
		default:
			return x
		}
	}
}

func (p *parser) attribute(x expr) expr {
	p.advance()
	t := p.cur()
	switch t.kind {
	case tokName:
		p.advance()
		return &attrNode{at: at(x.offset()), obj: x, name: t.text}
	case tokInt:
		p.advance()
		return &itemNode{at: at(x.offset()), obj: x, key: &constNode{at: at(t.at), v: p.numeral(t)}}
	}
	p.fail(t, "expected name or number")
	return nil
}

func (p *parser) subscript(x expr) expr {
	open := p.advance()
	var items []expr
	var slice *sliceNode
	for !p.cur().isOp("]") {
		if len(items) > 0 || slice != nil {
			p.expectOp(",")
		}
		item, s := p.subscripted(x)
		if s != nil {
			slice = s
		} else {
			items = append(items, item)
		}
	}
	p.expectOp("]")
	switch {
	case slice != nil && len(items) == 0:
		return slice
	case len(items) == 1 && slice == nil:
		return &itemNode{at: at(x.offset()), obj: x, key: items[0]}
	case slice != nil || len(items) == 0:
		p.fail(open, "expected subscript expression")
	}
	return &itemNode{at: at(x.offset()), obj: x, key: &tupleNode{at: at(open.at), items: items}}
}

// subscripted is one index or one slice.
func (p *parser) subscripted(x expr) (expr, *sliceNode) {
	var parts [3]expr
	n := 0
	if !p.cur().isOp(":") {
		item := p.expression()
		if !p.cur().isOp(":") {
			return item, nil
		}
		parts[0] = item
	}
	for p.skipOp(":") {
		if n++; n > 2 {
			p.unexpected("']'")
		}
		if t := p.cur(); !t.isOp(":") && !t.isOp("]") && !t.isOp(",") {
			parts[n] = p.expression()
		}
	}
	return nil, &sliceNode{at: at(x.offset()), obj: x, start: parts[0], stop: parts[1], step: parts[2]}
}

// arguments of a call, with their parentheses.
func (p *parser) arguments() arguments {
	open := p.expectOp("(")
	var a arguments
	for first := true; !p.cur().isOp(")"); first = false {
		if !first {
			p.expectOp(",")
			if p.cur().isOp(")") {
				break
			}
		}
		p.argument(&a, open)
	}
	p.expectOp(")")
	return a
}

func (p *parser) argument(a *arguments, open token) {
	var ok bool
	switch t := p.cur(); {
	case t.isOp("*"):
		p.advance()
		ok = a.star == nil && a.starStar == nil
		a.star = p.expression()
	case t.isOp("**"):
		p.advance()
		ok = a.starStar == nil
		a.starStar = p.expression()
	case t.kind == tokName && p.peek().isOp("="):
		p.advance()
		p.advance()
		ok = a.starStar == nil
		a.names = append(a.names, t.text)
		a.named = append(a.named, p.expression())
	default:
		ok = a.star == nil && a.starStar == nil && len(a.named) == 0
		a.pos = append(a.pos, p.expression())
	}
	if !ok {
		p.fail(open, "invalid syntax for function call expression")
	}
}

// filters are what follows an operand: | filter, is test, and calls of their results.
func (p *parser) filters(x expr) expr {
	for n := 0; ; n++ {
		p.chained(n)
		switch t := p.cur(); {
		case t.isOp("|"):
			p.advance()
			x = p.filter(x)
		case t.isName("is"):
			x = p.test(x)
		case t.isOp("("):
			x = &callNode{at: at(x.offset()), fn: x, args: p.arguments()}
		default:
			return x
		}
	}
}

// dotted is a name with dots, like ansible.builtin.bool.
func (p *parser) dotted() token {
	t := p.expectName()
	for p.cur().isOp(".") {
		p.advance()
		t.text += "." + p.expectName().text
	}
	return t
}

func (p *parser) filter(in expr) expr {
	t := p.dotted()
	f := p.plugins.Filter(t.text)
	if f == nil {
		p.fail(t, "No filter named '%s'.", t.text)
	}
	n := &filterNode{at: at(t.at), in: in, f: f}
	if p.cur().isOp("(") {
		n.args = p.arguments()
	}
	return n
}

func (p *parser) test(in expr) expr {
	p.advance()
	not := p.skipName("not")
	t := p.dotted()
	n := &testNode{at: at(t.at), in: in, not: not, t: p.plugins.Test(t.text)}
	if n.t == nil {
		p.fail(t, "No test named '%s'.", t.text)
	}
	switch a := p.cur(); {
	case a.isOp("("):
		n.args = p.arguments()
	case a.isName("else") || a.isName("or") || a.isName("and"):
	case a.isName("is"):
		p.fail(a, "You cannot chain multiple tests with is")
	case a.kind == tokName || a.kind == tokString || a.kind == tokInt || a.kind == tokFloat || a.isOp("[") || a.isOp("{"):
		n.args.pos = []expr{p.postfix(p.primary())}
	}
	return n
}
