//go:build linux

package sandbox

import (
	"context"
	_ "embed"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

//go:embed build/kernel.sh
var kernelScript string

// Kernel packs the PostgreSQL of a system (debian13) under the name and below the directory of another kernel, once, and gives the file of
// the package.
func Kernel(ctx context.Context, system, name, home string, version int, say func(string)) (string, error) {
	m := newImages(CacheDir(), system, say)
	base, err := m.base(ctx)
	if err != nil {
		return "", err
	}
	kind := strings.ReplaceAll(name, "-", "_")
	id := kind + "-" + recipeID(kernelScript, base.ID, name, home, strconv.Itoa(version))
	err = m.ensure(ctx, id, func(tmp string) error {
		return m.build(ctx, kind, kernelScript, []string{tmp, base.Lower[0], name, home, strconv.Itoa(version)})
	})
	if err != nil {
		return "", err
	}
	found, err := filepath.Glob(filepath.Join(m.dir, id, "*.deb"))
	if err == nil && len(found) != 1 {
		err = fmt.Errorf("%d packages in %s", len(found), filepath.Join(m.dir, id))
	}
	if err != nil {
		return "", err
	}
	return found[0], nil
}
