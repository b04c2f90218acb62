package yaml

import (
	"fmt"
	"strings"
)

// analysis tells which styles a text may be written in.
type analysis struct {
	empty, multiline                           bool
	flowPlain, blockPlain, singleQuoted, block bool
}

const blanks = "\x00 \t\r\n\u0085\u2028\u2029"

func isBreak(r rune) bool { return r == '\n' || r == 0x85 || r == 0x2028 || r == 0x2029 }

// analyze is PyYAML's analyze_scalar.
func analyze(text string, ascii bool) analysis {
	if text == "" {
		return analysis{empty: true, blockPlain: true, singleQuoted: true}
	}
	runes := []rune(text)
	blockIndicator := strings.HasPrefix(text, "---") || strings.HasPrefix(text, "...")
	flowIndicator := blockIndicator
	var breaks, special, spaceBreak, breakSpace bool
	for i, r := range runes {
		before := i == 0 || strings.ContainsRune(blanks, runes[i-1])
		after := i+1 == len(runes) || strings.ContainsRune(blanks, runes[i+1])
		flow, block := indicator(r, i == 0, before, after)
		flowIndicator, blockIndicator = flowIndicator || flow, blockIndicator || block
		breaks = breaks || isBreak(r)
		special = special || !printable(r, ascii)
		if i > 0 {
			spaceBreak = spaceBreak || isBreak(r) && runes[i-1] == ' '
			breakSpace = breakSpace || r == ' ' && isBreak(runes[i-1])
		}
	}
	first, last := runes[0], runes[len(runes)-1]
	edge := first == ' ' || isBreak(first) || last == ' ' || isBreak(last)
	plain := !edge && !breakSpace && !spaceBreak && !special && !breaks
	return analysis{
		multiline:    breaks,
		flowPlain:    plain && !flowIndicator,
		blockPlain:   plain && !blockIndicator,
		singleQuoted: !breakSpace && !spaceBreak && !special,
		block:        last != ' ' && !spaceBreak && !special,
	}
}

// indicator tells whether r would be taken for syntax where it stands, in flow and in block style.
func indicator(r rune, first, spaceBefore, spaceAfter bool) (flow, block bool) {
	if first {
		switch {
		case strings.ContainsRune("#,[]{}&*!|>'\"%@`", r):
			return true, true
		case r == '?' || r == ':':
			return true, spaceAfter
		case r == '-':
			return spaceAfter, spaceAfter
		}
		return false, false
	}
	switch {
	case strings.ContainsRune(",?[]{}", r):
		return true, false
	case r == ':':
		return true, spaceAfter
	case r == '#':
		return spaceBefore, spaceBefore
	}
	return false, false
}

// printable tells whether r needs no escape.
func printable(r rune, ascii bool) bool {
	if r == '\n' || r >= 0x20 && r <= 0x7e {
		return true
	}
	unicode := r == 0x85 || r >= 0xa0 && r <= 0xd7ff || r >= 0xe000 && r <= 0xfffd || r >= 0x10000 && r < 0x10ffff
	return unicode && r != 0xfeff && !ascii
}

// plainText writes without quotes, folded at single spaces.
func (e *emitter) plainText(text []rune, split, root bool) {
	e.openEnded = e.openEnded || root
	if len(text) == 0 {
		return
	}
	if !e.whitespace {
		e.write(" ")
	}
	e.whitespace, e.indention = false, false
	start := 0
	spaces := false
	for end := 0; end <= len(text); end++ {
		isSpace := end < len(text) && text[end] == ' '
		switch {
		case spaces && !isSpace:
			if start+1 == end && e.column > e.width && split {
				e.writeIndent()
				e.whitespace, e.indention = false, false
			} else {
				e.write(string(text[start:end]))
			}
			start = end
		case !spaces && (isSpace || end == len(text)):
			e.write(string(text[start:end]))
			start = end
		}
		spaces = isSpace
	}
}

func (e *emitter) singleQuoted(text []rune, split bool) {
	e.writeIndicator("'", true, false, false)
	start := 0
	spaces, breaks := false, false
	for end := 0; end <= len(text); end++ {
		var r rune = -1
		if end < len(text) {
			r = text[end]
		}
		switch {
		case spaces && r != ' ':
			if start+1 == end && e.column > e.width && split && start != 0 && end != len(text) {
				e.writeIndent()
			} else {
				e.write(string(text[start:end]))
			}
			start = end
		case breaks && !isBreak(r):
			e.breaks(text[start:end])
			e.writeIndent()
			start = end
		case !spaces && !breaks && (r == -1 || r == ' ' || r == '\'' || isBreak(r)) && start < end:
			e.write(string(text[start:end]))
			start = end
		}
		if r == '\'' {
			e.write("''")
			start = end + 1
		}
		spaces, breaks = r == ' ', isBreak(r)
	}
	e.writeIndicator("'", false, false, false)
}

// breaks writes line breaks inside a folded or quoted scalar, where one break in the text takes two.
func (e *emitter) breaks(text []rune) {
	if text[0] == '\n' {
		e.lineBreak("\n")
	}
	for _, r := range text {
		e.lineBreak(string(r))
	}
}

func (e *emitter) doubleQuoted(text []rune, split bool) {
	e.writeIndicator(`"`, true, false, false)
	start := 0
	for end := 0; end <= len(text); end++ {
		if end == len(text) || e.mustEscape(text[end]) {
			if start < end {
				e.write(string(text[start:end]))
				start = end
			}
			if end < len(text) {
				e.write(escape(text[end]))
				start = end + 1
			}
		}
		if end > 0 && end < len(text)-1 && (text[end] == ' ' || start >= end) && e.column+(end-start) > e.width && split {
			if start < end {
				e.write(string(text[start:end]))
				start = end
			}
			e.write(`\`)
			e.writeIndent()
			e.whitespace, e.indention = false, false
			if text[start] == ' ' {
				e.write(`\`)
			}
		}
	}
	e.writeIndicator(`"`, false, false, false)
}

func (e *emitter) mustEscape(r rune) bool {
	switch r {
	case '"', '\\', 0x85, 0x2028, 0x2029, 0xfeff:
		return true
	}
	unicode := r >= 0xa0 && r <= 0xd7ff || r >= 0xe000 && r <= 0xfffd
	return !(r >= 0x20 && r <= 0x7e || !e.ascii && unicode)
}

func escape(r rune) string {
	if i := strings.IndexRune("\x00\x07\x08\x09\x0a\x0b\x0c\x0d\x1b\"\\", r); i >= 0 {
		return `\` + string("0abtnvfre\"\\"[i])
	}
	switch r {
	case 0x85:
		return `\N`
	case 0xa0:
		return `\_`
	case 0x2028:
		return `\L`
	case 0x2029:
		return `\P`
	}
	switch {
	case r <= 0xff:
		return fmt.Sprintf(`\x%02X`, r)
	case r <= 0xffff:
		return fmt.Sprintf(`\u%04X`, r)
	}
	return fmt.Sprintf(`\U%08X`, r)
}

// blockHints are what follows | or >: the indentation if the text starts with a blank, and how its end is kept.
func (e *emitter) blockHints(text []rune) string {
	if len(text) == 0 {
		return ""
	}
	hints := ""
	if text[0] == ' ' || isBreak(text[0]) {
		hints = fmt.Sprint(e.step)
	}
	last := text[len(text)-1]
	switch {
	case !isBreak(last):
		hints += "-"
	case len(text) == 1 || isBreak(text[len(text)-2]):
		hints += "+"
	}
	return hints
}

func (e *emitter) literal(text []rune) {
	hints := e.blockHints(text)
	e.writeIndicator("|"+hints, true, false, false)
	e.openEnded = strings.HasSuffix(hints, "+")
	e.lineBreak("\n")
	breaks := true
	start := 0
	for end := 0; end <= len(text); end++ {
		atBreak := end < len(text) && isBreak(text[end])
		switch {
		case breaks && !atBreak:
			for _, r := range text[start:end] {
				e.lineBreak(string(r))
			}
			if end < len(text) {
				e.writeIndent()
			}
			start = end
		case !breaks && (atBreak || end == len(text)):
			e.out.WriteString(string(text[start:end])) // PyYAML does not count these columns
			if end == len(text) {
				e.lineBreak("\n")
			}
			start = end
		}
		breaks = atBreak
	}
}

func (e *emitter) folded(text []rune) {
	hints := e.blockHints(text)
	e.writeIndicator(">"+hints, true, false, false)
	e.openEnded = strings.HasSuffix(hints, "+")
	e.lineBreak("\n")
	leadingSpace, spaces, breaks := true, false, true
	start := 0
	for end := 0; end <= len(text); end++ {
		var r rune = -1
		if end < len(text) {
			r = text[end]
		}
		switch {
		case breaks && !isBreak(r):
			if !leadingSpace && r != -1 && r != ' ' && text[start] == '\n' {
				e.lineBreak("\n")
			}
			leadingSpace = r == ' '
			for _, br := range text[start:end] {
				e.lineBreak(string(br))
			}
			if r != -1 {
				e.writeIndent()
			}
			start = end
		case !breaks && spaces && r != ' ':
			if start+1 == end && e.column > e.width {
				e.writeIndent()
			} else {
				e.write(string(text[start:end]))
			}
			start = end
		case !breaks && !spaces && (r == -1 || r == ' ' || isBreak(r)):
			e.write(string(text[start:end]))
			if r == -1 {
				e.lineBreak("\n")
			}
			start = end
		}
		breaks, spaces = isBreak(r), r == ' '
	}
}
