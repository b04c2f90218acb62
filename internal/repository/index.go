// Package repository is what there is to know about a flat repository of Debian packages apart from making it: its index, and
// whether its files are what the index says. The format is that of deb822(5) and of apt's Packages files.
package repository

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Entry is a package in an index.
type Entry struct {
	Package, Version, Architecture string
	File                           string // beside the index
	Size                           int64
	SHA256                         string
	Text                           string // all of its fields but those of the file, as they are
}

// fileFields are the fields that say where a package lies.
var fileFields = []string{"filename", "size", "sha256", "sha1", "md5sum", "sha512"}

// Parse reads an index. Entries without a name or a file are an error.
func Parse(index string) ([]Entry, error) {
	var all []Entry
	for stanza := range strings.SplitSeq(strings.TrimSpace(index), "\n\n") {
		if strings.TrimSpace(stanza) == "" {
			continue
		}
		e := ParseStanza(stanza)
		if e.Package == "" || e.File == "" {
			first, _, _ := strings.Cut(strings.TrimSpace(stanza), "\n")
			return nil, fmt.Errorf("the index has an entry without Package or Filename: %q", first)
		}
		all = append(all, e)
	}
	return all, nil
}

// ParseStanza reads the fields of one package, as dpkg-deb --field prints them, or an index has them.
func ParseStanza(stanza string) Entry {
	var e Entry
	var kept strings.Builder
	keep := true
	for line := range strings.Lines(strings.TrimSpace(stanza) + "\n") {
		if strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") { // a field goes on
			if keep {
				kept.WriteString(line)
			}
			continue
		}
		name, v, _ := strings.Cut(line, ":")
		v = strings.TrimSpace(v)
		name = strings.ToLower(name) // names of fields have no case
		switch name {
		case "package":
			e.Package = v
		case "version":
			e.Version = v
		case "architecture":
			e.Architecture = v
		case "filename":
			e.File = path.Base(v)
		case "size":
			e.Size, _ = strconv.ParseInt(v, 10, 64)
		case "sha256":
			e.SHA256 = v
		}
		if keep = !slices.Contains(fileFields, name); keep {
			kept.WriteString(line)
		}
	}
	e.Text = kept.String()
	return e
}

// Format writes an index, sorted by name, version and file.
func Format(entries []Entry) string {
	entries = slices.Clone(entries)
	slices.SortFunc(entries, func(a, b Entry) int {
		return strings.Compare(a.Package+"\x00"+a.Version+"\x00"+a.File, b.Package+"\x00"+b.Version+"\x00"+b.File)
	})
	var b strings.Builder
	for _, e := range entries {
		fmt.Fprintf(&b, "%sFilename: ./%s\nSize: %d\nSHA256: %s\n\n", e.Text, e.File, e.Size, e.SHA256)
	}
	return b.String()
}

// File is a file as it is.
type File struct {
	Size   int64
	SHA256 string
}

// Verify tells what is wrong with the files of a repository; nil if all is as its index says.
func Verify(index []Entry, files map[string]File) []string {
	var wrong []string
	for _, e := range index {
		f, ok := files[e.File]
		switch {
		case !ok:
			wrong = append(wrong, e.File+" is missing")
		case f.Size != e.Size:
			wrong = append(wrong, fmt.Sprintf("%s has %d bytes, not %d", e.File, f.Size, e.Size))
		case f.SHA256 != e.SHA256:
			wrong = append(wrong, e.File+": the checksum differs from the index")
		}
	}
	for _, name := range Strays(index, files) {
		wrong = append(wrong, name+" is not in the index")
	}
	slices.Sort(wrong)
	return wrong
}

// Strays are the packages among files that an index does not have, sorted.
func Strays(index []Entry, files map[string]File) []string {
	listed := map[string]bool{}
	for _, e := range index {
		listed[e.File] = true
	}
	var strays []string
	for name := range files {
		if strings.HasSuffix(name, ".deb") && !listed[name] {
			strays = append(strays, name)
		}
	}
	slices.Sort(strays)
	return strays
}
