// Package pig carries what the binary needs beside its code: playbooks, roles and templates.
package pig

import (
	"embed"
	"io/fs"
)

//go:embed all:playbooks all:roles all:templates
var content embed.FS

// Content is playbooks/, roles/ and templates/ as they were when pig was built.
func Content() fs.FS { return content }
