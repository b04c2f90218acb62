package jinja

import (
	"pig/internal/value"
)

// expr is an expression of a compiled template.
type expr interface {
	expr()
	offset() int // where it starts in the text
}

// stmt is a statement, a print or a stretch of data.
type stmt interface {
	stmt()
}

// at is the byte offset of a node.
type at int

func (a at) offset() int { return int(a) }

type (
	constNode struct {
		at
		v value.Value
	}
	nameNode struct {
		at
		name string
	}
	tupleNode struct {
		at
		items []expr
	}
	listNode struct {
		at
		items []expr
	}
	dictNode struct {
		at
		keys, vals []expr
	}
	condNode struct {
		at
		test, yes, no expr // no is nil without else
	}
	andNode struct {
		at
		left, right expr
	}
	orNode struct {
		at
		left, right expr
	}
	notNode struct {
		at
		x expr
	}
	negNode struct {
		at
		x    expr
		plus bool
	}
	binaryNode struct {
		at
		op          string
		left, right expr
	}
	concatNode struct {
		at
		items []expr
	}
	compareNode struct {
		at
		first expr
		ops   []string // == != < <= > >= in, not in
		rest  []expr
	}
	attrNode struct {
		at
		obj  expr
		name string
	}
	itemNode struct {
		at
		obj, key expr
	}
	sliceNode struct {
		at
		obj               expr
		start, stop, step expr // nil where left out
	}
	callNode struct {
		at
		fn   expr
		args arguments
	}
	filterNode struct {
		at
		in   expr // nil: what a filter block or a block set captured
		f    any  // what Plugins has for the name
		args arguments
	}
	testNode struct {
		at
		in   expr
		t    any // what Plugins has for the name
		args arguments
		not  bool
	}
)

// arguments of a call, filter or test.
type arguments struct {
	pos      []expr
	names    []string
	named    []expr
	star     expr // *args
	starStar expr // **kwargs
}

type (
	dataNode  struct{ text string }
	printNode struct {
		at
		x expr
	}
	ifNode struct {
		at
		tests  []expr
		bodies [][]stmt
		other  []stmt
	}
	forNode struct {
		at
		target    target
		iter      expr
		filter    expr
		body      []stmt
		other     []stmt
		recursive bool
		captures  bool // the body defines macros, which keep the scope of their pass
		usesLoop  bool
	}
	setNode struct {
		at
		target target
		x      expr
	}
	setBlockNode struct {
		at
		target target
		filter expr // the chain of filters, or nil
		body   []stmt
	}
	withNode struct {
		at
		targets []target
		vals    []expr
		body    []stmt
	}
	filterBlockNode struct {
		at
		filter expr
		body   []stmt
	}
	macroNode struct {
		at
		m *macroDef
	}
	callBlockNode struct {
		at
		call   expr
		caller *macroDef
	}
	includeNode struct {
		at
		x       expr
		missing bool // ignore missing
		context bool
	}
	importNode struct {
		at
		x       expr
		as      string
		context bool
	}
	fromImportNode struct {
		at
		x       expr
		names   [][2]string // name, alias
		context bool
	}
	extendsNode struct {
		at
		x expr
	}
	blockNode struct {
		at
		b *blockDef
	}
	autoescapeNode struct {
		at
		x    expr
		body []stmt
	}
)

// macroDef is what a macro or a call block defines.
type macroDef struct {
	at
	name     string // "" for the caller of a call block
	params   []string
	defaults []expr // of the last parameters
	body     []stmt
	varargs  bool // the body mentions varargs, kwargs or caller
	kwargs   bool
	caller   bool
}

type blockDef struct {
	at
	name     string
	body     []stmt
	scoped   bool
	required bool
}

// target is what an assignment assigns to: one name, an attribute of a namespace, or a tuple of targets.
type target struct {
	name  string
	attr  string // of the namespace called name
	parts []target
	at    int
}

// template is a compiled text: read-only, shared by all goroutines.
type template struct {
	src      string
	lines    []int // offsets of line starts
	body     []stmt
	x        expr // a bare expression instead of a body
	blocks   map[string]*blockDef
	extends  bool
	endLines int // how many newlines the text ends with
	syn      syntax
}

func (*constNode) expr()   {}
func (*nameNode) expr()    {}
func (*tupleNode) expr()   {}
func (*listNode) expr()    {}
func (*dictNode) expr()    {}
func (*condNode) expr()    {}
func (*andNode) expr()     {}
func (*orNode) expr()      {}
func (*notNode) expr()     {}
func (*negNode) expr()     {}
func (*binaryNode) expr()  {}
func (*concatNode) expr()  {}
func (*compareNode) expr() {}
func (*attrNode) expr()    {}
func (*itemNode) expr()    {}
func (*sliceNode) expr()   {}
func (*callNode) expr()    {}
func (*filterNode) expr()  {}
func (*testNode) expr()    {}

func (*dataNode) stmt()        {}
func (*printNode) stmt()       {}
func (*ifNode) stmt()          {}
func (*forNode) stmt()         {}
func (*setNode) stmt()         {}
func (*setBlockNode) stmt()    {}
func (*withNode) stmt()        {}
func (*filterBlockNode) stmt() {}
func (*macroNode) stmt()       {}
func (*callBlockNode) stmt()   {}
func (*includeNode) stmt()     {}
func (*importNode) stmt()      {}
func (*fromImportNode) stmt()  {}
func (*extendsNode) stmt()     {}
func (*blockNode) stmt()       {}
func (*autoescapeNode) stmt()  {}
