package cli

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"pig/internal/diag"
	"pig/internal/params"
	"pig/internal/secret"
)

// span is a piece of a line, in bytes.
type span struct{ from, to int }

// veil masks pieces of a line. The mark below the line stays with its text; that of a place in a piece goes to where the mask begins.
func veil(line string, col int, pieces []span) diag.Excerpt {
	mark, moved, done := -1, 0, 0
	if letters := []rune(line); col >= 1 && col <= len(letters)+1 {
		mark = len(string(letters[:col-1]))
	} else {
		col = 0
	}
	var b strings.Builder
	for _, s := range joined(pieces) {
		b.WriteString(line[done:s.from] + secret.Mask)
		switch {
		case mark >= s.to:
			moved += utf8.RuneCountInString(secret.Mask) - utf8.RuneCountInString(line[s.from:s.to])
		case mark > s.from:
			moved -= utf8.RuneCountInString(line[s.from:mark])
		}
		done = s.to
	}
	return diag.Excerpt{Line: b.String() + line[done:], Col: col + moved}
}

// joined sorts pieces and makes one of those that overlap.
func joined(pieces []span) []span {
	slices.SortFunc(pieces, func(a, b span) int { return a.from - b.from })
	var all []span
	for _, s := range pieces {
		if n := len(all) - 1; n >= 0 && s.from < all[n].to {
			all[n].to = max(all[n].to, s.to)
			continue
		}
		all = append(all, s)
	}
	return all
}

// veiled masks what a function masks in a text that it does not know the place of.
func veiled(e diag.Excerpt, mask func(string) string) diag.Excerpt {
	line := mask(e.Line)
	if line == e.Line || e.Col < 1 {
		return diag.Excerpt{Line: line, Col: e.Col}
	}
	letters := []rune(e.Line)
	for n := min(e.Col-1, len(letters)); n >= 0; n-- {
		if before := mask(string(letters[:n])); strings.HasPrefix(line, before) {
			return diag.Excerpt{Line: line, Col: utf8.RuneCountInString(before) + 1}
		}
	}
	return diag.Excerpt{Line: line, Col: e.Col}
}

// written is a key with what follows in its line.
var written = regexp.MustCompile(`([A-Za-z0-9_.-]+)(["']?\s*[:=]\s*|["']?\s+)(\S.*)`)

// secretSpans finds the passwords in a line, and the values of keys that sound like those of a secret.
func secretSpans(line string) []span {
	var found []span
	for _, part := range secret.Inside(line) {
		for at := 0; part != ""; at += len(part) {
			i := strings.Index(line[at:], part)
			if i < 0 {
				break
			}
			at += i
			found = append(found, span{at, at + len(part)})
		}
	}
	for at := 0; at < len(line); {
		m := written.FindStringSubmatchIndex(line[at:])
		if m == nil {
			break
		}
		key, mark := line[at+m[2]:at+m[3]], line[at+m[4]:at+m[5]]
		if strings.ContainsAny(mark, ":=") && soundsSecret(key) || secret.Named(key) {
			s := span{at + m[6], at + m[6] + valueEnd(line[at+m[6]:], line[:at+m[2]], mark)}
			if s.to > s.from { // auth: pwd } is a word in braces, not a key with a value
				found = append(found, s)
				at = s.to
				continue
			}
		}
		at += m[3]
	}
	return found
}

var (
	// flowEnd is what ends a value in braces or brackets: the next key, or brackets up to the line's end or the next item. A comma or a
	// bracket that something else follows may be one of the password, written without quotes.
	flowEnd = regexp.MustCompile(`\s*(?:,\s*["']?[A-Za-z_][A-Za-z0-9_.-]*["']?\s*:(?:\s|$)|,?\s*[}\]][\s}\]]*(?:$|,\s*$|\s#|,\s*[{\["']|,\s*[A-Za-z_][A-Za-z0-9_.-]*\s*:(?:\s|$)))`)
	// assignedEnd is what ends a value of key=value: the next key.
	assignedEnd = regexp.MustCompile(`\s+[A-Za-z_][A-Za-z0-9_.-]*=`)
)

// valueEnd is the length of the value that text begins with. Where its end is not certain, the value goes on.
func valueEnd(text, before, mark string) int {
	end := len(text)
	if depth(before) > 0 {
		if m := flowEnd.FindStringIndex(text[quotedEnd(text):]); m != nil {
			end = quotedEnd(text) + m[0]
		}
	}
	if strings.Contains(mark, "=") {
		if m := assignedEnd.FindStringIndex(text[quotedEnd(text):]); m != nil {
			end = min(end, quotedEnd(text)+m[0])
		}
	}
	return end
}

// depth is how many braces and brackets are open at the end of a text.
func depth(text string) int {
	return strings.Count(text, "{") + strings.Count(text, "[") - strings.Count(text, "}") - strings.Count(text, "]")
}

// quotedEnd is where the quotes end that text begins with, or the brackets; 0 if it begins with neither.
func quotedEnd(text string) int {
	switch text[0] {
	case '"', '\'':
		for i := 1; i < len(text); i++ {
			switch {
			case text[i] == '\\' && text[0] == '"':
				i++
			case text[i] == text[0] && i+1 < len(text) && text[i+1] == '\'':
				i++
			case text[i] == text[0]:
				return i + 1
			}
		}
		return len(text)
	case '{', '[':
		for i := range text {
			if depth(text[:i+1]) == 0 {
				return i + 1
			}
		}
		return len(text)
	}
	return 0
}

// soundsSecret tells whether a key is that of a secret, or nearly.
func soundsSecret(key string) bool {
	key = key[strings.LastIndexByte(key, '.')+1:]
	if params.IsSecret(key) || params.Lookup(key) != nil {
		return params.IsSecret(key)
	}
	near := diag.Nearest(key, append(params.Load().Names(), "password", "secret_key"))
	return near != "" && params.IsSecret(near)
}
