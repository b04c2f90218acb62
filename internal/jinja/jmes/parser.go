package jmes

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"pig/internal/value"
)

// nodeKind says what a node does with the value before it.
type nodeKind uint8

const (
	identity nodeKind = iota
	field
	index
	slice
	constant
	chain      // kids one after the other
	projection // kids[1] of each item of kids[0]
	values     // kids[1] of each value of the mapping kids[0]
	filtered   // kids[1] of each item of kids[0] for which kids[2] holds
	flatten
	pipe
	or
	and
	not
	compare
	list
	hash
	call
	reference
)

type node struct {
	kind  nodeKind
	name  string // of a field, function or comparison
	kids  []*node
	names []string // of a hash
	n     [3]*int64
	v     value.Value
}

// maxDepth bounds the nesting of queries.
const maxDepth = 200

type parser struct {
	toks  []token
	i     int
	depth int
	read  func(json string) (value.Value, error)
}

type syntaxError struct{ msg string }

func (p *parser) cur() token { return p.toks[p.i] }

func (p *parser) next() token {
	t := p.toks[p.i]
	if p.i < len(p.toks)-1 {
		p.i++
	}
	return t
}

func (p *parser) is(o string) bool { t := p.cur(); return t.kind == op && t.text == o }

func (p *parser) match(o string) {
	if !p.is(o) {
		p.fail(p.cur())
	}
	p.next()
}

func (p *parser) fail(t token) {
	if t.kind == eof {
		panic(syntaxError{"unexpected end"})
	}
	panic(syntaxError{fmt.Sprintf("unexpected %q at column %d", t.text, t.at)})
}

// power is how strongly a token binds to what is left of it.
func power(t token) int {
	if t.kind != op {
		return 0
	}
	switch t.text {
	case "|":
		return 1
	case "||":
		return 2
	case "&&":
		return 3
	case "==", "!=", "<", "<=", ">", ">=":
		return 5
	case "[]":
		return 9
	case "*":
		return 20
	case "[?":
		return 21
	case ".":
		return 40
	case "!":
		return 45
	case "{":
		return 50
	case "[":
		return 55
	case "(":
		return 60
	}
	return 0
}

func (p *parser) expression(bind int) *node {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxDepth {
		panic(syntaxError{"nested too deeply"})
	}
	left := p.prefix(p.next())
	for bind < power(p.cur()) {
		left = p.infix(left, p.next())
	}
	return left
}

func (p *parser) prefix(t token) *node {
	switch t.kind {
	case ident:
		return &node{kind: field, name: t.text}
	case quoted:
		if p.is("(") {
			p.fail(p.cur())
		}
		return &node{kind: field, name: p.unquote(t)}
	case literal:
		return &node{kind: constant, v: p.literal(t)}
	case op:
		return p.prefixOperator(t)
	}
	p.fail(t)
	return nil
}

func (p *parser) prefixOperator(t token) *node {
	self := &node{}
	switch t.text {
	case "*":
		right := self
		if !p.is("]") {
			right = p.projected(power(t))
		}
		return &node{kind: values, kids: []*node{self, right}}
	case "[?", "[]":
		return p.infix(self, t)
	case "{":
		return p.hash()
	case "(":
		x := p.expression(0)
		p.match(")")
		return x
	case "!":
		return &node{kind: not, kids: []*node{p.expression(power(t))}}
	case "@":
		return self
	case "&":
		return &node{kind: reference, kids: []*node{p.expression(0)}}
	case "[":
		switch {
		case p.cur().kind == number || p.is(":"):
			return p.sliced(self, p.indexed())
		case p.is("*") && p.toks[p.i+1].kind == op && p.toks[p.i+1].text == "]":
			p.next()
			p.next()
			return &node{kind: projection, kids: []*node{self, p.projected(20)}}
		}
		return p.list()
	}
	p.fail(t)
	return nil
}

func (p *parser) infix(left *node, t token) *node {
	switch t.text {
	case ".":
		if p.is("*") {
			p.next()
			return &node{kind: values, kids: []*node{left, p.projected(power(t))}}
		}
		return &node{kind: chain, kids: []*node{left, p.afterDot(power(t))}}
	case "|":
		return &node{kind: pipe, kids: []*node{left, p.expression(power(t))}}
	case "||":
		return &node{kind: or, kids: []*node{left, p.expression(power(t))}}
	case "&&":
		return &node{kind: and, kids: []*node{left, p.expression(power(t))}}
	case "==", "!=", "<", "<=", ">", ">=":
		return &node{kind: compare, name: t.text, kids: []*node{left, p.expression(power(t))}}
	case "[]":
		inner := &node{kind: flatten, kids: []*node{left}}
		return &node{kind: projection, kids: []*node{inner, p.projected(power(t))}}
	case "[?":
		test := p.expression(0)
		p.match("]")
		right := &node{}
		if !p.is("[]") {
			right = p.projected(power(t))
		}
		return &node{kind: filtered, kids: []*node{left, right, test}}
	case "(":
		if left.kind != field {
			p.fail(t)
		}
		n := &node{kind: call, name: left.name}
		for !p.is(")") {
			if len(n.kids) > 0 {
				p.match(",")
			}
			n.kids = append(n.kids, p.expression(0))
		}
		p.next()
		return n
	case "[":
		if p.cur().kind == number || p.is(":") {
			return p.sliced(left, p.indexed())
		}
		p.match("*")
		p.match("]")
		return &node{kind: projection, kids: []*node{left, p.projected(20)}}
	}
	p.fail(t)
	return nil
}

// projected is what applies to each item of a projection.
func (p *parser) projected(bind int) *node {
	const stop = 10
	switch {
	case power(p.cur()) < stop:
		return &node{}
	case p.is("[") || p.is("[?"):
		return p.expression(bind)
	case p.is("."):
		p.next()
		return p.afterDot(bind)
	}
	p.fail(p.cur())
	return nil
}

func (p *parser) afterDot(bind int) *node {
	switch t := p.cur(); {
	case t.kind == ident || t.kind == quoted || p.is("*"):
		return p.expression(bind)
	case p.is("["):
		p.next()
		return p.list()
	case p.is("{"):
		p.next()
		return p.hash()
	}
	p.fail(p.cur())
	return nil
}

func (p *parser) list() *node {
	n := &node{kind: list}
	for {
		n.kids = append(n.kids, p.expression(0))
		if p.is("]") {
			p.next()
			return n
		}
		p.match(",")
	}
}

func (p *parser) hash() *node {
	n := &node{kind: hash}
	for {
		t := p.next()
		switch t.kind {
		case ident:
			n.names = append(n.names, t.text)
		case quoted:
			n.names = append(n.names, p.unquote(t))
		default:
			p.fail(t)
		}
		p.match(":")
		n.kids = append(n.kids, p.expression(0))
		if p.is("}") {
			p.next()
			return n
		}
		p.match(",")
	}
}

// indexed is the inside of [1] or [1:2:3], with its end.
func (p *parser) indexed() *node {
	n := &node{kind: slice}
	part, colons := 0, 0
	for !p.is("]") {
		t := p.next()
		switch {
		case t.kind == op && t.text == ":" && colons < 2:
			colons++
			part = colons
		case t.kind == number && n.n[part] == nil:
			i, err := strconv.ParseInt(t.text, 10, 64)
			if err != nil {
				p.fail(t)
			}
			n.n[part] = &i
		default:
			p.fail(t)
		}
	}
	p.next()
	if colons == 0 {
		n.kind = index
	}
	return n
}

// sliced applies an index or slice; a slice projects.
func (p *parser) sliced(left, right *node) *node {
	n := &node{kind: chain, kids: []*node{left, right}}
	if right.kind == slice {
		return &node{kind: projection, kids: []*node{n, p.projected(20)}}
	}
	return n
}

func (p *parser) unquote(t token) string {
	var s string
	if err := json.Unmarshal([]byte(t.text), &s); err != nil {
		p.fail(t)
	}
	return s
}

func (p *parser) literal(t token) value.Value {
	if t.raw {
		return strings.ReplaceAll(t.text, `\'`, `'`)
	}
	text := strings.ReplaceAll(t.text, "\\`", "`")
	v, err := p.read(text)
	if err != nil {
		if v, err = p.read(`"` + strings.TrimLeft(text, " \t\n\r") + `"`); err != nil {
			p.fail(t)
		}
	}
	return v
}
