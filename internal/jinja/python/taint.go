package python

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"pig/internal/secret"
	"pig/internal/value"
)

// minLine is the shortest line of a secret of many lines that stands for a part of it.
const minLine = 16

// parts are the atomic secrets that were seen.
func (s *Survey) parts() []string {
	switch len(s.Secrets) {
	case 0:
		return nil
	case 1:
		return s.Secrets[0].Parts()
	}
	lists := make([][]string, len(s.Secrets))
	for i, t := range s.Secrets {
		lists[i] = t.Parts()
	}
	return secret.Union(lists...)
}

// shown are the secrets in a text that was made from the values that were seen: their parts, and where one does not stand
// there as it is, the form in which it does. If none is found, the whole text is a secret.
func (s *Survey) shown(text string) []string {
	if len(s.Secrets) == 0 || text == "" {
		return nil
	}
	parts := s.parts()
	all := parts
	for _, p := range parts {
		if strings.Contains(text, p) {
			continue
		}
		forms := formsIn(text, p)
		if forms == nil {
			return append(append([]string{}, all...), text)
		}
		all = append(append([]string{}, all...), forms...)
	}
	return all
}

// inner is a quoted text without its quotes. Those that belong to the text stay.
func inner(quoted string) string { return quoted[1 : len(quoted)-1] }

// formsIn finds part in text in one of the forms in which a secret usually travels.
func formsIn(text, part string) []string {
	quoted, _ := json.Marshal(part)
	for _, form := range []string{
		inner(string(quoted)),
		inner(value.Repr(part)),
		strings.ReplaceAll(part, "'", "''"),
		base64.StdEncoding.EncodeToString([]byte(part)),
	} {
		if form != "" && strings.Contains(text, form) {
			return []string{form}
		}
	}
	if !strings.Contains(part, "\n") {
		return nil
	}
	var lines []string
	for line := range strings.SplitSeq(part, "\n") {
		if line = strings.TrimSpace(line); len(line) < minLine {
			continue
		}
		if !strings.Contains(text, line) {
			return nil
		}
		lines = append(lines, line)
	}
	return lines
}

// visible tells whether text can be read in the masked forms of the secrets, so that it tells nothing.
func (s *Survey) visible(text string) bool {
	for _, t := range s.Secrets {
		masked := t.Plain()
		for _, p := range t.Parts() {
			masked = strings.ReplaceAll(masked, p, secret.Mask)
		}
		if strings.Contains(masked, text) {
			return true
		}
	}
	return false
}

// Taint marks every text in v, which was made from the values that were seen.
func (s *Survey) Taint(v value.Value) value.Value {
	if len(s.Secrets) == 0 {
		return v
	}
	switch x := v.(type) {
	case string:
		if x == "" || s.visible(x) {
			return x
		}
		return secret.Carrying(x, s.shown(x)...)
	case secret.Text:
		return secret.Carrying(x.Plain(), append(s.shown(x.Plain()), x.Parts()...)...)
	case value.Bytes:
		return s.Taint(string(x)) // bytes cannot be secret, a text can; decode() takes it as well
	case *value.List:
		for i, item := range x.Items {
			x.Items[i] = s.Taint(item)
		}
	case value.Tuple:
		for i, item := range x {
			x[i] = s.Taint(item)
		}
	case *value.Dict:
		for k, item := range x.All() {
			x.SetAt(k, s.Taint(item), x.KeyPos(k), x.ValuePos(k))
		}
	}
	return v
}

// Tainted makes text, which was made from operands, a secret if one of them is.
func Tainted(text string, operands ...value.Value) value.Value {
	var s Survey
	for _, v := range operands {
		if err := s.Visit(v, 0); err != nil {
			return secret.New(text) // what cannot be looked through may hold one
		}
	}
	return s.Taint(text)
}

// AddParts notes a text with the secrets in it.
func (s *Survey) AddParts(text string, parts []string) {
	if len(parts) > 0 {
		s.Secrets = append(s.Secrets, secret.Carrying(text, parts...))
	}
}
