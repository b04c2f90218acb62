package payload

import (
	"os"
	"path/filepath"
	"strings"
)

// Installed lists the directories of module_utils of ansible-core as it is installed on this machine: of an active environment of Python
// first, then of the program ansible in PATH, of the user, and of the system.
func Installed(env func(string) string) (dirs []string) {
	var patterns []string
	for dir := range strings.SplitSeq(env("PYTHONPATH"), ":") {
		if dir != "" {
			patterns = append(patterns, dir)
		}
	}
	below := func(prefix string) {
		if prefix != "" {
			patterns = append(patterns, prefix+"/lib/python3*/site-packages")
		}
	}
	below(env("VIRTUAL_ENV"))
	for dir := range strings.SplitSeq(env("PATH"), ":") {
		program, err := filepath.EvalSymlinks(filepath.Join(dir, "ansible"))
		if dir == "" || err != nil {
			continue
		}
		below(filepath.Dir(filepath.Dir(program)))
		break
	}
	below(filepath.Join(env("HOME"), ".local"))
	below(filepath.Join(env("HOME"), ".local/share/pipx/venvs/ansible*"))
	patterns = append(patterns, "/usr/local/lib/python3*/dist-packages", "/usr/local/lib/python3*/site-packages", "/usr/lib/python3/dist-packages", "/usr/lib/python3*/site-packages")
	for _, p := range patterns {
		found, _ := filepath.Glob(filepath.Join(p, "ansible/module_utils")) // a bad pattern finds nothing
		for _, dir := range found {
			if _, err := os.Stat(filepath.Join(dir, "basic.py")); err == nil {
				return []string{dir} // parts of two versions do not fit together
			}
		}
	}
	return nil
}
