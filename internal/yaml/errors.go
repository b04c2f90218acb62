package yaml

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"pig/internal/diag"
)

var parserMessage = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

// syntaxError makes a diagnostic of the parser's error, which tells at best the line where the construct began. read is
// how much of text it had taken in: the fault is on the last line of that.
func syntaxError(err error, text []byte, read int, file string) error {
	m := parserMessage.FindStringSubmatch(err.Error())
	if m == nil {
		return &diag.Diagnostic{Summary: err.Error(), Pos: diag.Pos{File: file}, Cause: err}
	}
	message := m[2]
	line := bytes.Count(bytes.TrimRight(text[:read], " \t\r\n"), []byte("\n")) + 1
	current := lineAt(text, line)
	d := diag.Errorf(diag.Pos{File: file, Line: line, Col: faultColumn(message, current)}, "%s", message)
	d.Cause = err
	d.Hint = hintFor(message, current)
	if name := unknownAnchor.FindStringSubmatch(message); name != nil {
		d.Pos.Line, d.Pos.Col = find(text, "*"+name[1])
	}
	blame(d, unbalanced(text, line), message)
	if col := unquotedTemplateColumn(current); col > 0 {
		d.Pos.Col = col
		d.Hint = `a value that starts with {{ must be quoted: "{{ ... }}"`
	}
	return d
}

// blame points d at the quote or bracket that the fault comes from, if there is one: the parser itself goes on until
// something makes no sense any more.
func blame(d *diag.Diagnostic, b bracket, message string) {
	if b.char == 0 {
		return
	}
	d.Detail = "the reader stopped at line " + strconv.Itoa(d.Pos.Line) + ": " + message
	d.Pos.Line, d.Pos.Col = b.line, b.col
	switch b.char {
	case '}', ']':
		d.Summary, d.Hint = "this "+string(b.char)+" has no opening bracket", "remove it, or add the opening bracket"
	case '{', '[':
		d.Summary, d.Hint = "this "+string(b.char)+" is not closed", "is a "+string(closing(b.char))+" missing?"
	default:
		d.Summary, d.Hint = "this "+string(b.char)+" is not closed", "is a quote missing?"
	}
}

var unknownAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)

// find is the line and column of the first occurrence of what.
func find(text []byte, what string) (line, col int) {
	before, _, _ := bytes.Cut(text, []byte(what))
	start := bytes.LastIndexByte(before, '\n') + 1
	return bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(before[start:]) + 1
}

func lineAt(text []byte, line int) string {
	lines := strings.SplitN(string(text), "\n", max(line, 0)+1)
	if line < 1 || line > len(lines) {
		return ""
	}
	return strings.TrimRight(lines[line-1], "\r")
}

// faultColumn finds the character that a message of the parser is about.
func faultColumn(message, line string) int {
	start := len(line) - len(strings.TrimLeft(line, " "))
	switch {
	case strings.Contains(message, "mapping values are not allowed"):
		if cols := colons(line); len(cols) > 1 {
			return cols[1]
		} else if len(cols) == 1 {
			return cols[0]
		}
	case strings.Contains(message, "did not find expected"):
		if at, _ := badScalar(line); at > 0 {
			return at
		}
	case strings.Contains(message, "cannot start any token"):
		if i := strings.IndexAny(line, "\t@`%"); i >= 0 {
			start = i
		}
	}
	return utf8.RuneCountInString(line[:start]) + 1
}

// colons are the columns of the colons that end a key on this line, outside of quotes.
func colons(line string) []int {
	var cols []int
	var quote rune
	runes := []rune(line)
	for i, r := range runes {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case (r == '\'' || r == '"') && (i == 0 || strings.ContainsRune(" ,[{:", runes[i-1])):
			quote = r
		case r == '#' && i > 0 && runes[i-1] == ' ':
			return cols
		case r == ':' && (i+1 == len(runes) || runes[i+1] == ' '):
			cols = append(cols, i+1)
		}
	}
	return cols
}

func hintFor(message, line string) string {
	if strings.Contains(message, "did not find expected") {
		if _, hint := badScalar(line); hint != "" {
			return hint
		}
	}
	switch {
	case strings.Contains(message, "cannot start any token"):
		if strings.Contains(line, "\t") {
			return "YAML does not allow tabs for indentation: use spaces"
		}
		return "quote the value"
	case strings.Contains(message, "mapping values are not allowed"):
		if len(colons(line)) > 1 {
			return `quote a value that contains ": "; write a mapping on separate lines`
		}
		return "is this line indented too far, or is the colon missing on the line before?"
	case strings.Contains(message, "did not find expected key"), strings.Contains(message, "did not find expected '-'"):
		return "is this line indented like the others of its mapping or list?"
	case strings.Contains(message, "could not find expected ':'"):
		return "does a key here or on the line before lack its colon?"
	}
	return ""
}
