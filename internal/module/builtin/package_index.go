package builtin

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/repository"
	"pig/internal/value"
)

// packageIndex keeps the index of a directory of packages (Packages, Packages.gz), so that apt takes it for a repository. A
// package that is in the index with its size is not read again. It returns packages, how many there are.
func packageIndex() module.Module {
	return module.Module{
		Name: "package_index",
		Spec: module.Spec{Args: []module.Arg{{Name: "path", Type: module.Path, Required: true}}},
		Run:  runPackageIndex,
	}
}

func runPackageIndex(ctx context.Context, c *module.Call) (*value.Dict, error) {
	dir := c.Args.String("path")
	files := c.System.Files()
	if _, planned := c.System.Foreseen(packagesIn(dir)); planned {
		return nil, fmt.Errorf("the packages in %s, once they are fetched: %w", dir, node.ErrUnknown)
	}
	names, err := files.List(dir)
	if err != nil {
		return nil, err
	}
	known := map[string]repository.Entry{}
	old, err := files.Read(path.Join(dir, "Packages"))
	if errors.Is(err, node.ErrUnknown) {
		return nil, err
	}
	if list, err := repository.Parse(string(old)); err == nil {
		for _, e := range list {
			known[e.File] = e
		}
	}
	var entries []repository.Entry
	for _, name := range names {
		if !strings.HasSuffix(name, ".deb") {
			continue
		}
		e, err := described(ctx, c, dir, name, known[name])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		entries = append(entries, e)
	}
	result := value.DictOf("packages", int64(len(entries)))
	text := repository.Format(entries)
	zipped, err := gzipped(text)
	if err != nil {
		return nil, err
	}
	mode := octalMode(0o644)
	for _, f := range []struct {
		name    string
		content []byte
	}{{"Packages", []byte(text)}, {"Packages.gz", zipped}} {
		at := path.Join(dir, f.name)
		if have, err := files.Read(at); err == nil && bytes.Equal(have, f.content) {
			continue
		}
		if err := files.Write(at, f.content, node.Attrs{Mode: &mode}); err != nil {
			return nil, err
		}
	}
	return result, nil
}

// described is one package; known is what the index says of it so far.
func described(ctx context.Context, c *module.Call, dir, name string, known repository.Entry) (repository.Entry, error) {
	at := path.Join(dir, name)
	i, err := c.System.Files().Stat(at, true)
	if err != nil || known.File == name && known.Size == i.Size {
		return known, err
	}
	content, err := c.System.Files().Read(at)
	if err != nil {
		return known, err
	}
	e, err := fieldsOf(ctx, c, content)
	if err != nil {
		return known, err
	}
	sum := sha256.Sum256(content)
	e.File, e.Size, e.SHA256 = name, int64(len(content)), hex.EncodeToString(sum[:])
	return e, nil
}

func gzipped(text string) ([]byte, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		return nil, err
	}
	err := z.Close()
	return b.Bytes(), err
}
