package yaml

import (
	"regexp"
	"strings"

	yamlv3 "go.yaml.in/yaml/v3"

	"pig/internal/diag"
	"pig/internal/value"
)

// pair is a key and a value of a mapping; merged tells that a merge key brought it.
type pair struct {
	key, val *yamlv3.Node
	merged   bool
}

func (b *builder) mapping(n *yamlv3.Node) (value.Value, error) {
	defer b.enter(n)()
	entries, err := b.flatten(n)
	if err != nil {
		return nil, err
	}
	dict := value.NewDict()
	own := map[any]bool{} // keys of this mapping itself
	for _, e := range entries {
		key, err := b.key(n, e.key)
		if err != nil {
			return nil, err
		}
		if !e.merged {
			hash, _ := value.Hash(key)
			if own[hash] {
				if err := b.duplicate(dict, key, e.key); err != nil {
					return nil, err
				}
			}
			own[hash] = true
		}
		val, err := b.value(e.val)
		if err != nil {
			return nil, err
		}
		dict.SetAt(key, val, b.pos(e.key), b.pos(e.val))
	}
	switch tag(n) {
	case "", "!!map", "!!set":
		return dict, nil
	case "!unsafe":
		return unsafe(dict), nil
	}
	return nil, b.unknownTag(n)
}

// flatten resolves merge keys as PyYAML does: what they bring comes first, of several the first mapping wins, and the
// mapping's own keys win over all.
func (b *builder) flatten(n *yamlv3.Node) ([]pair, error) {
	var merged, own []pair
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, val := n.Content[i], n.Content[i+1]
		if !isMerge(key) {
			own = append(own, pair{key: key, val: val})
			continue
		}
		sources := []*yamlv3.Node{val}
		if target := resolveAlias(val); target.Kind == yamlv3.SequenceNode {
			sources = target.Content
		}
		for j := len(sources) - 1; j >= 0; j-- {
			from, err := b.mergeSource(sources[j])
			if err != nil {
				return nil, err
			}
			merged = append(merged, from...)
		}
	}
	if len(merged) == 0 {
		return own, nil
	}
	return append(merged, own...), nil
}

func (b *builder) mergeSource(n *yamlv3.Node) ([]pair, error) {
	target := resolveAlias(n)
	if target.Kind != yamlv3.MappingNode {
		return nil, b.errorf(n, "a merge key (<<) takes a mapping or a list of mappings")
	}
	for _, o := range b.open {
		if o == target && n != target {
			return nil, b.errorf(n, "alias *%s is inside the value that it refers to", n.Value)
		}
	}
	defer b.enter(target)()
	pairs, err := b.flatten(target)
	if err != nil {
		return nil, err
	}
	if b.nodes += len(pairs); b.nodes > maxNodes {
		return nil, b.errorf(n, "the document grows beyond %d values: do aliases repeat each other?", maxNodes)
	}
	for i := range pairs {
		pairs[i].merged = true
	}
	return pairs, nil
}

func resolveAlias(n *yamlv3.Node) *yamlv3.Node {
	if n.Kind == yamlv3.AliasNode {
		return n.Alias
	}
	return n
}

func isMerge(key *yamlv3.Node) bool {
	return key.Kind == yamlv3.ScalarNode && key.Value == "<<" && (tag(key) == "" || tag(key) == "!!merge") &&
		key.Style&(yamlv3.SingleQuotedStyle|yamlv3.DoubleQuotedStyle) == 0
}

func (b *builder) key(mapping, n *yamlv3.Node) (value.Value, error) {
	key, err := b.value(n)
	if err != nil {
		return nil, err
	}
	if l, ok := key.(*value.List); ok { // PyYAML makes a tuple of a list that is a key
		key = value.Tuple(l.Items)
	}
	if _, ok := value.Hash(key); ok {
		return key, nil
	}
	if braces := templateBraces(mapping, n); braces != nil {
		return nil, b.errorf(braces, "a value that starts with {{ must be quoted").
			WithHint(`write "{{ ... }}" in quotes, because YAML reads braces as a mapping`)
	}
	return nil, b.errorf(n, "found unacceptable key (unhashable type: '%s')", value.TypeName(key))
}

// templateBraces recognizes {{ x }}, which YAML reads as a mapping whose key is a mapping, and gives the outer brace.
func templateBraces(mapping, key *yamlv3.Node) *yamlv3.Node {
	if mapping.Style&yamlv3.FlowStyle != 0 && key.Kind == yamlv3.MappingNode && key.Line == mapping.Line && key.Column == mapping.Column+1 {
		return mapping
	}
	return nil
}

// duplicated is how a fault of a key begins that is there twice; duplicatedUnsaid in a file of secrets, of which nothing is quoted.
const (
	duplicated       = "duplicate key "
	duplicatedUnsaid = "duplicate key, "
)

// twice tells of a key that is there twice: an error where that is asked for, else a warning.
func (o Options) twice(key value.Value, at, first diag.Pos) *diag.Diagnostic {
	d := diag.Errorf(at, duplicated+"%s, first defined at %s", value.KeyText(key), first)
	if o.Secret {
		d = diag.Errorf(at, duplicatedUnsaid+"first defined at %s", first)
	}
	if o.Strict {
		return d
	}
	d.Severity = diag.Warning
	return d.WithHint("remove one of them: the last one wins")
}

func (b *builder) duplicate(dict *value.Dict, key value.Value, at *yamlv3.Node) error {
	d := b.opts.twice(key, b.pos(at), dict.KeyPos(key))
	if b.opts.Strict {
		return d
	}
	b.warnings = append(b.warnings, d)
	return nil
}

// unquotedTemplate finds a value that starts with {{ and is not quoted.
var unquotedTemplate = regexp.MustCompile(`(?:^|:[ \t]+|-[ \t]+|,[ \t]*)(\{\{)`)

func unquotedTemplateColumn(line string) int {
	m := unquotedTemplate.FindStringSubmatchIndex(line)
	if m == nil || strings.ContainsAny(line[:m[2]], `'"#`) {
		return 0
	}
	return len([]rune(line[:m[2]])) + 1
}
