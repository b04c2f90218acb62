package syntax

import (
	"strings"
)

// IsTemplate tells whether a text of a playbook or inventory is more than itself.
func IsTemplate(text string) bool {
	for i := strings.IndexByte(text, '{'); i >= 0 && i+1 < len(text); {
		switch text[i+1] {
		case '{', '%', '#':
			return true
		}
		j := strings.IndexByte(text[i+1:], '{')
		if j < 0 {
			return false
		}
		i += 1 + j
	}
	return false
}
