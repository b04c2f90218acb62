// Package pig carries what the binary needs beside its code: playbooks, roles, templates and files.
package pig

import (
	"embed"
	"io/fs"
)

//go:embed all:playbooks all:roles all:templates all:files inventory/*.yml internal/products/*/params.yaml
var content embed.FS

// Content is playbooks/, roles/, templates/, files/ and the samples of inventory/ and the parameters of products as they were when pig was built.
func Content() fs.FS { return content }
