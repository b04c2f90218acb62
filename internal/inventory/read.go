package inventory

import (
	"bytes"
	"fmt"
	"os"

	"pig/internal/diag"
	"pig/internal/secret"
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
	return parseYAML(path, text, opts)
}

func parseYAML(path string, text []byte, opts yaml.Options) (value.Value, diag.List, error) {
	if !bytes.HasPrefix(text, []byte("$ANSIBLE_VAULT;")) {
		return yaml.Parse(text, path, opts)
	}
	if opts.Vault == nil {
		return nil, nil, diag.Errorf(diag.Pos{File: path}, "the file is encrypted, but no vault password was given").
			WithHint("give one with --vault-password-file or --ask-vault-pass")
	}
	plain, err := opts.Vault(string(text))
	if err != nil {
		return nil, nil, fmt.Errorf("decrypt %s: %w", path, err)
	}
	v, warnings, err := yaml.Parse([]byte(plain), path, opts)
	return seal(v), warnings, err
}

// seal makes secrets of all strings in v.
func seal(v value.Value) value.Value {
	switch v := v.(type) {
	case string:
		return secret.New(v)
	case *value.List:
		for i, item := range v.Items {
			v.Items[i] = seal(item)
		}
	case *value.Dict:
		for k, item := range v.All() {
			v.SetAt(k, seal(item), v.KeyPos(k), v.ValuePos(k))
		}
	}
	return v
}
