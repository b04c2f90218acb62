package syntax

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"pig/internal/jinja/python"
)

// lexer splits a template into tokens: stretches of data, and the words inside tags.
type lexer struct {
	src  string
	syn  *Dialect
	i    int // what is before i has been read
	out  []token
	next [3]int // where the next block, variable and comment start; -1 none; less than i: not known
}

// lexError is a mistake at an offset of the text.
type lexError struct {
	at  int
	msg string
}

func (e *lexError) Error() string { return e.msg }

func lexErrorf(at int, format string, args ...any) error {
	return &lexError{at: at, msg: fmt.Sprintf(format, args...)}
}

// lex splits src, which starts being a template at offset start.
func lex(src string, start int, syn *Dialect) ([]token, error) {
	l := &lexer{src: src, syn: syn, i: start, next: [3]int{-2, -2, -2}}
	for l.i < len(l.src) {
		if err := l.step(); err != nil {
			return nil, err
		}
	}
	return append(l.out, token{kind: tokEOF, at: len(src)}), nil
}

// lexExpression splits a bare expression.
func lexExpression(src string, syn *Dialect) ([]token, error) {
	l := &lexer{src: src, syn: syn}
	if err := l.words("", false); err != nil {
		return nil, err
	}
	return append(l.out, token{kind: tokEOF, at: len(src)}), nil
}

func (l *lexer) emit(k kind, text string, at int) {
	l.out = append(l.out, token{kind: k, text: text, at: at})
}

// step reads the data up to the next tag, and the tag.
func (l *lexer) step() error {
	at, start, k := l.nextTag()
	if k == tokEOF {
		l.data(l.i, len(l.src))
		l.i = len(l.src)
		return nil
	}
	from := l.i
	l.i = at + len(start)
	sign := l.sign()
	l.data(from, l.dataEnd(from, at, sign, k))
	switch {
	case k == tokVarBegin:
		l.emit(k, "", at)
		return l.words(l.syn.VariableEnd, true)
	case k == tokData:
		return l.comment(at)
	case start == l.syn.lineStatement:
		return l.lineStatement(at)
	case start == l.syn.lineComment:
		l.trimBlanks()
		l.skipLine()
		return nil
	}
	if end, ok := l.keyword("raw", false); ok {
		l.i = end
		return l.raw(at)
	}
	l.emit(tokBlockBegin, "", at)
	return l.words(l.syn.BlockEnd, false)
}

// nextTag finds the nearest tag: its place, the delimiter that starts it, and tokBlockBegin, tokVarBegin, tokData for a
// comment, or tokEOF.
func (l *lexer) nextTag() (at int, start string, k kind) {
	starts := [3]string{l.syn.BlockStart, l.syn.VariableStart, l.syn.CommentStart}
	kinds := [3]kind{tokBlockBegin, tokVarBegin, tokData}
	k = tokEOF
	for n, s := range starts {
		if l.next[n] != -1 && l.next[n] < l.i {
			l.next[n] = strings.Index(l.src[l.i:], s)
			if l.next[n] >= 0 {
				l.next[n] += l.i
			}
		}
		p := l.next[n]
		if p >= 0 && (k == tokEOF || p < at || p == at && len(s) > len(start)) {
			at, start, k = p, s, kinds[n]
		}
	}
	return l.nextLineTag(at, start, k)
}

// data emits a stretch of text.
func (l *lexer) data(from, to int) {
	if from >= to {
		return
	}
	text := l.src[from:to]
	if l.syn.Newline != "\n" {
		text = strings.ReplaceAll(text, "\n", l.syn.Newline)
	}
	l.emit(tokData, text, from)
}

// sign reads the - or + after the start of a tag.
func (l *lexer) sign() byte {
	if l.i < len(l.src) && (l.src[l.i] == '-' || l.src[l.i] == '+') {
		l.i++
		return l.src[l.i-1]
	}
	return 0
}

// dataEnd is where the data before a tag ends, once the tag has stripped its left side.
func (l *lexer) dataEnd(from, at int, sign byte, k kind) int {
	if sign == '-' {
		return from + len(strings.TrimRightFunc(l.src[from:at], python.IsSpace))
	}
	if sign == '+' || !l.syn.LstripBlocks || k == tokVarBegin {
		return at
	}
	line := strings.LastIndexByte(l.src[from:at], '\n') + 1
	atLineStart := line > 0 || from == 0 || l.src[from-1] == '\n'
	if atLineStart && strings.TrimFunc(l.src[from+line:at], python.IsSpace) == "" {
		return from + line
	}
	return at
}

// comment skips to the end of a comment.
func (l *lexer) comment(at int) error {
	n := strings.Index(l.src[l.i:], l.syn.CommentEnd)
	if n < 0 {
		return lexErrorf(at, "Missing end of comment tag")
	}
	var sign byte
	if n > 0 {
		sign = l.src[l.i+n-1]
	}
	l.i += n + len(l.syn.CommentEnd)
	l.afterTag(sign)
	return nil
}

// afterTag strips what follows the end of a block or comment.
func (l *lexer) afterTag(sign byte) {
	switch {
	case sign == '-':
		l.skipSpace()
	case sign != '+' && l.syn.TrimBlocks && l.i < len(l.src) && l.src[l.i] == '\n':
		l.i++
	}
}

// keyword tells whether a block consists of one word, and where it ends with its stripping.
func (l *lexer) keyword(word string, trim bool) (end int, ok bool) {
	rest := strings.TrimLeftFunc(l.src[l.i:], python.IsSpace)
	if !strings.HasPrefix(rest, word) {
		return 0, false
	}
	rest = strings.TrimLeftFunc(rest[len(word):], python.IsSpace)
	switch {
	case strings.HasPrefix(rest, l.syn.BlockEnd):
		rest = rest[len(l.syn.BlockEnd):]
		if trim && l.syn.TrimBlocks && strings.HasPrefix(rest, "\n") {
			rest = rest[1:]
		}
	case strings.HasPrefix(rest, "-"+l.syn.BlockEnd):
		rest = strings.TrimLeftFunc(rest[1+len(l.syn.BlockEnd):], python.IsSpace)
	case trim && strings.HasPrefix(rest, "+"+l.syn.BlockEnd):
		rest = rest[1+len(l.syn.BlockEnd):]
	default:
		return 0, false
	}
	return len(l.src) - len(rest), true
}

// raw reads data up to the end of a raw block.
func (l *lexer) raw(at int) error {
	from := l.i
	for {
		n := strings.Index(l.src[l.i:], l.syn.BlockStart)
		if n < 0 {
			return lexErrorf(at, "Missing end of raw directive")
		}
		tag := l.i + n
		l.i = tag + len(l.syn.BlockStart)
		sign := l.sign()
		if end, ok := l.keyword("endraw", true); ok {
			l.data(from, l.dataEnd(from, tag, sign, tokBlockBegin))
			l.i = end
			return nil
		}
		l.i = tag + len(l.syn.BlockStart)
	}
}

func (l *lexer) skipSpace() {
	for l.i < len(l.src) {
		r, n := utf8.DecodeRuneInString(l.src[l.i:])
		if !python.IsSpace(r) {
			return
		}
		l.i += n
	}
}
