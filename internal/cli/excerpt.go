package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"pig/internal/diag"
	"pig/internal/params"
	"pig/internal/secret"
)

// written is a key with what follows in its line.
var written = regexp.MustCompile(`([A-Za-z0-9_.-]+)(["']?\s*[:=]\s*)(\S.*)`)

// readExcerpt reads a file whose lines are shown below a mistake. The file may be one that cannot be read as YAML, or the key one
// that is misspelt: nobody knows its secrets then, so that the rest of a line is masked from the first key on that sounds like one.
func readExcerpt(file string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(string(text), "\n")
	for i, line := range lines {
		if parts := secret.Inside(line); parts != nil {
			line = secret.Carrying(line, parts...).Masked()
			lines[i] = line
		}
		for at := 0; at < len(line); {
			m := written.FindStringSubmatchIndex(line[at:])
			if m == nil {
				break
			}
			if filepath.Base(file) == "secrets.yml" || soundsSecret(line[at+m[2]:at+m[3]]) {
				lines[i] = line[:at+m[6]] + secret.Mask
				break
			}
			at += m[6]
		}
	}
	return []byte(strings.Join(lines, "\n")), nil
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
