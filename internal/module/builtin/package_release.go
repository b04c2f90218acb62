package builtin

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"path"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/repository"
	"pig/internal/value"
)

// packageRelease keeps the file Release of a flat repository of packages, which has the checksums of its index: what is signed. It
// returns text, and date, when the index was written. A Release that is right stays as it is.
func packageRelease() module.Module {
	return module.Module{
		Name: "package_release",
		Spec: module.Spec{Args: []module.Arg{{Name: "path", Type: module.Path, Required: true}, {Name: "label", Required: true}}},
		Run:  runPackageRelease,
	}
}

func runPackageRelease(_ context.Context, c *module.Call) (*value.Dict, error) {
	dir := c.Args.String("path")
	files := c.System.Files()
	index := map[string][]byte{}
	for _, name := range []string{"Packages", "Packages.gz"} {
		content, err := files.Read(path.Join(dir, name))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case errors.Is(err, node.ErrUnknown):
			return plannedRelease(c)
		case err != nil:
			return nil, err
		}
		index[name] = content
	}
	at := path.Join(dir, "Release")
	have, err := files.Read(at)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	date, dated := repository.ReleaseDate(string(have))
	text := repository.Release(c.Args.String("label"), index, date)
	if !dated || !bytes.Equal(have, []byte(text)) {
		date = time.Now().UTC().Truncate(time.Second)
		text = repository.Release(c.Args.String("label"), index, date)
		mode := octalMode(0o644)
		if err := files.Write(at, []byte(text), node.Attrs{Mode: &mode}); err != nil {
			return nil, err
		}
	}
	return value.DictOf("text", text), nil
}

// plannedRelease stands for the checksums of an index that is only planned.
func plannedRelease(c *module.Call) (*value.Dict, error) {
	err := ignoreUnknown(c.System.Files().WriteUnknown(path.Join(c.Args.String("path"), "Release"), certAttrs(0o644)))
	return value.DictOf("text", value.Unknown{Why: "the index of the repository"}), err
}
