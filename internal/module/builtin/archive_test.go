package builtin_test

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"io"
	"strings"
	"testing"

	"pig/internal/imitation"
)

// namesIn are the names in an archive of tar.
func namesIn(t *testing.T, r io.Reader) string {
	t.Helper()
	var names []string
	for tr := tar.NewReader(r); ; {
		h, err := tr.Next()
		if err == io.EOF {
			return strings.Join(names, " ")
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, h.Name)
	}
}

func TestArchives(t *testing.T) {
	t.Parallel()
	m := newMachine(nil)
	for path, text := range map[string]string{"/srv/app/a.txt": "a", "/srv/app/sub/b.log": "b", "/srv/app/sub/c.txt": "c", "/srv/one": "1", "/etc/two": "2"} {
		m.Put(imitation.Laid{Path: path, Content: text})
	}
	m.Put(imitation.Laid{Path: "/srv/app/link", Link: "a.txt"})
	on(t, m,
		deed{module: "archive", args: args("path", "/srv/app", "dest", "/root/app.tgz", "mode", "0600"), makes: "file /root/app.tgz create", says: "'arcroot': '/srv/'"},
		deed{module: "archive", args: args("path", "/srv/app", "dest", "/root/part.tar", "format", "tar", "exclusion_patterns", list("*.log"), "exclude_path", list("/srv/app/a.txt")), makes: "file /root/part.tar create"},
		deed{module: "archive", args: args("path", "/srv/one"), makes: "file /srv/one.gz create", says: "'state': 'compress'"},
		deed{module: "archive", args: args("path", list("/srv/one", "/etc/two"), "dest", "/root/two.zip", "format", "zip"), makes: "file /root/two.zip create", says: "'arcroot': '/'"},
		deed{module: "archive", args: args("path", "/srv/app/*", "dest", "/root/glob.tar", "format", "tar"), makes: "file /root/glob.tar create"},
		deed{module: "archive", args: args("path", "/srv/app"), failed: `must specify "dest"`},
		deed{module: "archive", args: args("path", "/nosuch/*", "dest", "/root/x"), failed: "no source paths were found"},
		deed{module: "archive", args: args("path", "/nosuch", "dest", "/root/x"), says: "'state': 'absent'"},
		deed{module: "archive", args: args("path", "/srv/one", "format", "rar"), failed: "must be one of"},
	)
	z, err := gzip.NewReader(strings.NewReader(m.Content("/root/app.tgz")))
	if err != nil {
		t.Fatal(err)
	}
	if got := namesIn(t, z); got != "app/a.txt app/link app/sub/ app/sub/b.log app/sub/c.txt" {
		t.Errorf("app.tgz holds %s", got)
	}
	if got := namesIn(t, strings.NewReader(m.Content("/root/part.tar"))); got != "app/link app/sub/ app/sub/c.txt" {
		t.Errorf("part.tar holds %s", got)
	}
	if got := namesIn(t, strings.NewReader(m.Content("/root/glob.tar"))); got != "a.txt link sub/b.log sub/c.txt" {
		t.Errorf("glob.tar holds %s", got)
	}
	packed := m.Content("/root/two.zip")
	r, err := zip.NewReader(strings.NewReader(packed), int64(len(packed)))
	if err != nil || len(r.File) != 2 || r.File[0].Name != "srv/one" || r.File[1].Name != "etc/two" {
		t.Errorf("two.zip: %v, %v", r, err)
	}
	run(t, m, "archive", args("path", "/srv/app", "dest", "/root/last.tgz", "remove", true))
	if got := m.Content("/srv/app/a.txt"); got != "" {
		t.Error("what was packed is still there")
	}
	on(t, m, deed{module: "archive", args: args("path", "/srv/app", "dest", "/root/last.tgz", "remove", true), says: "'state': 'archive'"})
}
