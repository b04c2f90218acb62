package plan

import (
	"bytes"
	"encoding/json"
	"fmt"

	"pig/internal/node"
)

// Fields are attributes of a thing by name, in the order in which a change tells them; a value is nil where there is none. In JSON they are an
// object; no fields at all are null.
type Fields []Field

// Field is an attribute.
type Field struct {
	Name  string
	Value *string
}

// MarshalJSON keeps the order.
func (f Fields) MarshalJSON() ([]byte, error) {
	if f == nil {
		return []byte("null"), nil
	}
	var b bytes.Buffer
	b.WriteByte('{')
	for i, one := range f {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(one.Name)
		if err != nil {
			return nil, err
		}
		text, err := json.Marshal(one.Value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(text)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// UnmarshalJSON keeps it too.
func (f *Fields) UnmarshalJSON(text []byte) error {
	*f = nil
	d := json.NewDecoder(bytes.NewReader(text))
	switch t, err := d.Token(); {
	case err != nil:
		return err
	case t == nil:
		return nil
	case t != json.Delim('{'):
		return fmt.Errorf("invalid attributes: want an object")
	}
	*f = Fields{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		one := Field{}
		one.Name, _ = name.(string) // names of an object are strings
		if err := d.Decode(&one.Value); err != nil {
			return err
		}
		*f = append(*f, one)
	}
	return nil
}

// fieldsOf are the attributes of a change before and after. What is created has none before, what is deleted none after.
func fieldsOf(c node.Change) (before, after Fields) {
	before, after = Fields{}, Fields{}
	was, is := false, false
	for _, a := range c.Attrs {
		before, after = append(before, Field{a.Name, text(a.Before)}), append(after, Field{a.Name, text(a.After)})
		was, is = was || a.Before != "", is || a.After != ""
	}
	switch c.Action {
	case "create", "install":
		if !was {
			before = nil
		}
	case "delete", "remove":
		if !is {
			after = nil
		}
	}
	return before, after
}

func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// attrsOf are the attributes of which a document has the fields.
func attrsOf(before, after Fields) []node.Attr {
	names := after
	if after == nil {
		names = before
	}
	var attrs []node.Attr
	for i, f := range names {
		attrs = append(attrs, node.Attr{Name: f.Name, Before: before.at(i), After: after.at(i)})
	}
	return attrs
}

func (f Fields) at(i int) string {
	if i >= len(f) || f[i].Value == nil {
		return ""
	}
	return *f[i].Value
}
