// Package pig carries what the binary needs beside its code: playbooks, roles, templates and files.
package pig

import (
	"embed"
	"io/fs"
)

//go:embed all:playbooks all:roles all:templates all:files inventory/*.yml
var content embed.FS

// Content is playbooks/, roles/, templates/, files/ and the samples of inventory/ as they were when pig was built.
func Content() fs.FS { return content }
