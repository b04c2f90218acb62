package inventory

import (
	"errors"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"pig/internal/value"
)

// literalOrText reads a value of an INI inventory: a Python literal if it is one, else the text.
func literalOrText(text string) value.Value {
	p := &literalParser{rest: strings.TrimSpace(text)}
	v, err := p.value(0)
	if err != nil || p.space() != "" {
		return text
	}
	return v
}

var errNoLiteral = errors.New("no Python literal")

// literalParser is the part of Python's ast.literal_eval that makes values which an inventory can hold.
type literalParser struct{ rest string }

func (p *literalParser) space() string {
	p.rest = strings.TrimLeft(p.rest, " \t\r\n")
	return p.rest
}

func (p *literalParser) take(prefix string) bool {
	if strings.HasPrefix(p.space(), prefix) {
		p.rest = p.rest[len(prefix):]
		return true
	}
	return false
}

const maxLiteralDepth = 100

func (p *literalParser) value(depth int) (value.Value, error) {
	if p.space() == "" || depth > maxLiteralDepth {
		return nil, errNoLiteral
	}
	switch p.rest[0] {
	case '[':
		items, _, err := p.items("]", depth)
		return value.NewList(items...), err
	case '(':
		items, comma, err := p.items(")", depth)
		if err == nil && len(items) == 1 && !comma {
			return items[0], nil
		}
		return value.NewList(items...), err // Ansible makes a list of a tuple
	case '{':
		return p.dict(depth)
	case '\'', '"':
		return p.strings()
	}
	return p.atom()
}

func (p *literalParser) items(end string, depth int) (items []value.Value, comma bool, err error) {
	p.rest = p.rest[1:]
	for !p.take(end) {
		if len(items) > 0 && !comma {
			return nil, false, errNoLiteral
		}
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, false, err
		}
		items = append(items, v)
		comma = p.take(",")
	}
	return items, comma, nil
}

func (p *literalParser) dict(depth int) (value.Value, error) {
	p.rest = p.rest[1:]
	d := value.NewDict()
	for comma := true; !p.take("}"); comma = p.take(",") {
		if !comma {
			return nil, errNoLiteral
		}
		key, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		if _, ok := value.Hash(key); !ok || !p.take(":") {
			return nil, errNoLiteral
		}
		val, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		d.Set(key, val)
	}
	return d, nil
}

// strings reads one string, or several that stand side by side and are one.
func (p *literalParser) strings() (value.Value, error) {
	all := ""
	for p.space() != "" && (p.rest[0] == '\'' || p.rest[0] == '"') {
		s, err := p.string()
		if err != nil {
			return nil, err
		}
		all += s
	}
	return all, nil
}

func (p *literalParser) string() (string, error) {
	quote := p.rest[0]
	var b strings.Builder
	for i := 1; i < len(p.rest); i++ {
		switch c := p.rest[i]; {
		case c == quote:
			p.rest = p.rest[i+1:]
			return b.String(), nil
		case c == '\n':
			return "", errNoLiteral
		case c == '\\' && i+1 < len(p.rest):
			text, n := unescape(p.rest[i+1:])
			b.WriteString(text)
			i += n
		default:
			b.WriteByte(c)
		}
	}
	return "", errNoLiteral
}

// unescape reads what follows a backslash in a Python string, and tells how many bytes that is.
func unescape(s string) (text string, n int) {
	if i := strings.IndexByte(`\'"abfnrtv`, s[0]); i >= 0 {
		return string("\\'\"\a\b\f\n\r\t\v"[i]), 1
	}
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[s[0]]
	if digits > 0 && len(s) > digits {
		if r, err := strconv.ParseUint(s[1:1+digits], 16, 32); err == nil && r <= utf8.MaxRune {
			return string(rune(r)), 1 + digits
		}
	}
	return `\` + s[:1], 1
}

var (
	pythonInt   = regexp.MustCompile(`^[-+]?(?:0(?:_?0)*|[1-9](?:_?\d)*|0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+)$`)
	pythonFloat = regexp.MustCompile(`^[-+]?(?:\d(?:_?\d)*\.(?:\d(?:_?\d)*)?|\.\d(?:_?\d)*)(?:[eE][-+]?\d+)?$|^[-+]?\d(?:_?\d)*[eE][-+]?\d+$`)
	atomEnd     = regexp.MustCompile(`[,\]\)\}:\s]`)
)

func (p *literalParser) atom() (value.Value, error) {
	word := p.rest
	if at := atomEnd.FindStringIndex(word); at != nil {
		word = word[:at[0]]
	}
	p.rest = p.rest[len(word):]
	switch {
	case word == "True":
		return true, nil
	case word == "False":
		return false, nil
	case word == "None":
		return nil, nil
	case pythonInt.MatchString(word):
		n, _ := new(big.Int).SetString(strings.TrimLeft(word, "+"), 0)
		if n != nil {
			return value.Int(n), nil
		}
	case pythonFloat.MatchString(word):
		f, _ := strconv.ParseFloat(strings.ReplaceAll(word, "_", ""), 64)
		return f, nil
	}
	return nil, errNoLiteral
}
