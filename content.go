// Package pig carries what the binary needs beside its code: playbooks, roles, templates and files.
package pig

import (
	"embed"
	"io/fs"
)

//go:embed all:playbooks all:roles all:templates all:files inventory/*.yml internal/params/catalog.yaml internal/products/*/params.yaml
var content embed.FS

// Content is playbooks/, roles/, templates/, files/ and the samples of inventory/ and the catalog of parameters as they were when pig was built.
func Content() fs.FS { return content }
