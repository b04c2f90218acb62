package repository

import (
	"fmt"
	"strings"
	"testing"
)

// archive is a file of ar with members of the names, each with the same content.
func archive(names ...string) string {
	var b strings.Builder
	b.WriteString("!<arch>\n")
	for _, n := range names {
		fmt.Fprintf(&b, "%-16s%-12d%-6d%-6d%-8s%-10d`\n%s\n", n, 0, 0, 0, "100644", 3, "abc")
	}
	return b.String()
}

func TestCheckArchive(t *testing.T) {
	t.Parallel()
	whole := archive("debian-binary", "control.tar.xz", "data.tar.xz")
	for text, want := range map[string]string{
		whole: "",
		archive("debian-binary/", "control.tar.zst/", "_gpgorigin", "data.tar.zst/"): "",
		"":                      "not a Debian archive",
		"PK\x03\x04 a zip file": "not a Debian archive",
		whole[:len(whole)-3]:    "the file was cut off",
		whole[:100]:             "the file was cut off",
		archive("debian-binary", "control.tar.xz"):              "the file was cut off: no member data.tar",
		archive("debian-binary", "data.tar.xz"):                 "the file was cut off: no member control.tar",
		archive("lib.o", "control.tar", "data.tar"):             "not a Debian archive: no member debian-binary",
		strings.Replace(whole, "3         `", "x         `", 1): "not a Debian archive: damaged at byte 8",
	} {
		err := CheckArchive(strings.NewReader(text), int64(len(text)))
		if got := fmt.Sprint(err); err == nil && want != "" || err != nil && got != want {
			t.Errorf("%q: %v, not %q", text, err, want)
		}
	}
}

func TestArchiveName(t *testing.T) {
	t.Parallel()
	if got := ArchiveName(Entry{Package: "dnsutils", Version: "1:9.20.1-1", Architecture: "amd64"}); got != "dnsutils_9.20.1-1_amd64.deb" {
		t.Error(got)
	}
}
