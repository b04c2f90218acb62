package yaml

import (
	"fmt"
	"strings"

	yamlv3 "go.yaml.in/yaml/v3"
)

// flow is a mapping in braces with edits made. Entries that no edit names are as they are written.
func (p *patcher) flow(m *yamlv3.Node, w *wish) (string, error) {
	at := p.offset(m)
	if p.text[at] != '{' {
		return "", fmt.Errorf("line %d: a mapping with an anchor or a tag", m.Line)
	}
	var parts []string
	for i := 0; i+1 < len(m.Content); i += 2 {
		key, val := m.Content[i], m.Content[i+1]
		from := p.offset(key)
		below := w.below[key.Value]
		if isMerge(key) {
			below = nil
		}
		switch {
		case below == nil:
			parts = append(parts, p.text[from:p.flowValueEnd(key, val)])
		case below.leaf() && below.edit.Remove:
		case !below.leaf() && val.Kind == yamlv3.MappingNode:
			inner, err := p.flow(val, below)
			if err != nil {
				return "", err
			}
			parts = append(parts, p.text[from:p.offset(val)]+inner)
		case !below.leaf() && !isNull(val):
			return "", fmt.Errorf("line %d has no mapping below key %s", key.Line, key.Value)
		default:
			if v, ok := below.made(); ok {
				parts = append(parts, strings.TrimSuffix(entryText(key.Value, v, FlowAlways), "\n"))
			} else {
				parts = append(parts, p.text[from:p.flowValueEnd(key, val)])
			}
		}
	}
	for _, key := range w.keys {
		if entry(m, key) >= 0 {
			continue
		}
		if v, ok := w.below[key].made(); ok {
			parts = append(parts, strings.TrimSuffix(entryText(key, v, FlowAlways), "\n"))
		}
	}
	return joined(parts, p.text[at:p.flowEnd(at)]), nil
}

// joined puts entries into braces, each on a line of its own where they stood so.
func joined(parts []string, was string) string {
	if len(parts) == 0 {
		return "{}"
	}
	first, rest, several := strings.Cut(was, "\n")
	if !several || strings.TrimSpace(first) != "{" {
		return "{ " + strings.Join(parts, ", ") + " }"
	}
	indent := rest[:len(rest)-len(strings.TrimLeft(rest, " "))]
	last := was[strings.LastIndexByte(was, '\n')+1:]
	outer := last[:len(last)-len(strings.TrimLeft(last, " "))]
	return "{\n" + indent + strings.Join(parts, ",\n"+indent) + "\n" + outer + "}"
}

// flowValueEnd is where an entry in braces ends.
func (p *patcher) flowValueEnd(key, val *yamlv3.Node) int {
	if isNull(val) && val.Value == "" {
		at := p.scalarEnd(key, p.offset(key), true)
		if rest := strings.TrimLeft(p.text[at:], " "); strings.HasPrefix(rest, ":") {
			return len(p.text) - len(rest) + 1
		}
		return at
	}
	return p.valueIn(val, p.offset(val), true)
}

// valueEnd is where a value in a block mapping ends that begins at an offset.
func (p *patcher) valueEnd(n *yamlv3.Node, at int) int { return p.valueIn(n, at, false) }

func (p *patcher) valueIn(n *yamlv3.Node, at int, flow bool) int {
	for p.text[at] == '&' || p.text[at] == '!' { // an anchor, a tag
		next := at + strings.IndexAny(p.text[at:]+" ", " \n,}]")
		if next >= len(p.text) || p.text[next] != ' ' {
			return next
		}
		at = next + len(p.text[next:]) - len(strings.TrimLeft(p.text[next:], " "))
	}
	if p.text[at] == '{' || p.text[at] == '[' {
		return p.flowEnd(at)
	}
	return p.scalarEnd(n, at, flow)
}

// scalarEnd is where a scalar ends: its quotes, or in the open a comment, the line, and in braces what ends an entry there.
func (p *patcher) scalarEnd(n *yamlv3.Node, at int, flow bool) int {
	if c := p.text[at]; c == '"' || c == '\'' {
		return p.quoteEnd(at)
	}
	end := at
	for end < len(p.text) && p.text[end] != '\n' {
		rest := p.text[end:]
		if strings.HasPrefix(rest, " #") || flow && (strings.ContainsAny(rest[:1], ",}]") || rest[0] == ':' && (len(rest) == 1 || strings.ContainsAny(rest[1:2], " ,}]\n"))) {
			break
		}
		end++
	}
	if plain := at + len(n.Value); plain < end && strings.HasPrefix(p.text[at:], n.Value) {
		return plain
	}
	return at + len(strings.TrimRight(p.text[at:end], " \t"))
}

func (p *patcher) quoteEnd(at int) int {
	quote := p.text[at]
	for i := at + 1; i < len(p.text); i++ {
		switch {
		case quote == '"' && p.text[i] == '\\':
			i++
		case p.text[i] == quote && quote == '\'' && i+1 < len(p.text) && p.text[i+1] == '\'':
			i++
		case p.text[i] == quote:
			return i + 1
		}
	}
	return len(p.text)
}

// flowEnd is behind the bracket that closes the one at an offset.
func (p *patcher) flowEnd(at int) int {
	depth := 0
	for i := at; i < len(p.text); i++ {
		switch c := p.text[i]; {
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return i + 1
			}
		case (c == '"' || c == '\'') && strings.ContainsAny(p.text[i-1:i], " {[,:\n\t"):
			i = p.quoteEnd(i) - 1
		case c == '#' && strings.ContainsAny(p.text[i-1:i], " \n\t"):
			for i+1 < len(p.text) && p.text[i+1] != '\n' {
				i++
			}
		}
	}
	return len(p.text)
}
