package differential

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
)

// Differences are those that stay: of each case, how lines begin that differ. docs/compatibility.md has the reasons.
type Differences map[string][]string

// Known reads the list of differences that stay: lines CASE: BEGINNING, where * is the rest of every line.
func Known(path string) (Differences, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Differences{}, nil
	}
	if err != nil {
		return nil, err
	}
	d := Differences{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\n")
		name, begins, ok := strings.Cut(line, ": ")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		d[name] = append(d[name], begins)
	}
	return d, nil
}

// Unlisted are the differences of a case that the list does not have.
func (d Differences) Unlisted(name string, differ []string) []string {
	var left []string
	for _, line := range differ {
		if !listed(d[name], line) && !listed(d["any"], line) {
			left = append(left, line)
		}
	}
	return left
}

func listed(beginnings []string, line string) bool {
	for _, b := range beginnings {
		if rest, all := strings.CutSuffix(b, "*"); all && strings.HasPrefix(line, rest) || b == line {
			return true
		}
	}
	return false
}

// Note adds the differences of a case.
func (d Differences) Note(name string, differ []string) {
	for _, line := range differ {
		first, _, more := strings.Cut(line, "\n")
		if more {
			first += "*"
		}
		if !slices.Contains(d[name], first) {
			d[name] = append(d[name], first)
		}
	}
}

// Write writes the list. Modules that pig lacks, or gets, are not its matter.
func (d Differences) Write(path string) error {
	var b strings.Builder
	b.WriteString("# Differences that stay, by case: - is what ansible-core says, + what pig says. docs/compatibility.md has the reasons.\n16-modules: *\n")
	for _, name := range slices.Sorted(maps.Keys(d)) {
		for _, line := range d[name] {
			if name != "16-modules" {
				fmt.Fprintf(&b, "%s: %s\n", name, line)
			}
		}
	}
	return os.WriteFile(path, []byte(b.String()), 0o600)
}
