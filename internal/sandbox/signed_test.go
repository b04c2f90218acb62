//go:build linux

package sandbox

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pig/internal/openpgp"
	"pig/internal/repository"
)

func TestBuildsInstallFromASignedIndex(t *testing.T) {
	t.Parallel()
	repo, dir := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(repo, "Packages"), []byte("Package: a\nFilename: ./a.deb\n\nPackage: b\nFilename: ./b.deb\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := signedIndex(repo, dir, time.Now()); err != nil {
		t.Fatal(err)
	}
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	key, err := openpgp.ParsePublicKey(read("key.asc"))
	if err != nil {
		t.Fatal(err)
	}
	release, err := openpgp.Verify(key, read("InRelease"))
	index := read("Packages")
	if err != nil || !repository.Lists(release, "Packages", []byte(index)) {
		t.Errorf("the index is not signed: %v\n%s", err, release)
	}
	if strings.Count(index, "Filename: ./pool/") != 2 {
		t.Errorf("the packages are not where the build has them:\n%s", index)
	}
}
