package inventory

import (
	"os"

	"pig/internal/diag"
	"pig/internal/value"
	"pig/internal/yaml"
)

// readYAML reads a file of YAML or JSON. A file that is encrypted as a whole is decrypted, and all texts in it are secrets.
func readYAML(path string, opts yaml.Options) (value.Value, diag.List, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		d := diag.Errorf(diag.Pos{File: path}, "cannot read the file: %v", err)
		d.Cause = err
		return nil, nil, d
	}
	return yaml.ParseVaulted(text, path, opts)
}
