//go:build linux

package sandbox

import (
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"pig/internal/openpgp"
	"pig/internal/repository"
)

// signedIndex writes to dir an index of the packages of repo, which are in pool/ beside it, signed by a key that is thrown away: apt
// then takes the packages that this build has, and no others.
func signedIndex(repo, dir string, now time.Time) error {
	raw, err := os.ReadFile(filepath.Join(repo, "Packages"))
	if err != nil {
		return fmt.Errorf("cannot sign packages: %w", err)
	}
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return fmt.Errorf("cannot sign packages: %w", err)
	}
	index := strings.ReplaceAll("\n"+string(raw), "\nFilename: ./", "\nFilename: ./pool/")[1:]
	release := repository.Release("pig sandbox", map[string][]byte{"Packages": []byte(index)}, now)
	for name, text := range map[string]string{
		"Packages": index, "InRelease": openpgp.Clearsign(key, release, now), "key.asc": openpgp.PublicKey(key, "pig sandbox"),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil { //nolint:gosec // apt reads it as another user
			return fmt.Errorf("cannot sign packages: %w", err)
		}
	}
	return nil
}
