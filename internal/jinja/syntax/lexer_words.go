package syntax

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// operators in the order in which they are tried: the long ones first.
var operators = [...]string{
	"//", "**", "==", "!=", ">=", "<=",
	"+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";",
}

// words reads the inside of a tag up to its end delimiter, or to the end of the text if that is "".
func (l *lexer) words(end string, isVar bool) error {
	var open []byte // brackets that are open: inside them the end delimiter is just operators
	for {
		l.skipSpace()
		if l.i >= len(l.src) {
			return nil
		}
		if end != "" && len(open) == 0 && l.tagEnd(end, isVar) {
			return nil
		}
		if err := l.word(&open); err != nil {
			return err
		}
	}
}

// tagEnd reads the end delimiter with its sign, if it is here.
func (l *lexer) tagEnd(end string, isVar bool) bool {
	at, rest := l.i, l.src[l.i:]
	var sign byte
	if rest[0] == '-' || rest[0] == '+' && !isVar {
		sign = rest[0]
		rest = rest[1:]
	}
	if !strings.HasPrefix(rest, end) {
		return false
	}
	l.i = len(l.src) - len(rest) + len(end)
	if isVar {
		l.emit(tokVarEnd, "", at)
		if sign == '-' {
			l.skipSpace()
		}
		return true
	}
	l.emit(tokBlockEnd, "", at)
	l.afterTag(sign)
	return true
}

func (l *lexer) word(open *[]byte) error {
	c := l.src[l.i]
	switch {
	case c == '\'' || c == '"':
		return l.str(c)
	case c >= '0' && c <= '9':
		l.number()
		return nil
	case c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80:
		if l.name() {
			return nil
		}
	default:
		for _, op := range operators {
			if strings.HasPrefix(l.src[l.i:], op) {
				return l.operator(op, open)
			}
		}
	}
	r, _ := utf8.DecodeRuneInString(l.src[l.i:])
	return lexErrorf(l.i, "unexpected char %s", strconv.QuoteRune(r))
}

func (l *lexer) operator(op string, open *[]byte) error {
	switch op {
	case "(", "[", "{":
		*open = append(*open, closing(op[0]))
	case ")", "]", "}":
		n := len(*open)
		if n == 0 {
			return lexErrorf(l.i, "unexpected '%s'", op)
		}
		if want := (*open)[n-1]; want != op[0] {
			return lexErrorf(l.i, "unexpected '%s', expected '%c'", op, want)
		}
		*open = (*open)[:n-1]
	}
	l.emit(tokOp, op, l.i)
	l.i += len(op)
	return nil
}

func closing(bracket byte) byte {
	if bracket == '(' {
		return ')'
	}
	return bracket + 2 // ] and }
}

func (l *lexer) name() bool {
	start := l.i
	for l.i < len(l.src) {
		r, n := utf8.DecodeRuneInString(l.src[l.i:])
		if r != '_' && !unicode.IsLetter(r) && (l.i == start || !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r)) {
			break
		}
		l.i += n
	}
	if l.i == start {
		return false
	}
	l.emit(tokName, l.src[start:l.i], start)
	return true
}

// str reads a string literal; its token holds the text that it stands for.
func (l *lexer) str(quote byte) error {
	start := l.i
	for i := start + 1; i < len(l.src); i++ {
		switch l.src[i] {
		case '\\':
			i++
		case quote:
			text := l.src[start+1 : i]
			if !l.syn.RawStrings {
				text = unescape(text)
			}
			l.emit(tokString, text, start)
			l.i = i + 1
			return nil
		}
	}
	return lexErrorf(start, "unexpected char %s", strconv.QuoteRune(rune(quote)))
}

// number reads an integer or float literal; its token holds the digits without underscores.
func (l *lexer) number() {
	s, i := l.src, l.i
	if s[i] == '0' && i+2 < len(s) {
		digits := map[byte]string{'b': "01", 'o': "01234567", 'x': "0123456789abcdefABCDEF"}[s[i+1]|0x20]
		if end := run(s, i+2, digits); digits != "" && end > i+2 {
			l.numberToken(tokInt, end)
			return
		}
	}
	const decimal = "0123456789"
	end := run(s, i, decimal)
	isFloat := false
	if i == 0 || s[i-1] != '.' { // x.0.1 is two subscripts
		if end < len(s) && s[end] == '.' {
			if e := run(s, end+1, decimal); e > end+1 {
				end, isFloat = e, true
			}
		}
		if end < len(s) && s[end]|0x20 == 'e' {
			e := end + 1
			if e < len(s) && (s[e] == '+' || s[e] == '-') {
				e++
			}
			if f := run(s, e, decimal); f > e {
				end, isFloat = f, true
			}
		}
	}
	if isFloat {
		l.numberToken(tokFloat, end)
		return
	}
	if s[i] == '0' { // 012 is no number, only 0 is
		end = run(s, i, "0")
	}
	l.numberToken(tokInt, end)
}

func (l *lexer) numberToken(k kind, end int) {
	l.emit(k, strings.ReplaceAll(l.src[l.i:end], "_", ""), l.i)
	l.i = end
}

// run is the end of the digits, with single underscores between them, that start at i.
func run(s string, i int, digits string) int {
	for i < len(s) {
		switch {
		case strings.IndexByte(digits, s[i]) >= 0:
			i++
		case s[i] == '_' && i+1 < len(s) && strings.IndexByte(digits, s[i+1]) >= 0:
			i += 2
		default:
			return i
		}
	}
	return i
}

// unescape reads the escapes of a Python string literal; one that Python does not know stays as it is.
func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		if j := strings.IndexByte("abfnrtv\\'\"", s[i]); j >= 0 {
			b.WriteByte("\a\b\f\n\r\t\v\\'\""[j])
			continue
		}
		switch digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[s[i]]; {
		case s[i] == '\n':
		case digits > 0 && i+digits < len(s):
			if n, err := strconv.ParseUint(s[i+1:i+1+digits], 16, 32); err == nil {
				b.WriteRune(rune(n))
				i += digits
				continue
			}
			b.WriteString(s[i-1 : i+1])
		case s[i] >= '0' && s[i] <= '7':
			end := i + 1
			for end < len(s) && end < i+3 && s[end] >= '0' && s[end] <= '7' {
				end++
			}
			n, _ := strconv.ParseUint(s[i:end], 8, 32)
			b.WriteRune(rune(n))
			i = end - 1
		default:
			b.WriteString(s[i-1 : i+1])
		}
	}
	return b.String()
}
