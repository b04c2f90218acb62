package cli

import (
	"net/url"
	"regexp"

	"pig/internal/value"
)

// login is the password in an address, such as that of a proxy, a repository or a database: http://user:password@host.
var login = regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://[^\s/:@]*:([^\s/@]+)@`)

// urlPasswords are the passwords in addresses anywhere in v, whatever the parameter is called.
func urlPasswords(v value.Value) []string {
	var found []string
	value.Walk(v, func(v value.Value) {
		s, ok := v.(string)
		if !ok {
			return
		}
		for _, m := range login.FindAllStringSubmatch(s, -1) {
			found = append(found, m[1])
			if plain, err := url.PathUnescape(m[1]); err == nil {
				found = append(found, plain)
			}
		}
	})
	return found
}
