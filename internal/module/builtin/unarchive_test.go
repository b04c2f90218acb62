package builtin_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"strings"
	"testing"
	"time"

	"pig/internal/imitation"
	"pig/internal/module"
	"pig/internal/module/builtin"
	"pig/internal/node"
	"pig/internal/value"
)

var packedAt = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

// packed are archives with a directory, files in it and a link.
func packed(t *testing.T) (tarball, zipped string) {
	t.Helper()
	var plain, squeezed, z bytes.Buffer
	w := tar.NewWriter(&plain)
	for _, h := range []*tar.Header{
		{Name: "top/", Typeflag: tar.TypeDir, Mode: 0o755}, {Name: "top/a", Mode: 0o600, Size: 4}, {Name: "top/sub/b", Mode: 0o644, Size: 4},
		{Name: "top/l", Typeflag: tar.TypeSymlink, Linkname: "a"}, {Name: "top/h", Typeflag: tar.TypeLink, Linkname: "top/a"}, {Name: "../../out", Mode: 0o644, Size: 4},
	} {
		h.ModTime, h.Uname, h.Gname = packedAt, "root", "root"
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if h.Size > 0 {
			_, _ = w.Write([]byte("one\n"))
		}
	}
	_ = w.Close()
	g := gzip.NewWriter(&squeezed)
	_, _ = g.Write(plain.Bytes())
	_ = g.Close()
	f := zip.NewWriter(&z)
	for _, name := range []string{"top/", "top/a", "top/sub/", "top/sub/b"} {
		part, err := f.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(name, "/") {
			_, _ = part.Write([]byte("zip\n"))
		}
	}
	_ = f.Close()
	return squeezed.String(), z.String()
}

func TestArchivesAreUnpacked(t *testing.T) {
	t.Parallel()
	tarball, zipped := packed(t)
	const all = "/srv/d/out /srv/d/top/a /srv/d/top/h /srv/d/top/l /srv/d/top/sub/b"
	for _, c := range []struct {
		more   []value.Value
		below  string
		failed string
		says   string
	}{
		{nil, all, "", "'handler': 'TgzArchive'"},
		{[]value.Value{"list_files", true}, all, "", "'files': ['top/', 'top/a', 'top/sub/b', 'top/l', 'top/h', 'out']"},
		{[]value.Value{"extra_opts", list("--strip-components=1")}, "/srv/d/a /srv/d/h /srv/d/l /srv/d/sub/b", "", ""},
		{[]value.Value{"extra_opts", list("--strip-components", "2")}, "/srv/d/b", "", ""},
		{[]value.Value{"exclude", list("top/sub", "top/[hl]")}, "/srv/d/out /srv/d/top/a", "", ""},
		{[]value.Value{"exclude", list("*b")}, "/srv/d/out /srv/d/top/a /srv/d/top/h /srv/d/top/l", "", ""},
		{[]value.Value{"include", list("top/sub")}, "/srv/d/top/sub/b", "", ""},
		{[]value.Value{"src", "/srv/x.zip"}, "/srv/d/top/a /srv/d/top/sub/b", "", "'handler': 'ZipArchive'"},
		{[]value.Value{"src", "/srv/x.zip", "exclude", list("top/sub/*")}, "/srv/d/top/a", "", ""},
		{[]value.Value{"content", tarball, "src", "x.tgz"}, all, "", ""},
		{[]value.Value{"creates", "/srv/x.tgz"}, "", "", "'msg': 'skipped, since /srv/x.tgz exists'"},
		{[]value.Value{"src", "/srv/no"}, "", "Source '/srv/no' does not exist", ""},
		{[]value.Value{"dest", "/srv/no"}, "", "dest '/srv/no' must be an existing dir", ""},
		{[]value.Value{"src", "/etc/hosts"}, "", `Failed to find handler for "/etc/hosts"`, ""},
		{[]value.Value{"src", "/srv/empty"}, "", "Invalid archive '/srv/empty', the file is 0 bytes", ""},
		{[]value.Value{"include", list("a"), "exclude", list("b")}, "", "takes only one of: include, exclude", ""},
		{[]value.Value{"extra_opts", list("--transform=s/a/b/")}, "", `option "--transform=s/a/b/" is not supported`, ""},
		{[]value.Value{"extra_opts", list("--strip=x")}, "", `invalid --strip "x"`, ""},
	} {
		m := newMachine(nil)
		for path, text := range map[string]string{"/srv/x.tgz": tarball, "/srv/x.zip": zipped, "/srv/empty": ""} {
			m.Put(imitation.Laid{Path: path, Content: text})
		}
		m.Put(imitation.Laid{Path: "/srv/d/"})
		a := args("src", "/srv/x.tgz", "dest", "/srv/d", "remote_src", true)
		a.Update(args(c.more...))
		d := deed{module: "unarchive", args: a, failed: c.failed, says: c.says}
		if c.below != "" {
			d.makes = "archive " + value.Str(a.At("src")) + " in /srv/d extract"
		}
		on(t, m, d)
		if got := strings.Join(m.Below("/srv/d"), " "); got != c.below {
			t.Errorf("%s makes %q, want %q", value.Display(a), got, c.below)
		}
	}
}

// What a plan unpacks, later tasks of it find.
func TestAPlanKnowsWhatIsInAnArchive(t *testing.T) {
	t.Parallel()
	tarball, _ := packed(t)
	m := newMachine(nil)
	m.Put(imitation.Laid{Path: "/srv/d/"})
	plan := node.NewShadow(m)
	if r := run(t, plan, "unarchive", args("src", "x.tgz", "dest", "/srv/d", "content", tarball, "owner", "root", "mode", "0640")); r.Failed != "" {
		t.Fatal(r.Failed)
	}
	r := module.Run(t.Context(), plan, builtin.Table(), module.Task{Module: "stat", Args: args("path", "/srv/d/top/a")})
	if said := value.Display(r.Values); !strings.Contains(said, "'exists': True") || !strings.Contains(said, "'mode': '0640'") || !strings.Contains(said, "'mtime': 1577836800.0") {
		t.Errorf("stat says %s", said)
	}
}

func TestNewerFilesAreKept(t *testing.T) {
	t.Parallel()
	tarball, _ := packed(t)
	for keep, want := range map[bool]string{true: "mine\n", false: "one\n"} {
		m := newMachine(nil)
		m.Put(imitation.Laid{Path: "/srv/d/top/a", Content: "mine\n"})
		if r := run(t, m, "unarchive", args("src", "x.tgz", "dest", "/srv/d", "content", tarball, "keep_newer", keep)); r.Failed != "" || m.Content("/srv/d/top/a") != want {
			t.Errorf("keep_newer %v: %q, %s", keep, m.Content("/srv/d/top/a"), r.Failed)
		}
	}
}
