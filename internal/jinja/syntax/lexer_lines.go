package syntax

import (
	"strings"
)

// nextLineTag prefers a line statement or line comment, where a header asked for them, to a tag that comes later.
func (l *lexer) nextLineTag(at int, start string, k kind) (int, string, kind) {
	if l.syn.lineStatement == "" && l.syn.lineComment == "" {
		return at, start, k
	}
	limit := len(l.src)
	if k != tokEOF {
		limit = at
	}
	for i := l.i; i < limit; i++ {
		lineStart := i == 0 || l.src[i-1] == '\n'
		if !lineStart && l.syn.lineComment == "" {
			continue
		}
		j := i
		for j < len(l.src) && (l.src[j] == ' ' || l.src[j] == '\t') {
			j++
		}
		rest := l.src[j:]
		if l.syn.lineComment != "" && strings.HasPrefix(rest, l.syn.lineComment) {
			return j, l.syn.lineComment, tokBlockBegin
		}
		if lineStart && l.syn.lineStatement != "" && strings.HasPrefix(rest, l.syn.lineStatement) {
			return j, l.syn.lineStatement, tokBlockBegin
		}
	}
	return at, start, k
}

// lineStatement reads the words of a statement that ends with its line.
func (l *lexer) lineStatement(at int) error {
	l.trimBlanks()
	l.emit(tokBlockBegin, "", at)
	end := strings.IndexByte(l.src[l.i:], '\n')
	if end < 0 {
		end = len(l.src)
	} else {
		end += l.i
	}
	part := &lexer{src: strings.TrimRight(l.src[:end], " \t:"), syn: l.syn, i: l.i, out: l.out}
	if err := part.words("", false); err != nil {
		return err
	}
	l.out = part.out
	l.emit(tokBlockEnd, "", end)
	l.i = min(end+1, len(l.src))
	return nil
}

// trimBlanks takes away the blanks at the end of the data before a line statement or line comment.
func (l *lexer) trimBlanks() {
	n := len(l.out)
	if n == 0 || l.out[n-1].kind != tokData {
		return
	}
	l.out[n-1].text = strings.TrimRight(l.out[n-1].text, " \t")
	if l.out[n-1].text == "" {
		l.out = l.out[:n-1]
	}
}

func (l *lexer) skipLine() {
	if n := strings.IndexByte(l.src[l.i:], '\n'); n >= 0 {
		l.i += n
	} else {
		l.i = len(l.src)
	}
}
