package repository

import (
	"slices"
	"strings"
	"testing"
)

const two = `Package: b
Version: 1:2.0-1
Architecture: amd64
Description: the second
 with a long text
 .
 over lines
Filename: ./b_2.0-1_amd64.deb
Size: 20
SHA256: bb

Package: a
Version: 1
Architecture: all
Filename: pool/main/a_1_all.deb
Size: 10
MD5sum: 00
sha1: 00
SHA256: aa
`

func TestIndex(t *testing.T) {
	t.Parallel()
	list, err := Parse(two)
	if err != nil || len(list) != 2 || list[0].Version != "1:2.0-1" || list[1].File != "a_1_all.deb" || list[1].Size != 10 {
		t.Fatalf("%+v, %v", list, err)
	}
	out := Format(list)
	if !strings.HasPrefix(out, "Package: a\n") || strings.Contains(out, "MD5sum") || strings.Contains(out, "sha1") || !strings.Contains(out, " with a long text\n .\n over lines\n") {
		t.Error(out)
	}
	again, err := Parse(out)
	if err != nil || Format(again) != out {
		t.Errorf("it is not read as it is written: %v\n%s", err, Format(again))
	}
	if _, err := Parse("Package: a\n"); err == nil {
		t.Error("a package without a file is no error")
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	list, err := Parse(two)
	if err != nil {
		t.Fatal(err)
	}
	good := map[string]File{"a_1_all.deb": {10, "aa"}, "b_2.0-1_amd64.deb": {20, "bb"}, "Packages": {1, ""}}
	if wrong := Verify(list, good); wrong != nil {
		t.Error(wrong)
	}
	bad := map[string]File{"a_1_all.deb": {10, "ab"}, "b_2.0-1_amd64.deb": {21, "bb"}, "c.deb": {}}
	want := []string{"a_1_all.deb: the checksum differs from the index", "b_2.0-1_amd64.deb has 21 bytes, not 20", "c.deb is not in the index"}
	if wrong := Verify(list, bad); !slices.Equal(wrong, want) {
		t.Error(wrong)
	}
	if wrong := Verify(list, nil); len(wrong) != 2 {
		t.Error(wrong)
	}
}
