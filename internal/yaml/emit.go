package yaml

import (
	"strings"
	"unicode/utf8"
)

// emitter writes nodes with PyYAML's layout (emitter.py): the same decisions on the same state, so that the same input
// gives the same bytes.
type emitter struct {
	out        strings.Builder
	width      int
	step       int // spaces per level
	ascii      bool
	indent     int // -1 before the first collection
	column     int
	whitespace bool // the last thing written was white space, or is one for this purpose
	indention  bool // the line holds nothing but indentation and indicators so far
	openEnded  bool // a plain scalar at the root: only ... ends it
	flowLevel  int
}

// context is where a node stands.
type context struct {
	root, mapping, simpleKey bool
}

func newEmitter(o DumpOptions) *emitter {
	e := &emitter{width: 80, step: 2, ascii: o.ASCII, indent: -1, whitespace: true, indention: true}
	if o.Indent > 1 && o.Indent < 10 {
		e.step = o.Indent
	}
	if o.Width > 2*e.step {
		e.width = o.Width
	}
	return e
}

func (e *emitter) write(text string) {
	e.out.WriteString(text)
	e.column += utf8.RuneCountInString(text)
}

func (e *emitter) writeIndicator(text string, needSpace, whitespace, indention bool) {
	if !e.whitespace && needSpace {
		text = " " + text
	}
	e.whitespace = whitespace
	e.indention = e.indention && indention
	e.openEnded = false
	e.write(text)
}

func (e *emitter) writeIndent() {
	indent := max(e.indent, 0)
	if !e.indention || e.column > indent || (e.column == indent && !e.whitespace) {
		e.lineBreak("\n")
	}
	if e.column < indent {
		e.whitespace = true
		e.write(strings.Repeat(" ", indent-e.column))
	}
}

func (e *emitter) lineBreak(text string) {
	e.whitespace, e.indention = true, true
	e.out.WriteString(text)
	e.column = 0
}

// deeper raises the indentation and gives what puts it back.
func (e *emitter) deeper(flow, indentless bool) (back func()) {
	old := e.indent
	switch {
	case old < 0 && flow:
		e.indent = e.step
	case old < 0:
		e.indent = 0
	case !indentless:
		e.indent += e.step
	}
	return func() { e.indent = old }
}

func (e *emitter) node(n *node, c context) {
	switch {
	case n.kind == scalarNode:
		e.scalar(n, c)
	case e.flowLevel > 0 || n.flow || len(n.items) == 0:
		e.flow(n)
	case n.kind == sequenceNode:
		e.blockSequence(n, c)
	default:
		e.blockMapping(n)
	}
}

func (e *emitter) flow(n *node) {
	open, end := "[", "]"
	if n.kind == mappingNode {
		open, end = "{", "}"
	}
	e.writeIndicator(open, true, true, false)
	e.flowLevel++
	back := e.deeper(true, false)
	step := 1
	if n.kind == mappingNode {
		step = 2
	}
	for i := 0; i < len(n.items); i += step {
		if i > 0 {
			e.writeIndicator(",", false, false, false)
		}
		if e.column > e.width {
			e.writeIndent()
		}
		if n.kind == mappingNode {
			e.flowEntry(n.items[i], n.items[i+1])
		} else {
			e.node(n.items[i], context{})
		}
	}
	back()
	e.flowLevel--
	e.writeIndicator(end, false, false, false)
}

func (e *emitter) flowEntry(key, val *node) {
	if key.simple() {
		e.node(key, context{mapping: true, simpleKey: true})
		e.writeIndicator(":", false, false, false)
	} else {
		e.writeIndicator("?", true, false, false)
		e.node(key, context{mapping: true})
		if e.column > e.width {
			e.writeIndent()
		}
		e.writeIndicator(":", true, false, false)
	}
	e.node(val, context{mapping: true})
}

func (e *emitter) blockSequence(n *node, c context) {
	back := e.deeper(false, c.mapping && !e.indention)
	for _, item := range n.items {
		e.writeIndent()
		e.writeIndicator("-", true, false, true)
		e.node(item, context{})
	}
	back()
}

func (e *emitter) blockMapping(n *node) {
	back := e.deeper(false, false)
	for i := 0; i < len(n.items); i += 2 {
		key, val := n.items[i], n.items[i+1]
		e.writeIndent()
		if key.simple() {
			e.node(key, context{mapping: true, simpleKey: true})
			e.writeIndicator(":", false, false, false)
		} else {
			e.writeIndicator("?", true, false, true)
			e.node(key, context{mapping: true})
			e.writeIndent()
			e.writeIndicator(":", true, false, true)
		}
		e.node(val, context{mapping: true})
	}
	back()
}

// maxSimpleKey is the length from which a key, with its tag, is written with a question mark.
const maxSimpleKey = 128

func (n *node) simple() bool {
	if n.kind != scalarNode {
		return len(n.items) == 0
	}
	return utf8.RuneCountInString(n.text)+len(n.tag) < maxSimpleKey && n.text != "" && !strings.ContainsAny(n.text, "\n\u0085\u2028\u2029")
}

func (e *emitter) scalar(n *node, c context) {
	a := analyze(n.text, e.ascii)
	plain, quoted := n.implicit()
	style := e.chooseStyle(n, a, c, plain)
	if (style == "" && !plain) || (style != "" && !quoted) {
		e.writeIndicator(n.tag, true, false, false)
	}
	back := e.deeper(true, false)
	runes, split := []rune(n.text), !c.simpleKey
	switch style {
	case `"`:
		e.doubleQuoted(runes, split)
	case "'":
		e.singleQuoted(runes, split)
	case "|":
		e.literal(runes)
	case ">":
		e.folded(runes)
	default:
		e.plainText(runes, split, c.root)
	}
	back()
}

func (e *emitter) chooseStyle(n *node, a analysis, c context, plainTag bool) string {
	if n.style == `"` {
		return `"`
	}
	if n.style == "" && plainTag && !(c.simpleKey && (a.empty || a.multiline)) &&
		(e.flowLevel > 0 && a.flowPlain || e.flowLevel == 0 && a.blockPlain) {
		return ""
	}
	if (n.style == "|" || n.style == ">") && e.flowLevel == 0 && !c.simpleKey && a.block {
		return n.style
	}
	if (n.style == "" || n.style == "'") && a.singleQuoted && !(c.simpleKey && a.multiline) {
		return "'"
	}
	return `"`
}
