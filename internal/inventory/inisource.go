package inventory

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"pig/internal/diag"
	"pig/internal/value"
)

var iniSection = regexp.MustCompile(`^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:[#;].*)?$`)

// iniFile reads an inventory in Ansible's INI form: [group], [group:vars], [group:children].
func (l *loader) iniFile(path string, text []byte) {
	p := &iniParser{loader: l, group: l.inv.groups[ungrouped], kind: "hosts", pending: map[string]diag.Pos{}}
	number := 0
	for line := range bytes.Lines(text) {
		number++
		raw := strings.TrimRight(string(line), "\r\n")
		trimmed := strings.TrimSpace(raw)
		if trimmed == "" || trimmed[0] == '#' || trimmed[0] == ';' {
			continue
		}
		indent := len(raw) - len(strings.TrimLeft(raw, " \t"))
		p.pos = diag.Pos{File: path, Line: number, Col: utf8.RuneCountInString(raw[:indent]) + 1}
		l.diags.Add(diag.At(p.pos, p.line(trimmed)))
	}
	for name, pos := range p.pending {
		if l.inv.groups[name] == nil {
			l.diags = append(l.diags, diag.Errorf(pos, "section [%s:vars] is for a group that is not defined", name).
				WithHint("%s", diag.DidYouMean(name, l.groupNames())))
		}
	}
	for _, set := range p.later {
		if g := l.inv.groups[set.group]; g != nil {
			l.diags.Add(g.setVar(set.key, set.val, set.pos, set.pos))
		}
	}
}

func (l *loader) groupNames() []string {
	names := make([]string, len(l.inv.inOrder))
	for i, g := range l.inv.inOrder {
		names[i] = g.Name
	}
	return names
}

// iniParser holds the section that lines belong to.
type iniParser struct {
	*loader
	group *Group
	name  string // of the group of a vars section, which need not be declared yet
	kind  string // hosts, vars or children
	pos   diag.Pos
	// variables wait until the end, as a vars section may stand before its group
	pending map[string]diag.Pos
	later   []iniVar
}

type iniVar struct {
	group, key string
	val        value.Value
	pos        diag.Pos
}

func (p *iniParser) line(text string) error {
	if text[0] == '[' {
		if m := iniSection.FindStringSubmatch(text); m != nil {
			return p.section(m[1], m[2])
		}
		if !strings.Contains(text, "=") && !strings.Contains(text, ":") {
			return fmt.Errorf("invalid section entry %q: must not contain spaces or other characters after the bracket", text)
		}
	}
	switch p.kind {
	case "vars":
		key, val, ok := strings.Cut(text, "=")
		if !ok {
			return fmt.Errorf("expected key=value, got: %s", text)
		}
		p.later = append(p.later, iniVar{p.name, strings.TrimSpace(key), literalOrText(strings.TrimSpace(val)), p.pos})
		return nil
	case "children":
		name, _, _ := strings.Cut(text, " ")
		return p.group.adopt(p.inv.group(name, p.pos))
	}
	return p.host(text)
}

func (p *iniParser) section(name, kind string) error {
	switch kind {
	case "", "hosts":
		p.kind, p.group = "hosts", p.inv.group(name, p.pos)
	case "children":
		p.kind, p.group = kind, p.inv.group(name, p.pos)
	case "vars":
		p.kind, p.name = kind, name
		p.pending[name] = p.pos
	default:
		return diag.Errorf(p.pos, "section [%s:%s] has unknown type: %s", name, kind, kind).
			WithHint("%s", diag.DidYouMean(kind, sections))
	}
	return nil
}

func (p *iniParser) host(text string) error {
	words, err := splitWords(text)
	if err != nil || len(words) == 0 {
		return err
	}
	names, port, err := ExpandHosts(words[0])
	if err != nil {
		return err
	}
	for _, name := range names {
		h := p.addHost(name, port, p.group, p.pos)
		for _, w := range words[1:] {
			key, val, ok := strings.Cut(w, "=")
			if !ok {
				return fmt.Errorf("expected key=value host variable assignment, got: %s", w)
			}
			h.vars.SetAt(key, literalOrText(val), p.pos, p.pos)
		}
	}
	return nil
}

// splitWords splits a line as Python's shlex does: quotes group and go away, a backslash escapes, # starts a comment.
func splitWords(text string) ([]string, error) {
	var words []string
	var word strings.Builder
	inWord := false
	var quote rune
	runes := []rune(text)
	for i := 0; i < len(runes); i++ {
		switch r := runes[i]; {
		case quote != 0 && r == quote:
			quote = 0
		case r == '\\' && quote != '\'' && i+1 < len(runes):
			i++
			if quote == '"' && runes[i] != '"' && runes[i] != '\\' {
				word.WriteRune('\\')
			}
			word.WriteRune(runes[i])
			inWord = true
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, inWord = r, true
		case r == '#' && !inWord:
			return words, nil
		case r == ' ' || r == '\t':
			if inWord {
				words = append(words, word.String())
				word.Reset()
				inWord = false
			}
		default:
			word.WriteRune(r)
			inWord = true
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("no closing quotation")
	}
	if inWord {
		words = append(words, word.String())
	}
	return words, nil
}
