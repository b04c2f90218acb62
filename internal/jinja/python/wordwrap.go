package python

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Wrap is Python's textwrap.wrap of one line, white space kept as it is inside lines.
func Wrap(line string, width int, breakLong, hyphens bool) []string {
	chunks := wrapChunks(line, hyphens)
	var lines []string
	for len(chunks) > 0 {
		var cur []string
		n := 0
		if strings.TrimSpace(chunks[0]) == "" && len(lines) > 0 {
			chunks = chunks[1:]
			continue
		}
		for len(chunks) > 0 && n+utf8.RuneCountInString(chunks[0]) <= width {
			cur = append(cur, chunks[0])
			n += utf8.RuneCountInString(chunks[0])
			chunks = chunks[1:]
		}
		if len(chunks) > 0 && utf8.RuneCountInString(chunks[0]) > width {
			room := max(width-n, 1)
			if breakLong {
				r := []rune(chunks[0])
				cur = append(cur, string(r[:room]))
				chunks[0] = string(r[room:])
			} else if len(cur) == 0 {
				cur = append(cur, chunks[0])
				chunks = chunks[1:]
			}
		}
		if len(cur) > 0 && strings.TrimSpace(cur[len(cur)-1]) == "" {
			cur = cur[:len(cur)-1]
		}
		if len(cur) > 0 {
			lines = append(lines, strings.Join(cur, ""))
		}
	}
	return lines
}

// wrapChunks splits a line into white space and words; words may be split behind hyphens.
func wrapChunks(line string, hyphens bool) []string {
	var chunks []string
	runes := []rune(line)
	start := 0
	cut := func(i int) {
		if i > start {
			chunks = append(chunks, string(runes[start:i]))
			start = i
		}
	}
	for i, r := range runes {
		switch {
		case i > 0 && IsSpace(r) != IsSpace(runes[i-1]):
			cut(i)
		case hyphens && i > 1 && runes[i-1] == '-' && unicode.IsLetter(r) && unicode.IsLetter(runes[i-2]):
			cut(i)
		}
	}
	cut(len(runes))
	return chunks
}
