package modules

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// postgresVersions tells which major version of PostgreSQL the data of this node has (installed, 0 without data), which of versions its
// package sources offer (offered), and the code name of its distribution (release). It changes nothing.
func postgresVersions() module.Module {
	return module.Module{
		Name: "postgres_versions",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "data", Type: module.Path, Default: "/pg/data"},
			{Name: "versions", Type: module.List, Elements: module.Int, Required: true},
			{Name: "server", Default: "postgresql-$v"}, // the package of the server, with $v for the version
		}},
		Run: func(ctx context.Context, c *module.Call) (*value.Dict, error) {
			installed, err := dataVersion(c)
			if err != nil {
				return nil, err
			}
			offered, err := offeredVersions(ctx, c)
			if err != nil {
				return nil, err
			}
			return value.DictOf("installed", int64(installed), "offered", offered, "release", module.Release(c)["VERSION_CODENAME"], "changed", false), nil
		},
	}
}

// dataVersion is what PG_VERSION in the data directory says, 0 where there is none.
func dataVersion(c *module.Call) (int, error) {
	path := c.Args.String("data") + "/PG_VERSION"
	text, err := c.System.Files().Read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, fmt.Errorf("invalid version %q in %s", strings.TrimSpace(string(text)), path)
	}
	return n, nil
}

// offeredVersions are those whose server package is to be had. What only planned sources hold is not known.
func offeredVersions(ctx context.Context, c *module.Call) (*value.List, error) {
	packages := map[string]value.Value{}
	var names []string
	for _, v := range c.Args.Get("versions").(*value.List).Items { //nolint:forcetypeassert // by its Spec
		name := strings.ReplaceAll(c.Args.String("server"), "$v", value.Str(v))
		packages[name] = v
		names = append(names, name)
	}
	found, err := c.System.Packages().Candidates(ctx, names)
	if err != nil && !errors.Is(err, node.ErrUnknown) && !errors.Is(err, node.ErrStale) {
		return nil, err
	}
	offered := value.NewList()
	for _, name := range names {
		if _, ok := found[name]; ok {
			offered.Append(packages[name])
		}
	}
	return offered, nil
}
