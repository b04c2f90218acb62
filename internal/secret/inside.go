package secret

import (
	"net/url"
	"regexp"
	"strings"
)

var (
	// login is the password in an address, such as that of a proxy, a repository or a database: http://user:password@host.
	login = regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://[^\s/:@'"]*:([^\s/@'"]+)@`)
	// assigned is the password in a connection string or a query: password=value, password = 'it''s', &token=value.
	assigned = regexp.MustCompile(`(?i)(?:^|[\s?&;,'"({[])-{0,2}[a-z0-9_.]*(?:password|passwd|passphrase|secret|secret_key|token|api_?key)\s*=\s*('(?:[^'\\]|\\.|'')+'|"(?:[^"\\]|\\.)+"|[^\s='"&;,)}\]]+)`)
)

// speaks tells whether a text has a word of assigned in it, which is found sooner than the whole.
func speaks(text string) bool {
	text = strings.ToLower(text)
	for _, w := range []string{"pass", "secret", "token", "key"} {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// Inside finds the passwords in a text that is none as a whole: an address with a login, a connection string.
func Inside(text string) []string {
	var found []string
	if strings.Contains(text, "://") {
		for _, m := range login.FindAllStringSubmatch(text, -1) {
			found = append(found, m[1])
			if plain, err := url.PathUnescape(m[1]); err == nil {
				found = append(found, plain)
			}
		}
	}
	if strings.Contains(text, "=") && speaks(text) {
		for _, m := range assigned.FindAllStringSubmatch(text, -1) {
			s := m[1]
			if q := s[0]; q == '\'' || q == '"' {
				s = s[1 : len(s)-1]
				found = append(found, strings.NewReplacer(`\`+string(q), string(q), `\\`, `\`, "''", "'").Replace(s))
			}
			found = append(found, s)
		}
	}
	var kept []string
	for _, s := range found {
		if !strings.ContainsAny(s, "{}<>$") { // a template or a placeholder
			kept = append(kept, s)
		}
	}
	return Union(kept)
}
