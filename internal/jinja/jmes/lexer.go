package jmes

import (
	"fmt"
	"strings"
)

type kind uint8

const (
	eof kind = iota
	ident
	quoted  // "name"
	literal // `json` or 'text'
	number
	op
)

type token struct {
	kind kind
	text string // of an operator, a name or a number; the content of the others
	raw  bool   // a literal in single quotes
	at   int
}

// operators in the order in which they are tried.
var operators = [...]string{"[?", "[]", "||", "&&", "==", "!=", "<=", ">=", ".", "*", ",", ":", "{", "}", "]", "[", "(", ")", "@", "|", "<", ">", "!", "&"}

func lex(s string) ([]token, error) {
	var out []token
	for i := 0; i < len(s); {
		c := s[i]
		start := i
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
			continue
		case isLetter(c):
			for i < len(s) && (isLetter(s[i]) || isDigit(s[i])) {
				i++
			}
			out = append(out, token{ident, s[start:i], false, start})
		case isDigit(c) || c == '-' && i+1 < len(s) && isDigit(s[i+1]):
			for i++; i < len(s) && isDigit(s[i]); i++ {
			}
			out = append(out, token{number, s[start:i], false, start})
		case c == '"' || c == '`' || c == '\'':
			end := closing(s, i)
			if end < 0 {
				return nil, fmt.Errorf("unclosed %c delimiter at column %d", c, i)
			}
			t := token{literal, s[i+1 : end], c == '\'', start}
			if c == '"' {
				t.kind, t.text = quoted, s[i:end+1]
			}
			out = append(out, t)
			i = end + 1
		default:
			o := operator(s[i:])
			if o == "" {
				return nil, fmt.Errorf("bad jmespath expression: unknown token %c at column %d", c, i)
			}
			out = append(out, token{op, o, false, start})
			i += len(o)
		}
	}
	return append(out, token{kind: eof, at: len(s)}), nil
}

func isLetter(c byte) bool { return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }

func closing(s string, open int) int {
	for i := open + 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case s[open]:
			return i
		}
	}
	return -1
}

func operator(s string) string {
	for _, o := range operators {
		if strings.HasPrefix(s, o) {
			return o
		}
	}
	return ""
}
