package syntax

import (
	"strings"

	"pig/internal/jinja/plugin"
)

// postfix are attributes, subscripts and calls.
func (p *parser) postfix(x Expr) Expr {
	for n := 0; ; n++ {
		p.chained(n)
		switch t := p.cur(); {
		case t.isOp("."):
			x = p.attribute(x)
		case t.isOp("["):
			x = p.subscript(x)
		case t.isOp("("):
			x = &Call{at: at(x.Offset()), Fn: x, Args: p.arguments()}
		default:
			return x
		}
	}
}

func (p *parser) attribute(x Expr) Expr {
	p.advance()
	t := p.cur()
	switch t.kind {
	case tokName:
		p.advance()
		return &Attr{at: at(x.Offset()), Obj: x, Name: t.text}
	case tokInt:
		p.advance()
		return &Item{at: at(x.Offset()), Obj: x, Key: &Const{at: at(t.at), V: p.numeral(t)}}
	}
	p.fail(t, "expected name or number")
	return nil
}

func (p *parser) subscript(x Expr) Expr {
	open := p.advance()
	var items []Expr
	var slice *Slice
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
		return &Item{at: at(x.Offset()), Obj: x, Key: items[0]}
	case slice != nil || len(items) == 0:
		p.fail(open, "expected subscript expression")
	}
	return &Item{at: at(x.Offset()), Obj: x, Key: &Tuple{at: at(open.at), Items: items}}
}

// subscripted is one index or one slice.
func (p *parser) subscripted(x Expr) (Expr, *Slice) {
	var parts [3]Expr
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
	return nil, &Slice{at: at(x.Offset()), Obj: x, Start: parts[0], Stop: parts[1], Step: parts[2]}
}

// arguments of a call, with their parentheses.
func (p *parser) arguments() Arguments {
	open := p.expectOp("(")
	var a Arguments
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

func (p *parser) argument(a *Arguments, open token) {
	var ok bool
	switch t := p.cur(); {
	case t.isOp("*"):
		p.advance()
		ok = a.Star == nil && a.StarStar == nil
		a.Star = p.expression()
	case t.isOp("**"):
		p.advance()
		ok = a.StarStar == nil
		a.StarStar = p.expression()
	case t.kind == tokName && p.peek().isOp("="):
		p.advance()
		p.advance()
		ok = a.StarStar == nil
		a.Names = append(a.Names, t.text)
		a.Named = append(a.Named, p.expression())
	default:
		ok = a.Star == nil && a.StarStar == nil && len(a.Named) == 0
		a.Pos = append(a.Pos, p.expression())
	}
	if !ok {
		p.fail(open, "invalid syntax for function call expression")
	}
}

// filters are what follows an operand: | filter, is test, and calls of their results.
func (p *parser) filters(x Expr) Expr {
	for n := 0; ; n++ {
		p.chained(n)
		switch t := p.cur(); {
		case t.isOp("|"):
			p.advance()
			x = p.filter(x)
		case t.isName("is"):
			x = p.test(x)
		case t.isOp("("):
			x = &Call{at: at(x.Offset()), Fn: x, Args: p.arguments()}
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

func (p *parser) filter(in Expr) Expr {
	t := p.dotted()
	f := p.plugins.Filter(t.text)
	if f == nil && strings.Contains(t.text, ".") {
		f = plugin.Unknown("filter", t.text)
	}
	if f == nil {
		p.fail(t, "No filter named '%s'.", t.text)
	}
	n := &Filter{at: at(t.at), In: in, F: f}
	if p.cur().isOp("(") {
		n.Args = p.arguments()
	}
	return n
}

func (p *parser) test(in Expr) Expr {
	p.advance()
	not := p.skipName("not")
	t := p.dotted()
	n := &Test{at: at(t.at), In: in, Not: not, T: p.plugins.Test(t.text)}
	if n.T == nil && strings.Contains(t.text, ".") {
		n.T = plugin.Unknown("test", t.text)
	}
	if n.T == nil {
		p.fail(t, "No test named '%s'.", t.text)
	}
	switch a := p.cur(); {
	case a.isOp("("):
		n.Args = p.arguments()
	case a.isName("else") || a.isName("or") || a.isName("and"):
	case a.isName("is"):
		p.fail(a, "You cannot chain multiple tests with is")
	case a.kind == tokName || a.kind == tokString || a.kind == tokInt || a.kind == tokFloat || a.isOp("[") || a.isOp("{"):
		n.Args.Pos = []Expr{p.postfix(p.primary())}
	}
	return n
}
