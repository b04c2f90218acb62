package yaml

import "strings"

// badScalar finds the value on a line that is not written as YAML has it, where the parser only says what it did not find: the column,
// and what to do. 0 if there is none.
func badScalar(line string) (col int, hint string) {
	letters := []rune(line)
	keyed, open := false, 0
	for i := 0; i < len(letters); i++ {
		switch c := letters[i]; {
		case c == '#' && (i == 0 || letters[i-1] == ' '):
			return 0, ""
		case (c == '"' || c == '\'') && begins(letters[:i]):
			end := closingQuote(letters, i)
			if end < 0 {
				return 0, ""
			}
			if end+1 < len(letters) && !strings.ContainsRune(" \t,:]}", letters[end+1]) {
				return end + 2, "the value ends at the quote before: double a ' inside '...', and write \\\" for a \" inside \"...\""
			}
			i = end
		case c == '{' || c == '[':
			keyed, open = false, open+1
		case c == '}' || c == ']':
			keyed, open = false, open-1
		case c == ',' && open > 0:
			keyed = false
		case c == ':' && (i+1 == len(letters) || letters[i+1] == ' '):
			if keyed && open > 0 {
				return i + 1, `a value with ": " in it needs quotes`
			}
			keyed = true
		}
	}
	return 0, ""
}

// begins tells whether a value begins behind a text.
func begins(before []rune) bool {
	text := strings.TrimRight(string(before), " \t")
	return text == "" || strings.ContainsAny(text[len(text)-1:], ",[{:-")
}

// closingQuote is where the quote at a place is closed, -1 if it is not.
func closingQuote(letters []rune, at int) int {
	quote := letters[at]
	for i := at + 1; i < len(letters); i++ {
		switch {
		case letters[i] == '\\' && quote == '"':
			i++
		case letters[i] != quote:
		case quote == '\'' && i+1 < len(letters) && letters[i+1] == '\'':
			i++
		default:
			return i
		}
	}
	return -1
}
