package builtin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"path"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/repository"
	"pig/internal/value"
)

// packageList reads a flat repository of packages. It returns packages, the entries of its index; checksums, theirs; bytes, their size; files, how many there are; and
// problems: files that are not what the index says, or that the index has not. contents compares checksums, too, and not sizes alone. warn
// warns of files that the index has not: no host can install them.
func packageList() module.Module {
	return module.Module{
		Name: "package_list",
		Spec: module.Spec{Args: []module.Arg{{Name: "path", Type: module.Path, Required: true}, {Name: "contents", Type: module.Bool}, {Name: "warn", Type: module.Bool}}},
		Run:  runPackageList,
	}
}

func runPackageList(_ context.Context, c *module.Call) (*value.Dict, error) {
	dir := c.Args.String("path")
	index, err := readIndex(c, dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	files, err := repositoryFiles(c, dir, index)
	if err != nil {
		return nil, err
	}
	if c.Args.Bool("warn") {
		for _, name := range repository.Strays(index, files) {
			c.Facts.Warn("package %s is not in the index of %s, so no host can install it: run pig repo build, or pig repo add with the file", name, dir)
		}
	}
	packages, sums, bytes := value.NewList(), value.NewList(), int64(0)
	for _, e := range index {
		packages.Append(value.DictOf("package", e.Package, "version", e.Version, "architecture", e.Architecture, "file", e.File, "size", e.Size, "sha256", e.SHA256))
		sums.Append(e.SHA256)
		bytes += e.Size
	}
	return value.DictOf("packages", packages, "checksums", sums, "bytes", bytes, "files", int64(len(files)), "problems", value.Strings(repository.Verify(index, files)), "changed", false), nil
}

// readIndex reads the index of a repository: fs.ErrNotExist if it has none.
func readIndex(c *module.Call, dir string) ([]repository.Entry, error) {
	text, err := c.System.Files().Read(path.Join(dir, "Packages"))
	if err != nil {
		return nil, err
	}
	return repository.Parse(string(text))
}

// repositoryFiles are the packages in a directory as they are. Unless contents are asked for, a file of the size that the index says has the
// checksum that the index says.
func repositoryFiles(c *module.Call, dir string, index []repository.Entry) (map[string]repository.File, error) {
	sums := map[string]string{}
	for _, e := range index {
		sums[e.File] = e.SHA256
	}
	names, err := c.System.Files().List(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, node.ErrUnknown) {
		return nil, err
	}
	files := map[string]repository.File{}
	for _, name := range names {
		if !strings.HasSuffix(name, ".deb") {
			continue
		}
		i, err := c.System.Files().Stat(path.Join(dir, name), true)
		if err != nil {
			return nil, err
		}
		f := repository.File{Size: i.Size, SHA256: sums[name]}
		if c.Args.Bool("contents") {
			content, err := c.System.Files().Read(path.Join(dir, name))
			if err != nil {
				return nil, err
			}
			sum := sha256.Sum256(content)
			f.SHA256 = hex.EncodeToString(sum[:])
		}
		files[name] = f
	}
	return files, nil
}
