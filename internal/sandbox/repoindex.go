//go:build linux

package sandbox

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// indexRepo turns a directory of downloaded packages, and what apt said about them, into a flat repository. It has no Release file:
// the infra node signs the one that it serves, and a build signs an index of its own (signed.go).
func indexRepo(dir string) error {
	stanzas := filepath.Join(dir, "stanzas")
	raw, err := os.ReadFile(stanzas)
	if err != nil {
		return fmt.Errorf("cannot index packages: %w", err)
	}
	index, names, err := packagesIndex(string(raw))
	if err != nil {
		return fmt.Errorf("cannot index packages: %w", err)
	}
	for from, to := range names {
		if err := os.Rename(filepath.Join(dir, from), filepath.Join(dir, to)); err != nil {
			return fmt.Errorf("cannot index packages: %w", err)
		}
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	if _, err := z.Write([]byte(index)); err != nil {
		return fmt.Errorf("cannot index packages: %w", err)
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("cannot index packages: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "Packages"), []byte(index), 0o644); err != nil {
		return fmt.Errorf("cannot index packages: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "Packages.gz"), zipped.Bytes(), 0o644); err != nil {
		return fmt.Errorf("cannot index packages: %w", err)
	}
	return os.Remove(stanzas)
}

// packagesIndex rewrites apt's stanzas so that each points at its file beside the index. It returns also which file
// apt's download has to be renamed to what: apt escapes the colon of an epoch, the archive's own name has no epoch.
func packagesIndex(stanzas string) (index string, rename map[string]string, err error) {
	var out strings.Builder
	rename = map[string]string{}
	for stanza := range strings.SplitSeq(strings.TrimSpace(stanzas), "\n\n") {
		f := map[string]string{}
		for line := range strings.Lines(stanza) {
			if key, value, ok := strings.Cut(line, ":"); ok && !strings.HasPrefix(line, " ") {
				f[key] = strings.TrimSpace(value)
			}
		}
		for _, key := range []string{"Package", "Version", "Architecture", "Filename", "SHA256"} {
			if f[key] == "" {
				return "", nil, fmt.Errorf("package %q has no field %s", f["Package"], key)
			}
		}
		file := path.Base(f["Filename"])
		downloaded := fmt.Sprintf("%s_%s_%s.deb", f["Package"], strings.ReplaceAll(f["Version"], ":", "%3a"), f["Architecture"])
		if _, twice := rename[downloaded]; twice {
			continue
		}
		rename[downloaded] = file
		for line := range strings.Lines(stanza) {
			line = strings.TrimRight(line, "\n")
			switch {
			case strings.HasPrefix(line, "Filename:"):
				line = "Filename: ./" + file
			case strings.HasPrefix(line, "Description-md5:"): // it would make apt look for translations
				continue
			case strings.HasPrefix(line, "Description-en:"):
				line = "Description:" + strings.TrimPrefix(line, "Description-en:")
			}
			out.WriteString(line + "\n")
		}
		out.WriteString("\n")
	}
	return out.String(), rename, nil
}
