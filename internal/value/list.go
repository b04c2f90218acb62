package value

import "pig/internal/diag"

// List is Python's list: a reference, shared by all who hold it.
type List struct {
	Items []Value
	// At are the places that the items were read from, or nil; At[i] belongs to Items[i] while the list is as it was read.
	At []diag.Pos
}

// NewList makes a list of items, which it takes over.
func NewList(items ...Value) *List { return &List{Items: items} }

// Strings makes a list of strings.
func Strings(items []string) *List {
	l := &List{Items: make([]Value, len(items))}
	for i, s := range items {
		l.Items[i] = s
	}
	return l
}

// Texts are the items as text.
func (l *List) Texts() []string {
	all := make([]string, len(l.Items))
	for i, item := range l.Items {
		all[i] = Str(item)
	}
	return all
}

// Len is the number of items.
func (l *List) Len() int { return len(l.Items) }

// Append adds items at the end.
func (l *List) Append(items ...Value) { l.Items = append(l.Items, items...) }

// Pos is the place that item i was read from, or an unknown one.
func (l *List) Pos(i int) diag.Pos {
	if i < len(l.At) {
		return l.At[i]
	}
	return diag.Pos{}
}
