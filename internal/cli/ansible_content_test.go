package cli

import (
	"archive/tar"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func tarball(t *testing.T, headers ...tar.Header) string {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, h := range headers {
		if h.Typeflag == 0 {
			h.Typeflag, h.Size = tar.TypeReg, 1
		}
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if h.Size > 0 {
			_, _ = w.Write([]byte("x"))
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "role.tar")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestContentOfATarball(t *testing.T) {
	t.Parallel()
	main := tar.Header{Name: "web/tasks/main.yml", Mode: 0o644}
	for _, c := range []struct {
		name    string
		headers []tar.Header
		want    string
	}{
		{"a role in a directory", []tar.Header{main, {Name: "web/files/run", Mode: 0o755}, {Name: "README"}}, ""},
		{"a link inside", []tar.Header{main, {Name: "web/files/x", Typeflag: tar.TypeSymlink, Linkname: "../tasks/main.yml"}}, ""},
		{"no role", []tar.Header{{Name: "web/README"}}, "want a file meta/main.yml"},
		{"a way out", []tar.Header{main, {Name: "../evil"}}, "lies outside"},
		{"an absolute name", []tar.Header{main, {Name: "/etc/evil"}}, "lies outside"},
		{"a link that leads out", []tar.Header{main, {Name: "web/x", Typeflag: tar.TypeSymlink, Linkname: "../../../etc"}}, "lies outside"},
		{"an absolute link", []tar.Header{main, {Name: "web/x", Typeflag: tar.TypeSymlink, Linkname: "/etc"}}, "lies outside"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := contentOf(tarball(t, c.headers...), "meta/main.yml", "tasks/main.yml")
			switch {
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("got %v, want %s", err, c.want)
			case c.want == "" && (err != nil || !got.has("tasks/main.yml") || got.has("README")):
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}
