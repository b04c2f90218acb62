package node

import (
	"os"
	"path/filepath"
	"strings"
)

// unitDirs are where systemd looks for unit files, the first that has one wins (systemd.unit(5), of the system manager).
var unitDirs = []string{
	"/etc/systemd/system.control", "/run/systemd/system.control", "/run/systemd/transient", "/run/systemd/generator.early", "/etc/systemd/system",
	"/etc/systemd/system.attached", "/run/systemd/system", "/run/systemd/system.attached", "/run/systemd/generator", "/usr/local/lib/systemd/system",
	"/usr/lib/systemd/system", "/lib/systemd/system", "/run/systemd/generator.late",
}

// outranked tells whether systemd has read a unit from a file that is not the one it would read now: another one came that goes before it, or
// it is gone. systemd's own NeedDaemonReload tells of changes in the file that was read and of drop-ins, not of this.
func outranked(dirs []string, unit, fragment string) bool {
	if fragment == "" {
		return false
	}
	names := []string{unit}
	if before, after, ok := strings.Cut(unit, "@"); ok {
		names = append(names, before+"@"+filepath.Ext(after))
	}
	for _, name := range names {
		for _, dir := range dirs {
			path := filepath.Join(dir, name)
			if _, err := os.Lstat(path); err == nil {
				return real(path) != real(fragment)
			}
		}
	}
	return false // an alias, or a unit that a program made
}

// real is the file that a path leads to; a link to nothing leads to what it names.
func real(path string) string {
	if found, err := filepath.EvalSymlinks(path); err == nil {
		return found
	}
	if target, err := os.Readlink(path); err == nil {
		return target
	}
	return path
}
