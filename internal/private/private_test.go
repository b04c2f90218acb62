package private

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestOnlyTheOwnerReadsWhatIsWritten(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.plan")
	if err := os.WriteFile(path, []byte("before"), 0o644); err != nil {
		t.Fatal(err)
	}
	reader, err := os.Open(path) // who has it open reads nothing of what comes
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if err := Write(path, []byte("secret")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(path)
	if text, _ := os.ReadFile(path); err != nil || info.Mode() != 0o600 || string(text) != "secret" {
		t.Errorf("%v %s %v", info.Mode(), text, err)
	}
	was := make([]byte, 10)
	if n, _ := reader.Read(was); string(was[:n]) != "before" {
		t.Errorf("the file of before holds %q", was[:n])
	}
	target, link := filepath.Join(dir, "target"), filepath.Join(dir, "link")
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	if err := Write(link, []byte("secret")); err == nil {
		t.Error("a link is written through, or replaced")
	}
	if _, err := os.Stat(target); err == nil {
		t.Error("the target of a link was made")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestAFileIsReplacedOrCreatedAsAWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ca.crt")
	if err := Create(path, []byte("first"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Create(path, []byte("second"), 0o600); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a file that is there was created again: %v", err)
	}
	if err := Replace(path, []byte("third"), 0o644); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if text, _ := os.ReadFile(path); err != nil || string(text) != "third" || info.Mode() != 0o644 {
		t.Errorf("%q, %v, %v", text, info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
