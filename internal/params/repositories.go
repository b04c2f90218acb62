package params

import (
	"regexp"
	"strings"

	"pig/internal/diag"
	"pig/internal/value"
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

// isRepositoryLine takes an address and the words behind it in a line of apt, which cannot bring options of its own.
func isRepositoryLine(s string) bool {
	return s != "" && oneLine(s) && !strings.HasSuffix(s, "\n") && !strings.HasPrefix(strings.TrimSpace(s), "[")
}

// repositories checks what packages are taken on: keys that come from the network need a checksum, as nothing else tells whose they
// are.
func (v *validator) repositories() {
	for _, h := range v.inv.Hosts() {
		for _, r := range items(v.inv.Vars(h), "repo_upstream") {
			key, _ := r.At("key").(string)
			if strings.HasPrefix(key, "https://") && !IsTemplate(key) && r.At("key_sha256") == nil {
				v.add(diag.Warnf(r.ValuePos("key"), "the key of repository %s has no checksum: a server that answers for the address can replace the key", value.Str(r.At("name"))).
					WithHint("curl -fsSL %s | sha256sum, compare the sum with the one of the publisher, and write key_sha256: SUM; or keep the key in a file beside the inventory", key))
			}
			urls, _ := r.At("baseurl").(*value.Dict)
			if urls == nil {
				continue
			}
			for region, u := range urls.All() {
				if text, ok := u.(string); ok && !IsTemplate(text) && !isRepositoryLine(text) {
					v.add(diag.Errorf(urls.ValuePos(region), "invalid baseurl of repository %s: want one line, such as https://deb.debian.org/debian trixie main", value.Str(r.At("name"))))
				}
			}
		}
	}
}
