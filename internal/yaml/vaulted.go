package yaml

import (
	"bytes"
	"fmt"

	"pig/internal/diag"
	"pig/internal/secret"
	"pig/internal/value"
)

// ParseVaulted is Parse for a file that may be encrypted as a whole. All texts in such a file are secrets, and no fault quotes any.
func ParseVaulted(text []byte, path string, opts Options) (value.Value, diag.List, error) {
	if !bytes.HasPrefix(text, []byte("$ANSIBLE_VAULT;")) {
		return Parse(text, path, opts)
	}
	if opts.Vault == nil {
		return nil, nil, diag.Errorf(diag.Pos{File: path}, "the file is encrypted, but no vault password was given").
			WithHint("give the password with --vault-password-file or --ask-vault-pass")
	}
	plain, err := opts.Vault(string(text))
	if err != nil {
		return nil, nil, fmt.Errorf("decrypt %s: %w", path, err)
	}
	opts.Secret = true
	v, warnings, err := Parse([]byte(plain), path, opts)
	return everyText(v, func(s string) value.Value { return secret.New(s) }), warnings, err
}

// everyText puts what of makes of it in place of every text in v.
func everyText(v value.Value, of func(string) value.Value) value.Value {
	switch v := v.(type) {
	case string:
		return of(v)
	case *value.List:
		for i, item := range v.Items {
			v.Items[i] = everyText(item, of)
		}
	case *value.Dict:
		for k, item := range v.All() {
			v.SetAt(k, everyText(item, of), v.KeyPos(k), v.ValuePos(k))
		}
	}
	return v
}
