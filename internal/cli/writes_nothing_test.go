package cli

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pig/internal/fleet"
	"pig/internal/module"
	"pig/internal/transport"
)

// unreachable is a fleet that no packet leaves for.
func unreachable(table map[string]module.Module) *fleet.Fleet {
	dial := func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("no network") }
	return fleet.New(transport.Config{Dial: dial}, table)
}

// Who selects nothing, or mistypes what is selected, has no file of passwords afterwards.
func TestNothingSelectedWritesNothing(t *testing.T) {
	sound, err := os.ReadFile("testdata/mistakes/sound.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"pgsql --check -l NOBODY", "pgsql -l NOBODY", "pgsql-user pg-nix a", "plan -l NOBODY", "plan -t nosuch", "plan pg-nix", "apply --check -l NOBODY"} {
		dir := t.TempDir()
		file := filepath.Join(dir, "pigsty.yml")
		if err := os.WriteFile(file, sound, 0o600); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		deps := Deps{Build: built(), In: strings.NewReader(""), Out: &out, Err: &out, Fleet: unreachable}
		code := Run(t.Context(), deps, append(append([]string{"pig"}, strings.Fields(line)...), "-i", file))
		if _, err := os.Stat(filepath.Join(dir, "files", "secrets.yml")); code != 1 || !os.IsNotExist(err) {
			t.Errorf("%s: exit status %d, secrets.yml: %v\n%s", line, code, err, out.String())
		}
	}
}
