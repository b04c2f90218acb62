package builtin

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// packageCandidates tells which of some packages this node can have: installed, or in a repository. A plan may come before
// the package lists are refreshed; then the index of the environment's own repository tells, where that lies on this node.
func packageCandidates() module.Module {
	return module.Module{
		Name: "package_candidates",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "names", Type: module.List, Elements: module.Str, Required: true},
			{Name: "index", Type: module.Path}, // Packages.gz of a flat repository
			{Name: "only", Type: module.Bool},  // no other repository counts
		}},
		Run: runPackageCandidates,
	}
}

func runPackageCandidates(ctx context.Context, c *module.Call) (*value.Dict, error) {
	names := c.Args.Strings("names")
	installed, err := c.System.Packages().Installed(ctx, names)
	if err != nil {
		return nil, err
	}
	indexed, hasIndex, err := indexed(c)
	if err != nil {
		return nil, err
	}
	found := map[string]string{}
	if !hasIndex || !c.Args.Bool("only") {
		found, err = c.System.Packages().Candidates(ctx, names)
		if err != nil && !errors.Is(err, node.ErrStale) && !(errors.Is(err, node.ErrUnknown) && hasIndex) {
			return nil, err
		}
	}
	available, missing := value.NewList(), value.NewList()
	for _, n := range names {
		if installed[n] != "" || found[n] != "" || indexed[n] {
			available.Append(n)
		} else {
			missing.Append(n)
		}
	}
	if errors.Is(err, node.ErrUnknown) && !errors.Is(err, node.ErrStale) && len(missing.Items) > 0 {
		return nil, err
	}
	return value.DictOf("available", available, "missing", missing, "changed", false), nil
}

// indexed are the packages of the repository's index.
func indexed(c *module.Call) (names map[string]bool, there bool, err error) {
	path := c.Args.String("index")
	if path == "" {
		return nil, false, nil
	}
	text, err := c.System.Files().Read(path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, node.ErrUnknown) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	if strings.HasSuffix(path, ".gz") {
		z, err := gzip.NewReader(bytes.NewReader(text))
		if err != nil {
			return nil, false, fmt.Errorf("%s: %w", path, err)
		}
		if text, err = io.ReadAll(z); err != nil {
			return nil, false, fmt.Errorf("%s: %w", path, err)
		}
	}
	names = map[string]bool{}
	for line := range strings.Lines(string(text)) {
		if name, ok := strings.CutPrefix(line, "Package: "); ok {
			names[strings.TrimSpace(name)] = true
		}
	}
	return names, true, nil
}
