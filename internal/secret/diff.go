package secret

import (
	"path"
	"regexp"
	"strings"
)

// HideRemoved masks the lines that a unified diff takes away: they may hold a secret of before, which nothing names any more. What
// is left of the file is in the other lines.
func HideRemoved(diff string) string {
	return hideRemoved(diff, func(string) bool { return true })
}

// HideNamed masks those of the lines that a unified diff takes away that speak of a secret.
func HideNamed(diff string) string { return hideRemoved(diff, speaksOfSecret) }

// Diff masks the known secrets in a unified diff, and each line as a whole of which a secret is left as a part of a word, or that
// holds a short one: what stays readable would tell what it is.
func (r *Redactor) Diff(diff string) string {
	return eachLine(diff, func(line string) string {
		if masked := r.Whole(line[1:]); masked != line[1:] {
			return line[:1] + masked
		}
		return line
	})
}

// confidential are names of files that hold secrets by their nature, whoever may read them.
var confidential = regexp.MustCompile(`(?i)^(?:userlist\.txt|\.?pgpass|\.?htpasswd|g?shadow|\.netrc|\.my\.cnf|redis.*\.conf|.*sentinel.*\.conf|patroni.*\.ya?ml|pgbackrest.*\.conf|.*secret.*|.*credential.*|.*passw.*|.*\.env|.*\.key|.*\.p12|.*\.pfx|.*\.jks|id_[a-z0-9]+)$`)

// Holder tells whether a file holds secrets: its name is known for it, or one of its lines has the name of a secret.
func Holder(file string, content []byte) bool {
	if confidential.MatchString(path.Base(file)) {
		return true
	}
	for line := range strings.Lines(string(content)) {
		if m := entry.FindStringSubmatch(line); m != nil && Named(m[1][strings.LastIndexByte(m[1], '.')+1:]) {
			return true
		}
		if strings.Contains(line, "PRIVATE KEY-----") || len(Inside(line)) > 0 || account.MatchString(line) {
			return true
		}
	}
	return false
}

var (
	// entry is a line that begins with a name and goes on with a value.
	entry = regexp.MustCompile(`^[\s-]*(?:export\s+)?["']?([A-Za-z][A-Za-z0-9_.-]*)["']?\s*(?:[:=]\s*|\s+)["']?[^\s"'#]`)
	// account is a line of a list of passwords: "user" "password" of pgbouncer, host:port:database:user:password of libpq.
	account = regexp.MustCompile(`^\s*(?:"(?:[^"]|"")*"\s+"(?:[^"]|"")+"|[^\s:/]+:(?:\d+|\*):[^\s:]+:[^\s:]+:\S+)\s*$`)
)

func speaksOfSecret(line string) bool {
	lower := strings.ToLower(line)
	for _, w := range []string{"pass", "pwd", "secret", "token", "private", "auth", "credential", "_key", "apikey", "scram", "md5", "cipher"} {
		if strings.Contains(lower, w) {
			return true
		}
	}
	return account.MatchString(line)
}

func hideRemoved(diff string, hide func(line string) bool) string {
	return eachLine(diff, func(line string) string {
		if line[0] != '-' || strings.TrimSpace(line[1:]) == "" || !hide(line[1:]) {
			return line
		}
		return "-" + Mask
	})
}

// eachLine replaces the lines of content in a unified diff, each of which begins with a mark.
func eachLine(diff string, change func(line string) string) string {
	lines := strings.SplitAfter(diff, "\n")
	head := true // --- and +++ before the first @@
	for i, line := range lines {
		head = head && !strings.HasPrefix(line, "@@")
		body := strings.TrimSuffix(line, "\n")
		if head || body == "" || strings.HasPrefix(line, "@@") || body[0] == '\\' {
			continue
		}
		lines[i] = change(body) + line[len(body):]
	}
	return strings.Join(lines, "")
}
