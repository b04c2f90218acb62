package inventory

import (
	"pig/internal/diag"
	"pig/internal/secret"
	"pig/internal/value"
)

// unwrap gives what a script printed with Ansible's own forms for what JSON does not have: a mapping with __ansible_vault alone is an encrypted value,
// one with __ansible_unsafe a text that is no template. ansible-core's JSON decoder for inventories reads them so.
func (l *loader) unwrap(v value.Value) value.Value {
	switch v := v.(type) {
	case *value.List:
		for i, item := range v.Items {
			v.Items[i] = l.unwrap(item)
		}
	case *value.Dict:
		if v.Len() == 1 {
			if text, ok := v.At("__ansible_vault").(string); ok {
				return l.opened(text, v.KeyPos("__ansible_vault"))
			}
			if text, ok := v.At("__ansible_unsafe").(string); ok {
				return value.Unsafe(text)
			}
		}
		for key, item := range v.All() {
			v.SetAt(key, l.unwrap(item), v.KeyPos(key), v.ValuePos(key))
		}
	}
	return v
}

func (l *loader) opened(text string, pos diag.Pos) value.Value {
	if l.opts.Vault == nil {
		l.diags = append(l.diags, diag.Errorf(pos, "an encrypted value, but no vault password was given").WithHint("give the password with --vault-password-file or --ask-vault-pass"))
		return nil
	}
	plain, err := l.opts.Vault(text)
	if err != nil {
		l.diags = append(l.diags, diag.Errorf(pos, "cannot decrypt this value: %v", err))
		return nil
	}
	return secret.New(plain)
}
