//go:build linux

package sandbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// parseSources reads one package from each line: its name, its Go module, the program's directory there, a version, and what
// it is. "#" starts a comment.
func parseSources(text string) (map[string][]string, error) {
	out := map[string][]string{}
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		f := strings.Fields(line)
		switch {
		case len(f) == 0:
		case len(f) < 5:
			return nil, fmt.Errorf("invalid line of packages built from source: %q: want at least 5 fields", strings.TrimSpace(line))
		default:
			out[f[0]] = f[1:]
		}
	}
	return out, nil
}

// stocked is the repository with packages added that are built from source. Each is built once, whatever else the
// repository has.
func (m images) stocked(ctx context.Context, repo string, names []string) (string, error) {
	names = slices.Compact(slices.Sorted(slices.Values(names)))
	var built, inputs []string
	for _, name := range names {
		dir, err := m.source(ctx, name)
		if err != nil {
			return "", err
		}
		built, inputs = append(built, dir), append(inputs, filepath.Base(dir))
	}
	id := "stock-" + recipeID(stockScript, append(inputs, filepath.Base(repo))...)
	err := m.ensure(ctx, id, func(tmp string) error {
		return m.build(ctx, "stock", stockScript, append([]string{tmp, repo}, built...))
	})
	return filepath.Join(m.dir, id), err
}

// source is a directory with one package that is built from source.
func (m images) source(ctx context.Context, name string) (string, error) {
	all, err := parseSources(sourceText)
	if err != nil {
		return "", err
	}
	from, ok := all[name]
	if !ok {
		return "", fmt.Errorf("package %q not found in build/source.txt", name)
	}
	kind := strings.ReplaceAll(name, "-", "_") // the name of an image ends at the first dash
	id := kind + "-" + recipeID(sourceScript, append([]string{name}, from...)...)
	err = m.ensure(ctx, id, func(tmp string) error {
		tool, err := findGo(name)
		if err != nil {
			return err
		}
		return m.build(ctx, kind, sourceScript, append([]string{tmp, tool, runtime.GOARCH, name}, from...))
	})
	return filepath.Join(m.dir, id), err
}

// HasGo tells whether packages can be built from source here.
func HasGo() bool {
	_, err := findGo("")
	return err == nil
}

// findGo looks for a Go where scripts/setup.sh may have put one.
func findGo(wanted string) (string, error) {
	candidates := []string{os.Getenv("PIG_GO"), "go", "/usr/local/go/bin/go"}
	fetched, _ := filepath.Glob("/var/cache/pig-go/go*/bin/go")
	for _, c := range append(candidates, fetched...) {
		if c == "" {
			continue
		}
		if path, err := exec.LookPath(c); err == nil {
			return path, nil
		}
	}
	return "", errors.New("cannot build " + wanted + ": not in Debian, and Go not found on this machine: run scripts/setup.sh")
}
