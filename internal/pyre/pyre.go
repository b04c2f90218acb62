// Package pyre runs Python's regular expressions.
//
// Most patterns mean the same to Go's own engine, which takes linear time. What it cannot do (lookaround, back references)
// or does differently (Unicode classes, $ before a last newline, empty matches beside others) goes to a backtracking
// engine that gives up after a while.
package pyre

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dlclark/regexp2"
)

// Flags are re.IGNORECASE, re.MULTILINE and re.DOTALL.
type Flags uint8

// The flags can be combined.
const (
	IgnoreCase Flags = 1 << iota
	Multiline
	DotAll
)

// patience bounds one search of the backtracking engine. It is measured by the clock, so a machine that is busy with other things must not
// reach it with a pattern that takes milliseconds.
const patience = 30 * time.Second

// Regexp is a compiled pattern, safe for concurrent use.
type Regexp struct {
	source string
	flags  Flags
	limit  time.Duration  // of one search of the backtracking engine
	fast   *regexp.Regexp // nil if Go's engine refuses the pattern
	empty  bool           // may match nothing
	dollar bool           // has a $ that may also match before a last newline
	words  bool           // has a class that is wider for text that is not ASCII

	once sync.Once
	slow *regexp2.Regexp
	err  error
}

// Cache keeps compiled patterns. The zero value is ready.
type Cache struct {
	m sync.Map
	n atomic.Int64
}

// maxCached is the number of patterns from which the cache starts afresh: patterns can be made of data.
const maxCached = 5000

type cacheKey struct {
	pattern string
	flags   Flags
}

// Compile gives the compiled pattern.
func (c *Cache) Compile(pattern string, flags Flags) (*Regexp, error) {
	key := cacheKey{pattern, flags}
	if r, ok := c.m.Load(key); ok {
		return r.(*Regexp), nil
	}
	r, err := Compile(pattern, flags)
	if err != nil {
		return nil, err
	}
	if c.n.Add(1) > maxCached {
		c.m.Clear()
		c.n.Store(1)
	}
	c.m.Store(key, r)
	return r, nil
}

// Compile compiles a pattern of Python.
func Compile(pattern string, flags Flags) (*Regexp, error) {
	r := &Regexp{source: pattern, flags: flags, limit: patience}
	src := translate(pattern)
	prefix := ""
	for i, letter := range []string{"i", "m", "s"} {
		if flags&(1<<i) != 0 {
			prefix += letter
		}
	}
	if prefix != "" {
		src = "(?" + prefix + ")" + src
	}
	parsed, err := syntax.Parse(src, syntax.Perl)
	if err == nil {
		r.fast, err = regexp.Compile(src)
	}
	if err != nil {
		if _, err := r.backtracking(); err != nil {
			return nil, err
		}
		return r, nil
	}
	r.empty = matchesEmpty(parsed)
	r.dollar = strings.Contains(pattern, "$")
	r.words = strings.Contains(pattern, `\`) || flags&IgnoreCase != 0 || strings.Contains(pattern, "(?")
	return r, nil
}

// translate writes what the two languages write differently.
func translate(p string) string {
	p = strings.ReplaceAll(p, `\Z`, `\z`)
	return p
}

func (r *Regexp) backtracking() (*regexp2.Regexp, error) {
	r.once.Do(func() {
		opts := regexp2.None
		if r.flags&IgnoreCase != 0 {
			opts |= regexp2.IgnoreCase
		}
		if r.flags&Multiline != 0 {
			opts |= regexp2.Multiline
		}
		if r.flags&DotAll != 0 {
			opts |= regexp2.Singleline
		}
		src := strings.ReplaceAll(r.source, "(?P<", "(?<")
		src = strings.ReplaceAll(src, `\Z`, `\z`)
		for {
			i := strings.Index(src, "(?P=")
			if i < 0 {
				break
			}
			end := strings.IndexByte(src[i:], ')')
			if end < 0 {
				break
			}
			src = src[:i] + `\k<` + src[i+4:i+end] + ">" + src[i+end+1:]
		}
		r.slow, r.err = regexp2.Compile(src, opts)
		if r.err != nil {
			r.err = fmt.Errorf("invalid regular expression: %w", r.err)
			return
		}
		r.slow.MatchTimeout = r.limit
	})
	return r.slow, r.err
}

// matchesEmpty tells whether re can match the empty string.
func matchesEmpty(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpLiteral:
		return len(re.Rune) == 0
	case syntax.OpCharClass, syntax.OpAnyCharNotNL, syntax.OpAnyChar, syntax.OpNoMatch:
		return false
	case syntax.OpCapture, syntax.OpPlus:
		return matchesEmpty(re.Sub[0])
	case syntax.OpRepeat:
		return re.Min == 0 || matchesEmpty(re.Sub[0])
	case syntax.OpConcat:
		for _, s := range re.Sub {
			if !matchesEmpty(s) {
				return false
			}
		}
		return true
	case syntax.OpAlternate:
		for _, s := range re.Sub {
			if matchesEmpty(s) {
				return true
			}
		}
		return false
	}
	return true
}

// Match is where a pattern matched: byte offsets of the whole and of each group; -1 for a group that took no part.
type Match struct {
	text  string
	spans []int
	names []string // of the groups; "" for those without
}

// Group is the text of group i, and whether it took part.
func (m *Match) Group(i int) (string, bool) {
	if i < 0 || 2*i+1 >= len(m.spans) || m.spans[2*i] < 0 {
		return "", false
	}
	return m.text[m.spans[2*i]:m.spans[2*i+1]], true
}

// Groups is the number of groups.
func (m *Match) Groups() int { return len(m.spans)/2 - 1 }

// Named is the number of a group with a name, or -1.
func (m *Match) Named(name string) int {
	for i, n := range m.names {
		if n == name && n != "" {
			return i
		}
	}
	return -1
}

// Find gives the matches from the left, limit of them at most, all of them if it is negative.
func (r *Regexp) Find(text string, limit int) ([]*Match, error) {
	ascii := isASCII(text)
	one := limit == 1
	fast := r.fast != nil && (ascii || !r.words) && (one || !r.empty) && !(r.dollar && strings.HasSuffix(text, "\n"))
	if !fast {
		return r.findSlow(text, limit)
	}
	if one {
		spans := r.fast.FindStringSubmatchIndex(text)
		if spans == nil {
			return nil, nil
		}
		return []*Match{{text, spans, r.fast.SubexpNames()}}, nil
	}
	var out []*Match
	for _, spans := range r.fast.FindAllStringSubmatchIndex(text, limit) {
		out = append(out, &Match{text, spans, r.fast.SubexpNames()})
	}
	return out, nil
}

// findSlow searches with the backtracking engine. That one keeps time by a clock which stands while nobody searches, and of several searches
// that begin together then, all but the first may be given up at once: those begin again, by then with a clock that runs.
func (r *Regexp) findSlow(text string, limit int) ([]*Match, error) {
	slow, err := r.backtracking()
	if err != nil {
		return nil, err
	}
	for begin := time.Now(); ; {
		found, err := backtrack(slow, text, limit)
		if err == nil {
			return found, nil
		}
		if time.Since(begin) >= r.limit {
			return nil, fmt.Errorf("the regular expression took longer than %s", r.limit)
		}
	}
}

// backtrack gives the matches of one search; its only error is that the search was given up.
func backtrack(slow *regexp2.Regexp, text string, limit int) ([]*Match, error) {
	offsets := make([]int, 0, len(text)+1) // of each rune
	for i := range text {
		offsets = append(offsets, i)
	}
	offsets = append(offsets, len(text))
	var names []string
	for i, n := range slow.GetGroupNames() {
		if n == fmt.Sprint(i) {
			n = ""
		}
		names = append(names, n)
	}
	m, err := slow.FindStringMatch(text)
	var out []*Match
	for m != nil && err == nil && (limit < 0 || len(out) < limit) {
		found := &Match{text: text, names: names}
		for _, g := range m.Groups() {
			if len(g.Captures) == 0 {
				found.spans = append(found.spans, -1, -1)
			} else {
				found.spans = append(found.spans, offsets[g.Index], offsets[g.Index+g.Length])
			}
		}
		out = append(out, found)
		m, err = slow.FindNextMatch(m)
	}
	return out, err
}

// Span is where the match begins and ends.
func (m *Match) Span() (begin, end int) { return m.spans[0], m.spans[1] }

// Expand is a template with \1 and \g<name> filled in.
func (m *Match) Expand(template string) (string, error) {
	var b strings.Builder
	err := m.expand(&b, template)
	return b.String(), err
}

// Search finds the first match anywhere, or nil.
func (r *Regexp) Search(text string) (*Match, error) {
	found, err := r.Find(text, 1)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

// Matches tells whether there is a match anywhere; a search that is given up found none.
func (r *Regexp) Matches(text string) bool {
	m, err := r.Search(text)
	return m != nil && err == nil
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
