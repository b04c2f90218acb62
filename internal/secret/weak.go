package secret

import "strings"

// Weak tells whether a secret is too short or too common to be hidden reliably: it may well be an ordinary word, a number or a
// part of one, so that masking it everywhere would make output unreadable and tell what it is.
func Weak(s string) bool {
	var lower, upper, digit, other int
	for _, c := range s {
		switch {
		case c >= 'a' && c <= 'z':
			lower = 1
		case c >= 'A' && c <= 'Z':
			upper = 1
		case c >= '0' && c <= '9':
			digit = 1
		default:
			other = 1
		}
	}
	switch lower + upper + digit + other {
	case 1:
		return len(s) < 16
	case 2:
		return len(s) < 12
	}
	return len(s) < 8
}

// alone is the first place from which on s stands alone in text: not inside of a word, a path, a number or a date. -1: none.
func alone(text, s string, from int) int {
	for i := from; ; {
		at := strings.Index(text[i:], s)
		if at < 0 || s == "" {
			return -1
		}
		at += i
		if standsAlone(text[:at], s, text[at+len(s):]) {
			return at
		}
		i = at + 1
	}
}

// standsAlone tells whether a form is not part of a word, a path, a number or a date.
func standsAlone(before, form, after string) bool {
	return !(wordy(form[0]) && joinedLeft(before)) && !(wordy(form[len(form)-1]) && joinedRight(after))
}

func anywhere(_, _, _ string) bool { return true }

func keepNone(string) string { return "" }

func wordy(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// joinedLeft tells whether what follows before continues a word or a path; a dot or a hyphen joins what is a word on its other
// side. Mask ends in no word.
func joinedLeft(before string) bool {
	if before == "" || strings.HasSuffix(before, Mask) {
		return false
	}
	switch c := before[len(before)-1]; c {
	case '/':
		return true
	case '.', '-':
		return len(before) > 1 && wordy(before[len(before)-2])
	default:
		return wordy(c)
	}
}

func joinedRight(after string) bool {
	if after == "" || strings.HasPrefix(after, Mask) {
		return false
	}
	switch c := after[0]; c {
	case '/':
		return true
	case '.', '-':
		return len(after) > 1 && wordy(after[1])
	default:
		return wordy(c)
	}
}
