package inventory

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/value"
	"pig/internal/yaml"
)

// loader reads sources into an inventory and collects what is wrong with them.
type loader struct {
	inv   *Inventory
	opts  Options
	diags diag.List
	// standsFor is the file of hosts that are read from tables.
	standsFor string
	// plugins are files that configure one, which makes groups of what the others declare.
	plugins []pluginFile
}

func (l *loader) yamlOptions() yaml.Options {
	return yaml.Options{Strict: l.opts.Strict, Vault: l.opts.Vault, Closed: l.opts.Closed}
}

// source reads one source, whatever its kind.
func (l *loader) source(name string) {
	if l.tables(name) {
		return
	}
	info, err := os.Stat(name)
	switch {
	case err != nil && strings.Contains(name, ","):
		l.hostList(name)
	case err != nil:
		l.missing(name, err)
	case info.IsDir():
		l.directory(name)
	default:
		l.file(name, info)
	}
}

// tables reads a source that is in a database, if name is that of one.
func (l *loader) tables(name string) bool {
	if l.opts.Tables == nil {
		return false
	}
	t, err := l.opts.Tables(name)
	if err != nil {
		l.diags.Add(err)
		return true
	}
	if t == nil {
		return false
	}
	l.diags = append(l.diags, t.Warnings...)
	l.standsFor = t.File
	l.yamlRoot(t.File, t.Root)
	l.standsFor = ""
	return true
}

func (l *loader) missing(name string, err error) {
	d := diag.Errorf(diag.Pos{File: name}, "cannot read the inventory: %v", err)
	if !strings.ContainsAny(name, "/.") {
		d.Hint = "a list of hosts needs a comma: " + name + ","
	}
	d.Cause = err
	l.diags = append(l.diags, d)
}

// hostList reads host1,host2,
func (l *loader) hostList(list string) {
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		pos := diag.Pos{File: list}
		hosts, port, err := ExpandHosts(name)
		if err != nil {
			l.diags.Add(diag.At(pos, err))
			continue
		}
		for _, h := range hosts {
			l.addHost(h, port, l.inv.groups[ungrouped], pos)
		}
	}
}

func (l *loader) addHost(name string, port int, g *Group, pos diag.Pos) *Host {
	h := l.inv.host(name, g, pos)
	if h.File == "" && l.standsFor != "" {
		h.File = l.standsFor
	}
	if h.File == "" {
		h.File = pos.File
	}
	if port > 0 {
		h.vars.SetAt("ansible_port", int64(port), pos, pos)
	}
	return h
}

// ignoredInDirectory is Ansible's: hidden files, variable directories, backups and notes; besides, files/, where pig keeps keys and
// passwords of the environment, and where files of nodes may lie.
var ignoredInDirectory = regexp.MustCompile(`^\.|^files$|^host_vars$|^group_vars$|^vars_plugins$|(?:\.pyc|\.pyo|\.swp|\.bak|~|\.rpm|\.md|\.txt|\.rst|\.orig|\.cfg|\.retry)$`)

func (l *loader) directory(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		l.missing(dir, err)
		return
	}
	for _, e := range entries { // sorted by name
		if !ignoredInDirectory.MatchString(e.Name()) {
			l.source(filepath.Join(dir, e.Name()))
		}
	}
}

func (l *loader) file(path string, info os.FileInfo) {
	text, err := os.ReadFile(path)
	if err != nil {
		l.missing(path, err)
		return
	}
	isYAML := slices.Contains([]string{".yml", ".yaml", ".json"}, filepath.Ext(path))
	executable := info.Mode()&0o111 != 0
	switch {
	case bytes.HasPrefix(text, []byte("#!")) || executable && !isYAML && bytes.HasPrefix(text, []byte("\x7fELF")):
		l.script(path)
	case filepath.Ext(path) == ".toml":
		l.tomlFile(path, text)
	case isYAML || filepath.Ext(path) == "" && (looksLikeYAML(text) || isMapping(path, text)):
		l.yamlFile(path, text)
	default:
		l.iniFile(path, text)
	}
}

// isMapping tells whether a text is a YAML mapping.
func isMapping(path string, text []byte) bool {
	if trimmed := bytes.TrimSpace(text); len(trimmed) == 0 || trimmed[0] == '[' || !bytes.Contains(text, []byte(":")) {
		return false
	}
	v, _, err := yaml.ParseVaulted(text, path, yaml.Options{Vault: func(string) (string, error) { return "", nil }})
	_, ok := v.(*value.Dict)
	return ok && err == nil
}

// looksLikeYAML tells a YAML file without a suffix from an INI file: Ansible tries one after the other, and would report
// the second one's complaint.
func looksLikeYAML(text []byte) bool {
	for line := range bytes.Lines(text) {
		line = bytes.TrimRight(line, " \t\r\n")
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		return bytes.HasPrefix(line, []byte("---")) || line[0] == '{' || bytes.HasSuffix(line, []byte(":"))
	}
	return false
}
