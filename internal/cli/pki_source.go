package cli

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"pig/internal/diag"
)

// mostOfFile is how long a file of keys or passwords may be, and mostFiles how many an archive holds.
const (
	mostOfFile = 4 << 20
	mostFiles  = 100000
)

// keptFiles are the files below files/pki that belong to an environment with these folders.
func keptFiles(folders []string) *regexp.Regexp {
	return regexp.MustCompile(`^(?:(?:` + strings.Join(folders, "|") + `)/[A-Za-z0-9._-]+\.(?:crt|key|crl)|ca/rotation\.json|passwords)$`)
}

// readBrought reads a folder or a tar archive (gzip too): that of an inventory with files/pki and files/secrets.yml, files/pki itself, or one
// with no more than ca.crt and ca.key.
func readBrought(from string, folders []string) (*brought, error) {
	info, err := os.Stat(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, diag.Errorf(diag.Pos{}, "cannot import %s: folder or archive not found", from)
	}
	if err != nil {
		return nil, fmt.Errorf("importing: %w", err)
	}
	var all map[string][]byte
	if info.IsDir() {
		all, err = readFolder(from)
	} else {
		all, err = readArchive(from)
	}
	if err != nil {
		return nil, err
	}
	b := &brought{from: from, files: map[string][]byte{}}
	root, found := pkiRoot(all)
	if !found {
		return nil, diag.Errorf(diag.Pos{}, "cannot import %s: files/pki or ca.key not found in the folder", from).
			WithHint("name the folder of the inventory that pig ran with before, its files/pki, or an archive of either")
	}
	kept := keptFiles(folders)
	for name, text := range all {
		rel, below := strings.CutPrefix(name, root)
		if root == flat {
			rel, below = "ca/"+name, name == "ca.crt" || name == "ca.key"
		}
		switch {
		case below && kept.MatchString(rel):
			b.files[rel] = text
		case name == path.Join(path.Dir(strings.TrimSuffix(root, "/")), "secrets.yml"):
			b.secrets = text
		}
	}
	return b, nil
}

// flat stands for a source that has ca.crt and ca.key at its top.
const flat = "."

// pkiRoot finds where files/pki begins among the names of files, with a slash at its end.
func pkiRoot(all map[string][]byte) (string, bool) {
	var roots []string
	for name := range all {
		for _, file := range []string{"ca/ca.key", "ca/ca.crt"} {
			if root, ok := strings.CutSuffix(name, file); ok && (root == "" || strings.HasSuffix(root, "/")) {
				roots = append(roots, root)
			}
		}
	}
	if len(roots) > 0 {
		slices.SortFunc(roots, func(a, b string) int { return len(a) - len(b) })
		return roots[0], true
	}
	return flat, all["ca.key"] != nil
}

// wanted tells whether a file may be part of an environment: nothing else is read.
func wanted(name string) bool {
	if !filepath.IsLocal(name) {
		return false
	}
	switch base := path.Base(name); {
	case base == "secrets.yml", base == "passwords", base == "rotation.json":
		return true
	default:
		return slices.Contains([]string{".crt", ".key", ".crl"}, path.Ext(base))
	}
}

func readFolder(from string) (map[string][]byte, error) {
	all := map[string][]byte{}
	folder, err := os.OpenRoot(from) // a link in it leads nowhere else
	if err != nil {
		return nil, fmt.Errorf("cannot import %s: %w", from, err)
	}
	defer folder.Close() //nolint:errcheck // it was only read

	for _, below := range []string{"files", "pki", "."} { // the folder of an inventory may hold much else
		root := filepath.Join(from, below)
		if info, err := os.Stat(root); err != nil || !info.IsDir() {
			continue
		}
		err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			name, err := filepath.Rel(from, p)
			if err != nil || !wanted(filepath.ToSlash(name)) {
				return err
			}
			f, err := folder.Open(name)
			if err != nil {
				return err
			}
			defer f.Close()
			text, err := io.ReadAll(io.LimitReader(f, mostOfFile))
			all[filepath.ToSlash(name)] = text
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("cannot import %s: %w", from, err)
		}
		if _, found := pkiRoot(all); found {
			break
		}
	}
	return all, nil
}

func readArchive(from string) (map[string][]byte, error) {
	bad := func(err error) error {
		return diag.Errorf(diag.Pos{}, "cannot import %s: not a tar archive: %v", from, err).WithHint("create an archive in the folder of the inventory: tar czf pki.tar.gz files/pki files/secrets.yml")
	}
	f, err := os.Open(filepath.Clean(from))
	if err != nil {
		return nil, fmt.Errorf("importing: %w", err)
	}
	defer f.Close()
	var in io.Reader = f
	magic := make([]byte, 2)
	if n, _ := f.ReadAt(magic, 0); n == 2 && bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		if in, err = gzip.NewReader(f); err != nil {
			return nil, bad(err)
		}
	}
	all := map[string][]byte{}
	t := tar.NewReader(in)
	for n := 0; n < mostFiles; n++ {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, bad(err)
		}
		name := path.Clean(h.Name)
		if h.Typeflag != tar.TypeReg || !wanted(name) {
			continue
		}
		if all[name], err = io.ReadAll(io.LimitReader(t, mostOfFile)); err != nil {
			return nil, bad(err)
		}
	}
	return nil, bad(fmt.Errorf("more than %d files", mostFiles))
}
