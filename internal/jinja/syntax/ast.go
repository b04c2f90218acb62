package syntax

import (
	"pig/internal/value"
)

// Expr is an expression of a compiled template.
type Expr interface {
	expr()
	Offset() int // where it starts in the text
}

// Stmt is a statement, a print or a stretch of data.
type Stmt interface {
	stmt()
}

// at is the byte offset of a node.
type at int

// Offset is where the node starts in the text.
func (a at) Offset() int { return int(a) }

// The expressions.
type (
	// Const is a literal.
	Const struct {
		at
		V value.Value
	}
	// Name is a variable.
	Name struct {
		at
		Name string
	}
	// Tuple is (a, b).
	Tuple struct {
		at
		Items []Expr
	}
	// List is [a, b].
	List struct {
		at
		Items []Expr
	}
	// Dict is {a: b}.
	Dict struct {
		at
		Keys, Vals []Expr
	}
	// Cond is "yes if test else no".
	Cond struct {
		at
		Test, Yes, No Expr // No is nil without else
	}
	// And is "left and right".
	And struct {
		at
		Left, Right Expr
	}
	// Or is "left or right".
	Or struct {
		at
		Left, Right Expr
	}
	// Not is "not x".
	Not struct {
		at
		X Expr
	}
	// Neg is -x, or +x.
	Neg struct {
		at
		X    Expr
		Plus bool
	}
	// Binary is an arithmetic operator: + - * / // % **.
	Binary struct {
		at
		Op          string
		Left, Right Expr
	}
	// Concat is a ~ b ~ c.
	Concat struct {
		at
		Items []Expr
	}
	// Compare is a chain of comparisons, like a < b <= c.
	Compare struct {
		at
		First Expr
		Ops   []string // == != < <= > >= in, not in
		Rest  []Expr
	}
	// Attr is obj.name.
	Attr struct {
		at
		Obj  Expr
		Name string
	}
	// Item is obj[key].
	Item struct {
		at
		Obj, Key Expr
	}
	// Slice is obj[start:stop:step].
	Slice struct {
		at
		Obj               Expr
		Start, Stop, Step Expr // nil where left out
	}
	// Call is fn(args).
	Call struct {
		at
		Fn   Expr
		Args Arguments
	}
	// Filter is in | name(args).
	Filter struct {
		at
		In   Expr // nil: what a filter block or a block set captured
		F    any  // what Plugins has for the name
		Args Arguments
	}
	// Test is "in is name(args)".
	Test struct {
		at
		In   Expr
		T    any // what Plugins has for the name
		Args Arguments
		Not  bool
	}
)

// Arguments of a call, filter or test.
type Arguments struct {
	Pos      []Expr
	Names    []string
	Named    []Expr
	Star     Expr // *args
	StarStar Expr // **kwargs
}

// The statements.
type (
	// Data is a stretch of text that is printed as it stands.
	Data struct{ Text string }
	// Print is {{ x }}.
	Print struct {
		at
		X Expr
	}
	// If is an if with its elifs.
	If struct {
		at
		Tests  []Expr
		Bodies [][]Stmt
		Other  []Stmt
	}
	// For is a loop.
	For struct {
		at
		Target    Target
		Iter      Expr
		Filter    Expr
		Body      []Stmt
		Other     []Stmt
		Recursive bool
		Captures  bool // the body defines macros, which keep the scope of their pass
		UsesLoop  bool
	}
	// Set is {% set target = x %}.
	Set struct {
		at
		Target Target
		X      Expr
	}
	// SetBlock is a set with a body, whose text it assigns.
	SetBlock struct {
		at
		Target Target
		Filter Expr // the chain of filters, or nil
		Body   []Stmt
	}
	// With is a with block.
	With struct {
		at
		Targets []Target
		Vals    []Expr
		Body    []Stmt
	}
	// FilterBlock is a filter block.
	FilterBlock struct {
		at
		Filter Expr
		Body   []Stmt
	}
	// Macro is a macro block.
	Macro struct {
		at
		M *MacroDef
	}
	// CallBlock is a call block.
	CallBlock struct {
		at
		Call   Expr
		Caller *MacroDef
	}
	// Include is {% include x %}.
	Include struct {
		at
		X       Expr
		Missing bool // ignore missing
		Context bool
	}
	// Import is {% import x as name %}.
	Import struct {
		at
		X       Expr
		As      string
		Context bool
	}
	// FromImport is {% from x import names %}.
	FromImport struct {
		at
		X       Expr
		Names   [][2]string // name, alias
		Context bool
	}
	// Extends is {% extends x %}.
	Extends struct {
		at
		X Expr
	}
	// Block is the place of a block.
	Block struct {
		at
		B *BlockDef
	}
	// Autoescape is an autoescape block.
	Autoescape struct {
		at
		X    Expr
		Body []Stmt
	}
)

// MacroDef is what a macro or a call block defines.
type MacroDef struct {
	at
	Name     string // "" for the caller of a call block
	Params   []string
	Defaults []Expr // of the last parameters
	Body     []Stmt
	Varargs  bool // the body mentions varargs, kwargs or caller
	Kwargs   bool
	Caller   bool
}

// BlockDef is what a block defines.
type BlockDef struct {
	at
	Name     string
	Body     []Stmt
	Scoped   bool
	Required bool
}

// Target is what an assignment assigns to: one name, an attribute of a namespace, or a tuple of targets.
type Target struct {
	Name  string
	Attr  string // of the namespace called name
	Parts []Target
	At    int
}

// Template is a compiled text: read-only, shared by all goroutines.
type Template struct {
	src      string
	lines    []int // offsets of line starts
	Body     []Stmt
	X        Expr // a bare expression instead of a body
	Blocks   map[string]*BlockDef
	Extends  bool
	EndLines int // how many newlines the text ends with
	Dialect  Dialect
}

func (*Const) expr()       {}
func (*Name) expr()        {}
func (*Tuple) expr()       {}
func (*List) expr()        {}
func (*Dict) expr()        {}
func (*Cond) expr()        {}
func (*And) expr()         {}
func (*Or) expr()          {}
func (*Not) expr()         {}
func (*Neg) expr()         {}
func (*Binary) expr()      {}
func (*Concat) expr()      {}
func (*Compare) expr()     {}
func (*Attr) expr()        {}
func (*Item) expr()        {}
func (*Slice) expr()       {}
func (*Call) expr()        {}
func (*Filter) expr()      {}
func (*Test) expr()        {}
func (*Data) stmt()        {}
func (*Print) stmt()       {}
func (*If) stmt()          {}
func (*For) stmt()         {}
func (*Set) stmt()         {}
func (*SetBlock) stmt()    {}
func (*With) stmt()        {}
func (*FilterBlock) stmt() {}
func (*Macro) stmt()       {}
func (*CallBlock) stmt()   {}
func (*Include) stmt()     {}
func (*Import) stmt()      {}
func (*FromImport) stmt()  {}
func (*Extends) stmt()     {}
func (*Block) stmt()       {}
func (*Autoescape) stmt()  {}
