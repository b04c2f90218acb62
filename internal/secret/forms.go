package secret

import (
	"slices"
	"strings"
)

// forms are texts that are looked for at once: finding out which of them begins at a place costs the same for ten as for ten thousand, and
// so does adding one.
type forms struct {
	begin map[string][]string // by their first beginning bytes, the longest first
	short []string            // those of fewer bytes, the longest first
	seen  []uint64            // a bit for the hash of each beginning, once there are many; nil before
}

const (
	beginning = 4
	seenBits  = 16
	// fewForms are looked up faster than they are hashed.
	fewForms = 16
)

func (f *forms) add(s string) {
	if len(s) < beginning {
		f.short = longestFirst(f.short, s)
		return
	}
	if f.begin == nil {
		f.begin = map[string][]string{}
	}
	key := s[:beginning]
	f.begin[key] = longestFirst(f.begin[key], s)
	switch {
	case f.seen != nil:
		f.see(key)
	case len(f.begin) > fewForms:
		f.seen = make([]uint64, 1<<seenBits/64)
		for k := range f.begin {
			f.see(k)
		}
	}
}

func longestFirst(list []string, s string) []string {
	i, found := slices.BinarySearchFunc(list, s, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	if found {
		return list
	}
	return slices.Insert(list, i, s)
}

func hash(s string) uint32 {
	return mix(uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24)
}

// mix makes seenBits bits of four bytes, by multiplication with a large odd number (Knuth).
func mix(word uint32) uint32 { return word * 2654435761 >> (32 - seenBits) }

func (f *forms) see(key string) { h := hash(key); f.seen[h/64] |= 1 << (h % 64) }

// saw tells whether a beginning with this hash may be among the seen.
func (f *forms) saw(h uint32) bool { return f.seen[h/64]&(1<<(h%64)) != 0 }

// at is the longest form that text begins with and that fits; "" if there is none. A nil fits takes all.
func (f *forms) at(text string, fits func(form string) bool) string {
	if len(text) >= beginning && f.mayBegin(text) {
		for _, s := range f.begin[text[:beginning]] {
			if strings.HasPrefix(text, s) && (fits == nil || fits(s)) {
				return s
			}
		}
	}
	for _, s := range f.short {
		if strings.HasPrefix(text, s) && (fits == nil || fits(s)) {
			return s
		}
	}
	return ""
}

func (f *forms) mayBegin(text string) bool {
	if f.seen == nil {
		return len(f.begin) > 0
	}
	return f.saw(hash(text))
}

// within tells whether a form is somewhere in text, at a fraction of what looking at each place costs.
func (f *forms) within(text string) bool {
	for _, s := range f.short {
		if strings.Contains(text, s) {
			return true
		}
	}
	if f.seen == nil {
		for key, all := range f.begin {
			if strings.Contains(text, key) && slices.ContainsFunc(all, func(s string) bool { return strings.Contains(text, s) }) {
				return true
			}
		}
		return false
	}
	word := uint32(0) // the bytes from i on
	for i := 1 - beginning; i+beginning <= len(text); i++ {
		word = word>>8 | uint32(text[i+beginning-1])<<24
		if i < 0 || !f.saw(mix(word)) {
			continue
		}
		for _, s := range f.begin[text[i:i+beginning]] {
			if strings.HasPrefix(text[i:], s) {
				return true
			}
		}
	}
	return false
}

// replace gives text with forms replaced by a mask, the longest at each place. keep, at a place, is what stays there as it is.
func (f *forms) replace(text string, keep func(rest string) string, fits func(before, form, after string) bool) string {
	if !f.within(text) {
		return text
	}
	var b strings.Builder
	done, masked := 0, 0 // up to where text is in b; where the last mask ended
	for i := 0; i < len(text); {
		if kept := keep(text[i:]); kept != "" {
			i += len(kept)
			continue
		}
		found := f.at(text[i:], func(form string) bool {
			before := text[:i]
			if masked == i && i > 0 {
				before = Mask
			}
			return fits(before, form, text[i+len(form):])
		})
		if found == "" {
			i++
			continue
		}
		b.WriteString(text[done:i])
		b.WriteString(Mask)
		i += len(found)
		done, masked = i, i
	}
	if done == 0 {
		return text
	}
	b.WriteString(text[done:])
	return b.String()
}
