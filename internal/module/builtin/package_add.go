package builtin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/repository"
	"pig/internal/value"
)

// packageAdd puts files of packages into a flat repository, under the names that apt gives them. All are checked before the first is
// written: that each is a package, is for the node's architecture, and is not there in its version with other contents: hosts that have
// installed that would never get this. The index is package_index's to write. It returns added, the names and versions.
func packageAdd() module.Module {
	return module.Module{
		Name: "package_add",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "path", Type: module.Path, Required: true}, {Name: "from", Type: module.Path, Required: true}, // each is there as SHA256.deb
			{Name: "files", Type: module.List, Elements: module.Dict, Required: true}, // path, which people know it by, and sha256
		}},
		Run: runPackageAdd,
	}
}

// offered is a package that is to come into a repository.
type offered struct {
	repository.Entry
	content []byte
}

func runPackageAdd(ctx context.Context, c *module.Call) (*value.Dict, error) {
	dir := c.Args.String("path")
	index, err := readIndex(c, dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	arch, err := architecture(ctx, c)
	if err != nil {
		return nil, err
	}
	var add []offered
	for _, item := range c.Args.List("files") {
		file := item.(*value.Dict)
		o, err := offer(ctx, c, path.Join(c.Args.String("from"), path.Base(value.Str(file.At("sha256")))+".deb"))
		if err == nil {
			err = fits(o, arch, index)
		}
		if err == nil {
			err = sameFile(c, path.Join(dir, o.File), o)
		}
		if err != nil {
			return nil, fmt.Errorf("invalid package %q: %w", value.Str(file.At("path")), err)
		}
		index = append(index, o.Entry)
		add = append(add, o)
	}
	added := value.NewList()
	mode := octalMode(0o644)
	for _, o := range add {
		at := path.Join(dir, o.File)
		if i, err := c.System.Files().Stat(at, true); err != nil || i.Exists() {
			if err != nil {
				return nil, err
			}
			continue
		}
		if err := c.System.Files().Write(at, o.content, node.Attrs{Mode: &mode}); err != nil {
			return nil, err
		}
		added.Append(o.Package + " " + o.Version)
	}
	return value.DictOf("added", added), nil
}

// offer reads a package that is to come.
func offer(ctx context.Context, c *module.Call, file string) (offered, error) {
	var o offered
	content, err := c.System.Files().Read(file)
	if err != nil {
		return o, err
	}
	if o.Entry, err = fieldsOf(ctx, c, content); err != nil {
		return o, err
	}
	if o.Package == "" || o.Version == "" || o.Architecture == "" || strings.Contains(o.Package+o.Version+o.Architecture, "/") {
		return o, errors.New("want the fields Package, Version and Architecture")
	}
	sum := sha256.Sum256(content)
	o.content, o.File, o.Size, o.SHA256 = content, repository.ArchiveName(o.Entry), int64(len(content)), hex.EncodeToString(sum[:])
	return o, nil
}

// fits tells why a package cannot come into a repository with this index, on a node of this architecture.
func fits(o offered, arch string, index []repository.Entry) error {
	if o.Architecture != "all" && o.Architecture != arch {
		return fmt.Errorf("the package is for %s, and this host is %s", o.Architecture, arch)
	}
	for _, e := range index {
		if e.Package == o.Package && e.Version == o.Version && e.Architecture == o.Architecture && e.SHA256 != o.SHA256 {
			return fmt.Errorf("%s %s is in the repository with other contents: build the package with another version, or remove %s and run pig repo build", e.Package, e.Version, e.File)
		}
	}
	return nil
}

// sameFile refuses to write over a file with other contents, which no index has yet.
func sameFile(c *module.Call, at string, o offered) error {
	have, err := c.System.Files().Read(at)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	if sum := sha256.Sum256(have); hex.EncodeToString(sum[:]) != o.SHA256 {
		return fmt.Errorf("%s is in the repository with other contents", o.File)
	}
	return nil
}

// architecture is what dpkg calls the node's.
func architecture(ctx context.Context, c *module.Call) (string, error) {
	out, err := c.System.Exec(ctx, node.Cmd{Argv: []string{"dpkg", "--print-architecture"}, ReadOnly: true})
	if err != nil {
		return "", err
	}
	if out.RC != 0 {
		return "", fmt.Errorf("dpkg --print-architecture: %s", strings.TrimSpace(string(out.Stderr)))
	}
	return strings.TrimSpace(string(out.Stdout)), nil
}

// fieldsOf are the fields of a package. dpkg-deb gets what was read, and does not read the file once more: in a plan it may not be there yet.
func fieldsOf(ctx context.Context, c *module.Call, content []byte) (repository.Entry, error) {
	out, err := c.System.Exec(ctx, node.Cmd{Argv: []string{"dpkg-deb", "--field", "-"}, Stdin: content, ReadOnly: true})
	if err != nil {
		return repository.Entry{}, err
	}
	if out.RC != 0 {
		return repository.Entry{}, fmt.Errorf("not a Debian archive: %s", strings.TrimSpace(string(out.Stderr)))
	}
	stanza := strings.TrimSpace(string(out.Stdout))
	if manyStanzas.MatchString(stanza) { // what comes behind the first would be another package of the index
		return repository.Entry{}, errors.New("want the fields of one package, without an empty line")
	}
	return repository.ParseStanza(stanza), nil
}

var manyStanzas = regexp.MustCompile(`\n[ \t\r]*\n`)
