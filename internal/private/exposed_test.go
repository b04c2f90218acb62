package private

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFilesThatOthersCanReadAreTold(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "secrets.yml")
	for _, c := range []struct {
		mode   os.FileMode
		sealed bool
		mend   string // "": nothing to mend
	}{
		{0o600, false, ""}, {0o400, false, ""}, {0o700, false, ""}, {0o644, true, ""},
		{0o640, false, "chmod 0600 " + path}, {0o604, false, "chmod 0600 " + path}, {0o602, false, "chmod 0600 " + path}, {0o755, false, "chmod 0700 " + path},
		{0o664, true, "chmod 0600 " + path},
	} {
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, c.mode); err != nil {
			t.Fatal(err)
		}
		got := ""
		if e := Exposed(path, c.sealed); e != nil {
			got = e.Mend
		}
		if got != c.mend {
			t.Errorf("%o: %q, want %q", c.mode, got, c.mend)
		}
		if err := os.Chmod(path, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if Exposed(filepath.Join(dir, "none"), false) != nil || Exposed("/dev/null", false) != nil {
		t.Error("what is no file is told")
	}
	open := filepath.Join(dir, "open")
	if err := os.Mkdir(open, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(open, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(open, "x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if e := Exposed(filepath.Join(open, "x"), false); e == nil || !strings.Contains(e.Why, "directory") {
		t.Errorf("a directory that all can write: %v", e)
	}
	if e := Exposed(open, false); e == nil || e.Mend != "chmod 0700 "+open {
		t.Errorf("a directory of keys that all can write: %v", e)
	}
	if os.Geteuid() != 0 {
		return
	}
	if err := os.Lchown(path, 65534, -1); err != nil {
		t.Fatal(err)
	}
	if e := Exposed(path, false); e == nil || e.Mend != "chown 0 "+path {
		t.Errorf("of another account: %v", e)
	}
	t.Setenv("SUDO_UID", "65534")
	if e := Exposed(path, false); e != nil {
		t.Errorf("of the account that started pig: %v", e)
	}
	t.Setenv("SUDO_UID", "")
	link, target := filepath.Join(dir, "link"), filepath.Join(dir, "target")
	if err := os.WriteFile(target, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	if Exposed(link, false) != nil {
		t.Error("root's own link is told")
	}
	if err := os.Lchown(link, 65534, -1); err != nil {
		t.Fatal(err)
	}
	if e := Exposed(link, false); e == nil || !strings.Contains(e.Why, "link of uid 65534") {
		t.Errorf("a link of another account: %v", e)
	}
}
