package params

import (
	"regexp"
	"strings"
)

var (
	sha256Form   = regexp.MustCompile(`^[0-9a-fA-F]{64}$`)
	checksumForm = regexp.MustCompile(`^(?:sha256:[0-9a-fA-F]{64}|sha384:[0-9a-fA-F]{96}|sha512:[0-9a-fA-F]{128})$`)
	insecureKey  = regexp.MustCompile(`^[a-z][a-z0-9+.-]*://`)
)

// isRepositoryKey takes what a repository may be verified with: a file, an address with TLS, the environment's key.
func isRepositoryKey(s string) bool {
	return s != "" && oneLine(s) && (strings.HasPrefix(s, "https://") || !insecureKey.MatchString(s))
}

// IsRepositoryLine takes an address and the words behind it in a line of apt, which cannot bring options of its own.
func IsRepositoryLine(s string) bool {
	return s != "" && oneLine(s) && !strings.HasSuffix(s, "\n") && !strings.HasPrefix(strings.TrimSpace(s), "[")
}
