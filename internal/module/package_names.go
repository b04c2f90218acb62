package module

import (
	"context"
	"slices"
	"strings"
)

// PackageNames splits names with commas, which Pigsty's lists are full of.
func PackageNames(names []string) []string {
	var all []string
	for _, n := range names {
		for one := range strings.SplitSeq(n, ",") {
			if one = strings.TrimSpace(one); one != "" && !slices.Contains(all, one) {
				all = append(all, one)
			}
		}
	}
	return all
}

// MissingPackages are the specs that are not met: the package is absent, or has another version than the spec wants.
func MissingPackages(ctx context.Context, c *Call, specs []string) ([]string, error) {
	names := make([]string, len(specs))
	for i, s := range specs {
		names[i], _, _ = strings.Cut(s, "=")
	}
	installed, err := c.System.Packages().Installed(ctx, names)
	if err != nil {
		return nil, err
	}
	var missing []string
	for i, s := range specs {
		have, ok := installed[names[i]]
		_, want, versioned := strings.Cut(s, "=")
		if !ok || versioned && !VersionMatches(want, have) {
			missing = append(missing, s)
		}
	}
	return missing, nil
}

// VersionMatches tells whether a version is the wanted one, which may end with a star.
func VersionMatches(want, have string) bool {
	if prefix, ok := strings.CutSuffix(want, "*"); ok {
		return strings.HasPrefix(have, prefix)
	}
	return want == have
}
