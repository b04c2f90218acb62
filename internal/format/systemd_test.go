package format

import (
	"strconv"
	"strings"
	"testing"
)

// systemdWords splits a line as extract_first_word of systemd does with EXTRACT_UNQUOTE and EXTRACT_CUNESCAPE.
// With escapes false a backslash just takes the next character, which is how the words of $ARGS are read.
func systemdWords(t *testing.T, line string, escapes bool) []string {
	t.Helper()
	if strings.ContainsAny(line, "\n") && escapes {
		t.Fatalf("%q is more than one line", line)
	}
	var words []string
	var word strings.Builder
	var quote byte
	begun := false
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case c == '\\' && i+1 < len(line):
			i++
			begun = true
			switch {
			case !escapes || strings.IndexByte(`\"'`, line[i]) >= 0:
				word.WriteByte(line[i])
			case line[i] == 'x':
				n, err := strconv.ParseUint(line[i+1:i+3], 16, 8)
				if err != nil {
					t.Fatalf("%q: %v", line, err)
				}
				word.WriteByte(byte(n))
				i += 2
			default:
				t.Fatalf("%q: an escape that is not used here", line)
			}
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote, begun = c, true
		case quote == 0 && strings.IndexByte(" \t\n\r", c) >= 0:
			if begun {
				words = append(words, word.String())
			}
			word.Reset()
			begun = false
		default:
			begun = true
			word.WriteByte(c)
		}
	}
	if quote != 0 {
		t.Fatalf("%q: a quote is open", line)
	}
	if begun {
		words = append(words, word.String())
	}
	return words
}

// undouble reads %% and $$ as systemd does, and fails on a specifier or variable.
func undouble(t *testing.T, s, of string) string {
	t.Helper()
	for _, c := range of {
		if strings.Contains(strings.ReplaceAll(s, string(c)+string(c), ""), string(c)) {
			t.Fatalf("%q has a lone %c", s, c)
		}
		s = strings.ReplaceAll(s, string(c)+string(c), string(c))
	}
	return s
}

func TestSystemdReadsItsWordsBack(t *testing.T) {
	read := func(doubled string) func(string) string {
		return func(written string) string {
			words := systemdWords(t, "/bin/true "+written+" last", true)
			if len(words) != 3 || words[2] != "last" {
				t.Fatalf("%q became %q", written, words)
			}
			return undouble(t, words[1], doubled)
		}
	}
	t.Run("argument", func(t *testing.T) { roundTrip(t, SystemdWord, read("%$"), isText) })
	t.Run("assignment", func(t *testing.T) { roundTrip(t, SystemdAssignment, read("%"), isText) })
}

func TestSystemdReadsItsTextBack(t *testing.T) {
	roundTrip(t, SystemdText, func(written string) string {
		if strings.Contains(written, "\n") || strings.HasSuffix(written, `\`) {
			t.Fatalf("%q goes beyond its line", written)
		}
		return undouble(t, strings.Trim(written, " \t"), "%")
	}, func(s string) bool {
		return isLine(s) && strings.Trim(s, " \t") == s && !strings.HasSuffix(s, `\`)
	})
}
