package builtin

import (
	"slices"
	"strings"

	"pig/internal/node"
	"pig/internal/value"
)

// fstabField writes a field of fstab, plainField reads one: spaces stand there as numbers.
func fstabField(text string) string {
	return strings.NewReplacer(`\`, `\134`, " ", `\040`, "\t", `\011`, "\n", `\012`).Replace(text)
}

func plainField(text string) string {
	return strings.NewReplacer(`\134`, `\`, `\040`, " ", `\011`, "\t", `\012`, "\n").Replace(text)
}

// fields are those of a line of fstab, completed; nil if it is a comment or no line of fstab.
func fields(line string) []string {
	f := strings.Fields(line)
	if len(f) < 4 || strings.HasPrefix(f[0], "#") {
		return nil
	}
	for len(f) < 6 {
		f = append(f, "0")
	}
	return f[:6]
}

// write has the file system in fstab or not, and tells whether that is a change.
func (m *mounting) write(present bool, result *value.Dict) (changed bool, err error) {
	text, before, err := textAt(m.Call, m.fstab)
	if err != nil {
		return false, err
	}
	doc := splitLines(text)
	wanted := []string{fstabField(m.Args.String("src")), fstabField(m.path), m.Args.String("fstype"), fstabField(m.opts), m.Args.String("dump"), m.Args.String("passno")}
	swap := m.Args.String("fstype") == "swap" || m.path == "none" || m.path == "swap"
	placed := false
	var lines []string
	for _, l := range doc.lines {
		f := fields(l)
		mine := f != nil && plainField(f[1]) == m.path && (!swap || !m.Args.Has("src") || f[0] == wanted[0])
		switch {
		case !mine || present && slices.Equal(f, wanted) && len(strings.Fields(l)) >= len(wanted):
			lines = append(lines, l)
		case present:
			lines = append(lines, strings.Join(wanted, " "))
		}
		placed = placed || mine
	}
	if present && !placed {
		lines = append(lines, strings.Join(wanted, " "))
		doc.newline = true
	}
	doc.lines = lines
	edited := doc.String()
	if edited == text {
		return false, nil
	}
	if !before.Exists() {
		mode := octalMode(0o644)
		return true, m.System.Files().Write(m.fstab, []byte(edited), node.Attrs{Mode: &mode})
	}
	copied, err := putText(m.Call, m.fstab, text, edited, before)
	if copied != "" {
		result.Set("backup_file", copied)
	}
	return true, err
}
