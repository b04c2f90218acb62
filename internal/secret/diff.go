package secret

import "strings"

// HideRemoved masks the lines that a unified diff takes away: they may hold a secret of before, which nothing names any more. What
// is left of the file is in the other lines.
func HideRemoved(diff string) string {
	return hideRemoved(diff, func(string) bool { return true })
}

// HideNamed masks those of the lines that a unified diff takes away that speak of a secret.
func HideNamed(diff string) string {
	return hideRemoved(diff, func(line string) bool {
		line = strings.ToLower(line)
		for _, w := range []string{"password", "passwd", "passphrase", "secret", "token", "private", "auth", "credential", "_key", "apikey", "scram", "md5", "cipher"} {
			if strings.Contains(line, w) {
				return true
			}
		}
		return false
	})
}

func hideRemoved(diff string, hide func(line string) bool) string {
	lines := strings.SplitAfter(diff, "\n")
	head := true // --- and +++ before the first @@
	for i, line := range lines {
		head = head && !strings.HasPrefix(line, "@@")
		body := strings.TrimSuffix(line, "\n")
		if head || !strings.HasPrefix(line, "-") || len(strings.TrimSpace(body[1:])) == 0 || !hide(body[1:]) {
			continue
		}
		lines[i] = "-" + Mask + line[len(body):]
	}
	return strings.Join(lines, "")
}
