// Package payload makes of a module that lies on disk, and that pig lacks, what is sent to a node: the program as it is, or, of a module in
// Python, an archive with all that it imports from module_utils.
package payload

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"regexp"
	"strings"

	"pig/internal/diag"
)

// Style is how a program takes its arguments. The texts are what a node is told.
type Style string

// The styles. A PowerShell module is of Windows.
const (
	Python     Style = "python"    // it imports module_utils
	JSONArgs   Style = "json_args" // they stand in its text
	WantJSON   Style = "want_json" // a file of JSON is its argument
	Old        Style = "old"       // a file of key=value is its argument
	Binary     Style = "binary"    // as WantJSON, without an interpreter
	PowerShell Style = "powershell"
)

// Payload is a module as it is sent.
type Payload struct {
	Style       Style
	Interpreter string // its first line, without #!
	Content     []byte // the program, or the archive
	Module      string // of Python: its name in the archive
	// Checks says that it handles check mode, as far as its text tells.
	Checks bool
	Digest string // of Content
}

// Sources is where modules and what they import are read.
type Sources struct {
	Read func(path string) ([]byte, error)
	// Collection finds the directory of a collection.
	Collection func(namespace, name string) (dir string, ok bool)
	// Moved is where a collection says that a piece of its module_utils has gone to, "" if nowhere.
	Moved func(dir, name string) string
	// Utils are directories of ansible.module_utils, the first that has a name wins.
	Utils []string
}

const (
	common   = "#<<INCLUDE_ANSIBLE_MODULE_COMMON>>" // once replaced by the text of module_utils
	jsonArgs = "<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>"
)

var (
	usesUtils = regexp.MustCompile(`\bfrom +(\.{2,} *|ansible\.|ansible_collections\.[^.]+\.[^.]+\.plugins\.)module_utils.* +import |\bimport +(ansible\.module_utils\.|ansible_collections\.[^.]+\.[^.]+\.plugins\.module_utils)`)
	windows   = regexp.MustCompile(`# POWERSHELL_COMMON|(?i:#Requires -(Module|Version)|#AnsibleRequires -)`)
	checks    = regexp.MustCompile(`_ansible_check_mode|check_mode`)
	ofModule  = regexp.MustCompile(`\bAnsibleModule\b`)
	inPlugins = regexp.MustCompile(`(?:^|/)(ansible_collections/[^/.]+/[^/.]+/plugins/modules/[^.]+)\.py$`)
)

// Of makes the payload of the module that lies at path.
func (s Sources) Of(name, path string) (Payload, error) {
	text, err := s.Read(path)
	if err != nil {
		return Payload{}, err
	}
	p := Payload{Style: styleOf(text), Content: text, Interpreter: interpreter(text), Checks: checks.Match(text)}
	switch p.Style {
	case PowerShell:
		return p, diag.Errorf(diag.Pos{}, "module %q is written for Windows", name).WithDetail("%s", path)
	case Python:
		p.Module = pythonName(name, path)
		a := archive{Sources: s, of: name, text: strings.ReplaceAll(string(text), common, "from ansible.module_utils.basic import *")}
		if p.Content, err = a.pack(p.Module); err != nil {
			return p, err
		}
		p.Checks = p.Checks || a.module
	}
	sum := sha256.Sum256(p.Content)
	p.Digest = hex.EncodeToString(sum[:])
	return p, nil
}

func styleOf(text []byte) Style {
	has := func(s string) bool { return strings.Contains(string(text), s) }
	switch {
	case isBinary(text):
		return Binary
	case has(common) || usesUtils.Match(text):
		return Python
	case windows.Match(text):
		return PowerShell
	case has(jsonArgs):
		return JSONArgs
	case has("WANT_JSON"):
		return WantJSON
	}
	return Old
}

// isBinary looks at the first kilobyte for signs that no text has.
func isBinary(text []byte) bool {
	for _, c := range text[:min(len(text), 1024)] {
		if c < 7 || c == 11 || c > 13 && c < 32 && c != 27 || c == 127 {
			return true
		}
	}
	return false
}

func interpreter(text []byte) string {
	line, _, _ := strings.Cut(string(text), "\n")
	if rest, ok := strings.CutPrefix(line, "#!"); ok {
		return strings.TrimSpace(rest)
	}
	return ""
}

// pythonName is the name under which Python imports a module: a relative import counts from there.
func pythonName(name, path string) string {
	if m := inPlugins.FindStringSubmatch(filepath.ToSlash(path)); m != nil {
		return strings.ReplaceAll(m[1], "/", ".")
	}
	return "ansible.legacy." + name[strings.LastIndexByte(name, '.')+1:]
}
