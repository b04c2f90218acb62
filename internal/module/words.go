package module

import (
	"errors"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"pig/internal/node"
	"pig/internal/value"
)

// SplitWords splits a command line into words as a POSIX shell quotes them, without expanding anything.
func SplitWords(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	inWord := false
	quote := rune(0)
	escaped := false
	for _, r := range line {
		switch {
		case escaped:
			if quote == '"' && r != '"' && r != '\\' {
				word.WriteByte('\\')
			}
			word.WriteRune(r)
			escaped = false
		case r == '\\' && quote != '\'':
			escaped, inWord = true, true
		case quote != 0:
			if r == quote {
				quote = 0
			} else {
				word.WriteRune(r)
			}
		case r == '\'' || r == '"':
			quote, inWord = r, true
		case r == ' ' || r == '\t' || r == '\n' || r == '\r':
			if inWord {
				words = append(words, word.String())
				word.Reset()
				inWord = false
			}
		default:
			word.WriteRune(r)
			inWord = true
		}
	}
	if quote != 0 || escaped {
		return nil, errors.New("the command line has an unclosed quote: " + line)
	}
	if inWord {
		words = append(words, word.String())
	}
	return words, nil
}

// Glob gives the paths on the node that match pattern, sorted, as package path/filepath matches.
func Glob(files node.Files, pattern string) ([]string, error) {
	dir, base := filepath.Split(filepath.Clean(pattern))
	dir = filepath.Clean(dir)
	dirs := []string{dir}
	if strings.ContainsAny(dir, "*?[") {
		var err error
		if dirs, err = Glob(files, dir); err != nil {
			return nil, err
		}
	}
	var found []string
	for _, d := range dirs {
		i, err := files.Stat(d, true)
		if err != nil {
			return nil, err
		}
		if i.Kind != node.Dir {
			continue
		}
		names, err := files.List(d)
		if err != nil {
			return nil, err
		}
		for _, n := range names {
			ok, err := path.Match(base, n)
			if err != nil {
				return nil, err
			}
			if ok && (!strings.HasPrefix(n, ".") || strings.HasPrefix(base, ".")) {
				found = append(found, filepath.Join(d, n))
			}
		}
	}
	return found, nil
}

// Number is the whole number that a text is, 0 for none.
func Number(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}

// Flag tells whether a field of a mapping is on.
func Flag(d *value.Dict, name string) bool { return value.Truthy(d.At(name)) }

// LineOf is a line of a text by its number, counted from 1; false if the text has none of it.
func LineOf(content []byte, number int) (string, bool) {
	lines := strings.Split(string(content), "\n")
	if number < 1 || number > len(lines) {
		return "", false
	}
	return lines[number-1], true
}

// Snippet is the beginning of an answer, for messages.
func Snippet(body []byte) string {
	text := strings.TrimSpace(string(body))
	if len(text) > 300 {
		text = text[:300] + "…"
	}
	return text
}
