package lint

import (
	"strings"

	"pig/internal/diag"
	"pig/internal/jinja"
	"pig/internal/secret"
)

func secretRules() []Rule {
	return []Rule{{ID: "plain-secret", Says: "A secret stands in plain text in a file that others read.", text: plainSecret}}
}

func plainSecret(_ *Linter, _ *File, key, text string, pos diag.Pos, say say) {
	if !secret.Named(key) || strings.TrimSpace(text) == "" || jinja.IsTemplate(text) || strings.HasPrefix(text, "$ANSIBLE_VAULT") || strings.HasPrefix(text, "/") || len(text) < 3 {
		return
	}
	say(pos, "the value of %s is in plain text", key).WithHint("encrypt it: ansible-vault encrypt_string, or pig secret")
}
