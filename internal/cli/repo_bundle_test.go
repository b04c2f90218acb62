package cli

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pig/internal/openpgp"
	"pig/internal/repository"
)

type entry struct {
	name, content string
	kind          byte
}

// bundleOf writes a bundle with these entries.
func bundleOf(t *testing.T, entries ...entry) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, e := range entries {
		h := &tar.Header{Name: e.name, Mode: 0o644, Size: int64(len(e.content)), Typeflag: e.kind}
		if e.kind == 0 {
			h.Typeflag = tar.TypeReg
		} else {
			h.Linkname, h.Size, e.content = e.content, 0, ""
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, e.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "x.tgz")
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func indexOf(file, content string) string {
	sum := sha256.Sum256([]byte(content))
	return fmt.Sprintf("Package: a\nVersion: 1\nArchitecture: all\nFilename: ./%s\nSize: %d\nSHA256: %s\n\n", file, len(content), hex.EncodeToString(sum[:]))
}

// What tar would unpack over the file that was verified, or beside it, is in no bundle.
func TestABundleHasOneFileOfEachName(t *testing.T) {
	t.Parallel()
	good := entry{name: "./a.deb", content: "good"}
	index := entry{name: "./Packages", content: indexOf("a.deb", "good")}
	for name, c := range map[string]struct {
		entries []entry
		want    string
	}{
		"as it should be":      {[]entry{{name: "./", kind: tar.TypeDir}, good, index}, ""},
		"a file twice":         {[]entry{{name: "a.deb", content: "evil"}, good, index}, "two files a.deb"},
		"a file in a folder":   {[]entry{{name: "./pool/a.deb", content: "good"}, index}, "./pool/a.deb: want regular files"},
		"a file outside":       {[]entry{{name: "../a.deb", content: "good"}, good, index}, "../a.deb: want regular files"},
		"a link":               {[]entry{{name: "a.deb", kind: tar.TypeSymlink, content: "/etc/shadow"}, index}, "a.deb: want regular files"},
		"other contents":       {[]entry{{name: "a.deb", content: "evil"}, index}, "a.deb: the checksum differs from the index"},
		"more than it says":    {[]entry{good, {name: "b.deb"}, index}, "b.deb is not in the index"},
		"less than it says":    {[]entry{index}, "a.deb is missing"},
		"nothing that is said": {[]entry{good}, "no file Packages"},
	} {
		err := (&app{out: io.Discard}).verifyBundle(bundleOf(t, c.entries...), "")
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, not %q", name, err, c.want)
		}
	}
}

func TestABundleIsSignedByTheKeyThatIsAskedFor(t *testing.T) {
	t.Parallel()
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	index := indexOf("a.deb", "good")
	now := time.Unix(1700000000, 0)
	signed := []entry{
		{name: "a.deb", content: "good"},
		{name: "Packages", content: index},
		{name: "InRelease", content: openpgp.Clearsign(key, repository.Release("x", map[string][]byte{"Packages": []byte(index)}, now), now)},
		{name: "key.asc", content: openpgp.PublicKey(key, "x")},
	}
	pub, err := openpgp.ParsePublicKey(signed[3].content)
	if err != nil {
		t.Fatal(err)
	}
	fingerprint := openpgp.Fingerprint(pub)
	unsigned := bundleOf(t, signed[:2]...)
	whole := bundleOf(t, signed...)
	for _, c := range []struct{ file, by, want string }{
		{whole, "", ""},
		{whole, strings.ToLower(fingerprint), ""},
		{whole, "ABCD", "signed by " + fingerprint + ": want the key ABCD"},
		{unsigned, "", ""},
		{unsigned, fingerprint, "not signed: want the key " + fingerprint},
	} {
		err := (&app{out: io.Discard}).verifyBundle(c.file, c.by)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("by %q: %v, not %q", c.by, err, c.want)
		}
	}
}
