package yaml

import (
	"encoding/base64"
	"strings"

	yamlv3 "go.yaml.in/yaml/v3"

	"pig/internal/diag"
	"pig/internal/secret"
	"pig/internal/value"
)

// maxNodes bounds what aliases may blow a text up to.
const maxNodes = 5_000_000

// builder turns one document's nodes into values.
type builder struct {
	file     string
	opts     Options
	text     []byte
	warnings diag.List
	nodes    int
	open     []*yamlv3.Node // anchors whose inside is being built
}

func (b *builder) pos(n *yamlv3.Node) diag.Pos {
	return diag.Pos{File: b.file, Line: n.Line, Col: n.Column}
}

func (b *builder) errorf(n *yamlv3.Node, format string, args ...any) *diag.Diagnostic {
	return diag.Errorf(b.pos(n), format, args...)
}

func (b *builder) warn(d *diag.Diagnostic) {
	d.Severity = diag.Warning
	b.warnings = append(b.warnings, d)
}

func (b *builder) document(n *yamlv3.Node) (value.Value, error) {
	if n.Kind != yamlv3.DocumentNode {
		return b.value(n)
	}
	if len(n.Content) == 0 {
		return nil, nil
	}
	return b.value(n.Content[0])
}

func (b *builder) value(n *yamlv3.Node) (value.Value, error) {
	if b.nodes++; b.nodes > maxNodes {
		return nil, b.errorf(n, "the document grows beyond %d values: do aliases repeat each other?", maxNodes)
	}
	switch n.Kind {
	case yamlv3.AliasNode:
		return b.alias(n)
	case yamlv3.ScalarNode:
		return b.scalar(n)
	case yamlv3.SequenceNode:
		return b.sequence(n)
	case yamlv3.MappingNode:
		return b.mapping(n)
	}
	return nil, b.errorf(n, "unexpected YAML node")
}

// alias builds a copy of what was anchored, so that no two places share a list or mapping.
func (b *builder) alias(n *yamlv3.Node) (value.Value, error) {
	for _, o := range b.open {
		if o == n.Alias {
			return nil, b.errorf(n, "alias *%s is inside the value that it refers to", n.Value)
		}
	}
	quiet := len(b.warnings)
	v, err := b.value(n.Alias)
	b.warnings = b.warnings[:quiet] // they were told where the anchor stands
	return v, err
}

func (b *builder) enter(n *yamlv3.Node) func() {
	if n.Anchor == "" {
		return func() {}
	}
	b.open = append(b.open, n)
	return func() { b.open = b.open[:len(b.open)-1] }
}

func (b *builder) sequence(n *yamlv3.Node) (value.Value, error) {
	defer b.enter(n)()
	list := &value.List{Items: make([]value.Value, 0, len(n.Content)), At: make([]diag.Pos, 0, len(n.Content))}
	for _, item := range n.Content {
		v, err := b.value(item)
		if err != nil {
			return nil, err
		}
		list.Items = append(list.Items, v)
		list.At = append(list.At, b.pos(item))
	}
	switch tag(n) {
	case "", "!!seq":
		return list, nil
	case "!!omap", "!!pairs":
		return pairs(list), nil
	case "!unsafe":
		return unsafe(list), nil
	}
	return nil, b.unknownTag(n)
}

// pairs is PyYAML's form of !!omap and !!pairs: a list of tuples.
func pairs(list *value.List) *value.List {
	for i, item := range list.Items {
		if d, ok := item.(*value.Dict); ok && d.Len() == 1 {
			for k, v := range d.All() {
				list.Items[i] = value.Tuple{k, v}
			}
		}
	}
	return list
}

// tag is the explicit tag of n, or "".
func tag(n *yamlv3.Node) string {
	if n.Style&yamlv3.TaggedStyle == 0 {
		return ""
	}
	return strings.Replace(n.Tag, "tag:yaml.org,2002:", "!!", 1)
}

func (b *builder) unknownTag(n *yamlv3.Node) error {
	known := []string{"!vault", "!unsafe", "!!str", "!!int", "!!float", "!!bool", "!!null", "!!binary", "!!timestamp", "!!seq", "!!map", "!!set", "!!omap", "!!pairs"}
	return b.errorf(n, "could not determine a constructor for the tag %s", tag(n)).WithHint("%s", diag.DidYouMean(tag(n), known))
}

func (b *builder) scalar(n *yamlv3.Node) (value.Value, error) {
	switch tag(n) {
	case "":
		if n.Style&(yamlv3.SingleQuotedStyle|yamlv3.DoubleQuotedStyle|yamlv3.LiteralStyle|yamlv3.FoldedStyle) != 0 {
			return n.Value, nil
		}
		return b.plain(n)
	case "!!str", "!":
		return n.Value, nil
	case "!unsafe":
		return value.Unsafe(n.Value), nil
	case "!vault", "!vault-encrypted":
		return b.vault(n)
	case "!!binary":
		data, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(n.Value), ""))
		if err != nil {
			return nil, b.errorf(n, "failed to decode base64 data: %v", err)
		}
		return value.Bytes(data), nil
	case "!!null":
		return nil, nil
	case "!!int", "!!float", "!!bool", "!!timestamp":
		return b.typed(n)
	}
	return nil, b.unknownTag(n)
}

func (b *builder) plain(n *yamlv3.Node) (value.Value, error) {
	v, err := Plain(n.Value)
	if err != nil {
		return nil, b.errorf(n, "%v", err).WithHint("quote the value if it is a string")
	}
	switch v.(type) {
	case int64, float64:
		if base60(n.Value) {
			b.warn(b.errorf(n, "%s is read as the number %s, counting in sixties as YAML 1.1 does", n.Value, value.Str(v)).
				WithHint("quote the value if it is a time, an address or a string"))
		}
	}
	return v, nil
}

// typed reads a scalar whose tag says what it must be.
func (b *builder) typed(n *yamlv3.Node) (value.Value, error) {
	v, err := Plain(n.Value)
	if err != nil {
		return nil, b.errorf(n, "%v", err)
	}
	kind, want := value.TypeName(v), strings.TrimPrefix(tag(n), "!!")
	if want == "float" && kind == "int" {
		return floatOf(n.Value), nil
	}
	if kind == want || want == "timestamp" && (kind == "date" || kind == "datetime") {
		return v, nil
	}
	return nil, b.errorf(n, "invalid value %q: want %s", n.Value, want)
}

func (b *builder) vault(n *yamlv3.Node) (value.Value, error) {
	if b.opts.Vault == nil && b.opts.Closed {
		return value.Undefined{Hint: "Attempting to decrypt but no vault secrets found.", Name: "vault", Pos: b.pos(n)}, nil
	}
	if b.opts.Vault == nil {
		return nil, b.errorf(n, "an encrypted value (!vault), but no vault password was given").
			WithHint("give the password with --vault-password-file or --ask-vault-pass")
	}
	plain, err := b.opts.Vault(n.Value)
	if err != nil {
		d := b.errorf(n, "cannot decrypt this value: %v", err)
		d.Cause = err
		return nil, d
	}
	return secret.New(plain), nil
}

// unsafe marks every string inside v.
func unsafe(v value.Value) value.Value {
	return everyText(v, func(s string) value.Value { return value.Unsafe(s) })
}
