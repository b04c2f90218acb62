package yaml

import (
	"encoding/base64"
	"math"
	"math/big"
	"slices"
	"strings"
	"time"

	"pig/internal/secret"
	"pig/internal/value"
	"pig/internal/vault"
)

// Flow is the style of collections: on lines of their own (block) or in braces and brackets (flow).
type Flow int

// FlowLeaves is PyYAML's default_flow_style=None, which to_yaml uses: only collections of plain scalars are in flow style.
// FlowNever is False (to_nice_yaml), FlowAlways is True.
const (
	FlowLeaves Flow = iota
	FlowNever
	FlowAlways
)

// DumpOptions are those of PyYAML's dump, and Vault. The zero value is what Ansible's to_yaml uses, but for the order of keys:
// to_yaml and to_nice_yaml sort them by default, so they set SortKeys.
type DumpOptions struct {
	Flow          Flow
	Indent        int    // 2 to 9; else 2
	Width         int    // lines are folded after it; 0 is 80
	SortKeys      bool   // by Python's order; kept as they are where keys do not compare
	Style         string // default_style: "", "'", `"`, "|" or ">"
	ASCII         bool   // escape what is not ASCII (allow_unicode=False)
	ExplicitStart bool   // begin with ---
	ExplicitEnd   bool   // end with ...
	Mask          bool   // show secrets masked
	Vault         bool   // write secrets whose text is an Ansible Vault with its tag
	Blocks        bool   // texts of several lines stand in blocks
}

// Dump writes v as PyYAML's safe dumper does, byte for byte, but without anchors: what occurs twice is written twice.
func Dump(v value.Value, o DumpOptions) string {
	e := newEmitter(o)
	if o.ExplicitStart {
		e.writeIndicator("---", true, false, false)
	}
	e.node(represent(v, &o), context{root: true})
	e.writeIndent()
	if o.ExplicitEnd || e.openEnded {
		e.writeIndicator("...", true, false, false)
		e.writeIndent()
	}
	return e.out.String()
}

// node is a value as it will be written: a scalar has a tag and a text, a collection has items (for a mapping: key, value,
// key, value ...).
type node struct {
	kind  nodeKind
	tag   string
	text  string
	style string
	flow  bool
	items []*node
}

type nodeKind int

const (
	scalarNode nodeKind = iota
	sequenceNode
	mappingNode
)

func represent(v value.Value, o *DumpOptions) *node {
	switch v := v.(type) {
	case *value.List:
		return representItems(v.Items, o)
	case value.Tuple:
		return representItems(v, o)
	case *value.Dict:
		return representDict(v, o)
	case value.Bytes:
		return &node{tag: "!!binary", text: binaryText(v), style: "|"}
	case value.Unsafe:
		if o.Vault {
			return &node{tag: "!unsafe", text: string(v), style: "\""}
		}
	case secret.Text:
		if o.Vault && vault.Is([]byte(v.Plain())) {
			return &node{tag: "!vault", text: strings.TrimSpace(v.Plain()) + "\n", style: "|"}
		}
	}
	tag, text := scalarText(v, o)
	if o.Blocks && tag == "!!str" && strings.ContainsAny(text, "\n\u0085\u2028\u2029") {
		return &node{tag: tag, text: text, style: "|"}
	}
	return &node{tag: tag, text: text, style: o.Style}
}

func scalarText(v value.Value, o *DumpOptions) (tag, text string) {
	switch v := v.(type) {
	case nil:
		return "!!null", "null"
	case bool:
		if v {
			return "!!bool", "true"
		}
		return "!!bool", "false"
	case int64, *big.Int:
		return "!!int", value.Repr(v)
	case float64:
		return "!!float", floatText(v)
	case value.Date:
		return "!!timestamp", v.String()
	case time.Time:
		return "!!timestamp", isoTime(v)
	case secret.Text:
		if o.Mask {
			return "!!str", v.Masked()
		}
	case value.Unknown:
		return "!!str", value.UnknownText
	}
	return "!!str", value.Str(v)
}

func floatText(f float64) string {
	switch {
	case math.IsNaN(f):
		return ".nan"
	case math.IsInf(f, 1):
		return ".inf"
	case math.IsInf(f, -1):
		return "-.inf"
	}
	text := value.FloatText(f)
	if !strings.Contains(text, ".") {
		text = strings.Replace(text, "e", ".0e", 1)
	}
	return text
}

// isoTime is Python's datetime.isoformat(" ").
func isoTime(t time.Time) string {
	text := t.Format("2006-01-02 15:04:05")
	if t.Nanosecond() != 0 {
		text += t.Format(".000000")
	}
	if t.Location() != time.UTC {
		text += t.Format("-07:00")
	}
	return text
}

// binaryText is base64 in lines of 76, as Python's encodebytes gives it.
func binaryText(data []byte) string {
	text := base64.StdEncoding.EncodeToString(data)
	var b strings.Builder
	for chunk := range slices.Chunk([]byte(text), 76) {
		b.Write(chunk)
		b.WriteByte('\n')
	}
	return b.String()
}

func representItems(items []value.Value, o *DumpOptions) *node {
	n := &node{kind: sequenceNode, tag: "!!seq", items: make([]*node, len(items))}
	for i, item := range items {
		n.items[i] = represent(item, o)
	}
	n.setFlow(o)
	return n
}

func representDict(d *value.Dict, o *DumpOptions) *node {
	n := &node{kind: mappingNode, tag: "!!map"}
	keys := d.Keys()
	if o.SortKeys {
		sortKeys(keys)
	}
	for _, k := range keys {
		v, _ := d.Get(k)
		n.items = append(n.items, represent(k, o), represent(v, o))
	}
	n.setFlow(o)
	return n
}

// sortKeys sorts as Python would, and leaves keys alone that Python cannot compare.
func sortKeys(keys []value.Value) {
	sorted, comparable := slices.Clone(keys), true
	slices.SortStableFunc(sorted, func(a, b value.Value) int {
		c, err := value.Compare(a, b)
		comparable = comparable && err == nil
		return c
	})
	if comparable {
		copy(keys, sorted)
	}
}

func (n *node) setFlow(o *DumpOptions) {
	switch o.Flow {
	case FlowAlways:
		n.flow = true
	case FlowLeaves:
		n.flow = true
		for _, item := range n.items {
			n.flow = n.flow && item.kind == scalarNode && item.style == ""
		}
	}
}

// implicit tells whether n's text is read back as n's type without its tag: when plain, and when quoted.
func (n *node) implicit() (plain, quoted bool) {
	return n.tag == resolvedTag(n.text), n.tag == "!!str"
}

// resolvedTag is the type that a plain scalar reads as.
func resolvedTag(text string) string {
	switch text {
	case "<<":
		return "!!merge"
	case "=":
		return "!!value"
	}
	v, err := Plain(text)
	if err != nil {
		return "!!timestamp"
	}
	switch v.(type) {
	case nil:
		return "!!null"
	case bool:
		return "!!bool"
	case int64, *big.Int:
		return "!!int"
	case float64:
		return "!!float"
	case string:
		return "!!str"
	}
	return "!!timestamp"
}
