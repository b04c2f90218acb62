package inventory

import (
	"strings"
	"testing"

	"pig/internal/secret"
	"pig/internal/value"
)

func TestWhatAScriptPrintsForWhatJSONDoesNotHave(t *testing.T) {
	t.Parallel()
	const printed = `{"_meta": {"hostvars": {"h": {"password": {"__ansible_vault": "$ANSIBLE_VAULT;1.1;AES256\n61"}, "raw": [{"__ansible_unsafe": "{{ x }}"}], "plain": {"__ansible_vault": 1}}}}, "g": {"hosts": ["h"]}}`
	inv, _, err := LoadText("x", []byte(printed), Options{Vault: func(text string) (string, error) {
		if !strings.HasPrefix(text, "$ANSIBLE_VAULT;") {
			t.Errorf("not a vault: %q", text)
		}
		return "opened", nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	vars := inv.Vars(inv.Host("h"))
	if s, ok := vars.At("password").(secret.Text); !ok || s.Plain() != "opened" {
		t.Errorf("the vault is %#v", vars.At("password"))
	}
	if raw := vars.At("raw").(*value.List).Items[0]; raw != value.Unsafe("{{ x }}") {
		t.Errorf("the text that is no template is %#v", raw)
	}
	if _, ok := vars.At("plain").(*value.Dict); !ok {
		t.Errorf("a mapping is %#v", vars.At("plain"))
	}
	if _, _, err := LoadText("x", []byte(printed), Options{}); err == nil || !strings.Contains(err.Error(), "no vault password was given") {
		t.Errorf("without a password: %v", err)
	}
}
