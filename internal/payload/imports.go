package payload

import (
	"regexp"
	"strings"
)

// imported is one name that a text in Python imports: a module, or a name in one.
type imported struct {
	name     string // with dots, absolute
	optional bool   // it is imported in a block, such as try:, so that its absence may be handled
}

var statement = regexp.MustCompile(`^(?:from\s+(\.*)\s*([\w.]*)\s+import\s+(.*)|import\s+(.*))$`)

// importsOf lists what the text of module imports from module_utils. A package counts from itself, a module from the package that it is in.
func importsOf(module string, isPackage bool, text string) (all []imported) {
	for _, line := range logicalLines(text) {
		m := statement.FindStringSubmatch(line.text)
		if m == nil {
			continue
		}
		if m[4] != "" {
			for _, n := range names(m[4]) {
				all = appendUtil(all, n, line.inner)
			}
			continue
		}
		from := m[2]
		if dots := len(m[1]); dots > 0 {
			from = relative(module, isPackage, dots, from)
		}
		for _, n := range names(m[3]) {
			all = appendUtil(all, from+"."+n, line.inner)
		}
	}
	return all
}

func appendUtil(all []imported, name string, optional bool) []imported {
	parts := strings.Split(name, ".")
	core := len(parts) > 2 && parts[0] == "ansible" && parts[1] == "module_utils"
	collection := len(parts) > 5 && parts[0] == "ansible_collections" && parts[3] == "plugins" && parts[4] == "module_utils"
	if !core && !collection {
		return all
	}
	return append(all, imported{name, optional})
}

// names are those of "a as b, c", also in brackets.
func names(list string) (all []string) {
	list = strings.Trim(strings.TrimSpace(list), "()")
	for part := range strings.SplitSeq(list, ",") {
		if words := strings.Fields(part); len(words) > 0 {
			all = append(all, words[0])
		}
	}
	return all
}

func relative(module string, isPackage bool, dots int, rest string) string {
	parts := strings.Split(module, ".")
	if isPackage {
		dots--
	}
	parts = parts[:max(len(parts)-dots, 0)]
	if rest != "" {
		parts = append(parts, rest)
	}
	return strings.Join(parts, ".")
}

// logical is one statement; inner says that it stands in a block.
type logical struct {
	text  string
	inner bool
}

// logicalLines splits a text in Python into statements, without comments and what is in strings.
func logicalLines(text string) (all []logical) {
	var b strings.Builder
	inner, depth := false, 0
	flush := func() {
		if s := strings.TrimSpace(b.String()); s != "" {
			all = append(all, logical{s, inner})
		}
		b.Reset()
	}
	start := true // of a line
	for i := 0; i < len(text); i++ {
		c := text[i]
		if start && depth == 0 {
			inner = c == ' ' || c == '\t'
		}
		start = false
		switch {
		case c == '#':
			for i+1 < len(text) && text[i+1] != '\n' {
				i++
			}
		case c == '"' || c == '\'':
			i = endOfString(text, i)
			b.WriteString(`""`)
		case c == '\\' && i+1 < len(text) && text[i+1] == '\n':
			b.WriteByte(' ')
			i++
		case c == '\n' && depth == 0:
			flush()
			start = true
		case c == ';' && depth == 0:
			flush()
		case c == ':' && depth == 0:
			flush()
			inner = true // "try: import x" in one line
		case c == '\n':
			b.WriteByte(' ')
		default:
			switch c {
			case '(', '[', '{':
				depth++
			case ')', ']', '}':
				depth = max(depth-1, 0)
			}
			b.WriteByte(c)
		}
	}
	flush()
	return all
}

// endOfString is where the string that begins at i ends.
func endOfString(text string, i int) int {
	quote := text[i : i+1]
	if strings.HasPrefix(text[i:], strings.Repeat(quote, 3)) {
		quote = strings.Repeat(quote, 3)
	}
	for j := i + len(quote); j < len(text); j++ {
		switch {
		case text[j] == '\\':
			j++
		case strings.HasPrefix(text[j:], quote):
			return j + len(quote) - 1
		case text[j] == '\n' && len(quote) == 1: // it was never closed
			return j - 1
		}
	}
	return len(text)
}
