package cli

import (
	"testing"

	"pig/internal/module"
	"pig/internal/products/onnode"
	"pig/internal/secret"
)

// All that stands behind a name that sounds like a secret is one, in a playbook too: of a module all arguments would be, and the words that
// are in them would be masked wherever a node says them.
func TestNoModuleSoundsLikeASecret(t *testing.T) {
	t.Parallel()
	for _, name := range module.Names(onnode.Modules()) {
		if secret.Named(name) {
			t.Errorf("%s", name)
		}
	}
}
