package house

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// No repository is taken on trust: not by a role, not by a test, not by the sandbox's own builds.
func TestNoRepositoryIsTakenOnTrust(t *testing.T) {
	root := "../.."
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == ".git" || d.Name() == "bin"):
			return filepath.SkipDir
		case !d.Type().IsRegular():
			return nil
		}
		if info, err := d.Info(); err != nil || info.Size() > 1<<20 {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if rel, _ := filepath.Rel(root, path); bytes.Contains(text, []byte("trusted"+"=yes")) && rel != "docs/differences.md" {
			t.Errorf("%s takes a repository on trust", rel)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
