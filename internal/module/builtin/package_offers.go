package builtin

import (
	"context"
	"errors"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// packageOffers divides names of packages into those that a repository of this node offers, and those that none does: available and missing.
// It warns of the latter, with the name that is nearest, and changes nothing.
func packageOffers() module.Module {
	return module.Module{
		Name: "package_offers",
		Spec: module.Spec{Args: []module.Arg{{Name: "names", Type: module.List, Elements: module.Str, Required: true}}},
		Run:  runPackageOffers,
	}
}

func runPackageOffers(ctx context.Context, c *module.Call) (*value.Dict, error) {
	names := module.PackageNames(c.Args.Strings("names"))
	found, err := offeredVersions(ctx, c, names)
	if err != nil {
		return nil, err
	}
	var available, missing []string
	for _, n := range names {
		if found[n] != "" {
			available = append(available, n)
		} else {
			missing = append(missing, n)
		}
	}
	if len(missing) > 0 {
		// Lists that a plan has fetched anew may have what those of now have not.
		if _, err := c.System.Packages().Candidates(ctx, missing); errors.Is(err, node.ErrUnknown) {
			return nil, err
		}
	}
	for _, name := range module.WithNearest(ctx, c, missing) {
		c.Facts.Warn("no repository of this node has the package %s", name)
	}
	return value.DictOf("available", value.Strings(available), "missing", value.Strings(missing), "changed", false), nil
}
