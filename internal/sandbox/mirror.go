//go:build linux

package sandbox

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// findMirror takes the package mirror that this machine itself is configured with.
func findMirror() (string, error) {
	if m := os.Getenv("PIG_SANDBOX_MIRROR"); m != "" {
		return m, nil
	}
	if raw, err := os.ReadFile("/etc/os-release"); err != nil || !slices.Contains(strings.Split(string(raw), "\n"), "ID=debian") {
		return "", errors.New("this machine is not Debian, so its package mirror does not serve: set PIG_SANDBOX_MIRROR to a Debian mirror")
	}
	files, _ := filepath.Glob("/etc/apt/sources.list.d/*.sources")
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err == nil {
			if m := mirrorOfDeb822(string(raw)); m != "" {
				return m, nil
			}
		}
	}
	files, _ = filepath.Glob("/etc/apt/sources.list.d/*.list")
	for _, f := range append([]string{"/etc/apt/sources.list"}, files...) {
		raw, err := os.ReadFile(f)
		if err == nil {
			if m := mirrorOfList(string(raw)); m != "" {
				return m, nil
			}
		}
	}
	return "", errors.New("apt on this machine has no source with the component main: set PIG_SANDBOX_MIRROR to a Debian mirror")
}

// mirrorOfDeb822 reads paragraphs of "Field: value".
func mirrorOfDeb822(text string) string {
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		f := map[string]string{}
		for line := range strings.Lines(paragraph) {
			if key, value, ok := strings.Cut(line, ":"); ok && !strings.HasPrefix(line, "#") {
				f[strings.ToLower(key)] = strings.TrimSpace(value)
			}
		}
		if strings.EqualFold(f["enabled"], "no") || !slices.Contains(strings.Fields(f["types"]), "deb") {
			continue
		}
		if m := mirrorOf(f["uris"], f["suites"], strings.Fields(f["components"])); m != "" {
			return m
		}
	}
	return ""
}

// mirrorOfList reads lines of "deb [options] URI suite component...".
func mirrorOfList(text string) string {
	for line := range strings.Lines(text) {
		rest, ok := strings.CutPrefix(strings.TrimSpace(line), "deb ")
		if !ok {
			continue
		}
		rest = strings.TrimSpace(rest)
		if strings.HasPrefix(rest, "[") {
			_, rest, _ = strings.Cut(rest, "]")
		}
		f := strings.Fields(rest)
		if len(f) > 2 {
			if m := mirrorOf(f[0], f[1], f[2:]); m != "" {
				return m
			}
		}
	}
	return ""
}

func mirrorOf(uris, suites string, components []string) string {
	if !slices.Contains(components, "main") || strings.Contains(suites, "security") {
		return ""
	}
	for uri := range strings.FieldsSeq(uris) {
		if strings.HasPrefix(uri, "http://") || strings.HasPrefix(uri, "https://") {
			return uri
		}
	}
	return ""
}
