package yaml

import "strings"

// bracket is a brace or bracket of flow style, and where it stands.
type bracket struct {
	char      rune
	line, col int
}

// unbalanced finds what a reader would blame for a syntax error on the given line: a closing bracket without its partner,
// a quote or an opening bracket that is still open there. The zero bracket means none.
func unbalanced(text []byte, line int) bracket {
	s := balance{}
	lines := strings.SplitAfter(string(text), "\n")
	for i, l := range lines {
		if i >= line {
			break
		}
		if bad := s.line(l, i+1); bad.char != 0 {
			return bad
		}
	}
	if s.quote.char != 0 {
		return s.quote
	}
	// Of what is open, what an earlier line opened is to blame before what the faulty line itself did.
	for i := len(s.open) - 1; i >= 0; i-- {
		if s.open[i].line < line {
			return s.open[i]
		}
	}
	if len(s.open) > 0 {
		return s.open[0]
	}
	return bracket{}
}

// balance follows brackets through a text, minding quotes, comments and block scalars.
type balance struct {
	open  []bracket
	quote bracket // inside a quoted scalar that goes over lines
	block int     // the indentation that lines of a block scalar exceed, plus one; 0 outside
}

func (s *balance) line(l string, number int) bracket {
	indent := len(l) - len(strings.TrimLeft(l, " "))
	trimmed := strings.TrimSpace(l)
	if s.block > 0 {
		if trimmed == "" || indent >= s.block {
			return bracket{}
		}
		s.block = 0
	}
	starts := true    // a value or key may start here
	property := false // inside a tag or an anchor, after which a value still starts
	var prev rune = ' '
	col := 0
	for _, r := range l {
		col++
		switch {
		case s.quote.char != 0:
			if r == s.quote.char && !(r == '"' && prev == '\\') {
				s.quote = bracket{}
			}
		case r == '#' && (prev == ' ' || prev == '\t'):
			return s.endOfLine(l[:strings.Index(l, "#")], indent)
		case (r == '\'' || r == '"') && starts:
			s.quote, starts = bracket{r, number, col}, false
		case (r == '{' || r == '[') && starts:
			s.open = append(s.open, bracket{r, number, col})
		case (r == '}' || r == ']') && len(s.open) > 0:
			if s.open[len(s.open)-1].char != partner(r) {
				return bracket{r, number, col}
			}
			s.open = s.open[:len(s.open)-1]
			starts = false
		case (r == '}' || r == ']') && (prev == '}' || prev == ']' || prev == ' '):
			return bracket{r, number, col}
		case (r == '!' || r == '&') && starts:
			property, starts = true, false
		case r == ' ' || r == '\t' || r == '\n' || r == '\r':
			starts, property = starts || property, false
			starts = starts || prev == ':' || prev == '-' || prev == '?'
		case r == ',' && len(s.open) > 0:
			starts = true
		case r == '-' || r == '?':
		default:
			starts = false
		}
		prev = r
	}
	return s.endOfLine(l, indent)
}

func (s *balance) endOfLine(l string, indent int) bracket {
	l = strings.TrimRight(l, " \t\r\n+-0123456789")
	if s.quote.char == 0 && len(s.open) == 0 && (strings.HasSuffix(l, " |") || strings.HasSuffix(l, " >")) {
		s.block = indent + 1
	}
	return bracket{}
}

func closing(r rune) rune {
	if r == '{' {
		return '}'
	}
	return ']'
}

func partner(r rune) rune {
	if r == '}' {
		return '{'
	}
	return '['
}
