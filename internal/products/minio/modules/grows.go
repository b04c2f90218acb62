package modules

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"

	"pig/internal/module"
	"pig/internal/node"
	minio "pig/internal/products/minio/model"
	"pig/internal/value"
)

// minioGrows refuses volumes with which a server that has data would not start again. settings is the file of its settings, as
// it is before it is written anew.
func minioGrows() module.Module {
	return module.Module{
		Name: "minio_grows",
		Spec: module.Spec{Args: []module.Arg{{Name: "settings", Type: module.Path, Required: true}, {Name: "volumes", Required: true}}},
		Run: func(_ context.Context, c *module.Call) (*value.Dict, error) {
			text, err := c.System.Files().Read(c.Args.String("settings"))
			if errors.Is(err, fs.ErrNotExist) || errors.Is(err, node.ErrUnknown) {
				return value.NewDict(), nil
			}
			if err != nil {
				return nil, err
			}
			if m := minioVolumes.FindSubmatch(text); m != nil {
				was, now := string(m[1]), c.Args.String("volumes")
				err = cmp.Or(minio.Grows(was, now), staysWhereItIs(c, was, now))
			}
			return value.NewDict(), err
		},
	}
}

// staysWhereItIs refuses other directories for drives that hold data: MinIO would begin with nothing there.
func staysWhereItIs(c *module.Call, was, now string) error {
	paths := minio.Paths(now)
	for i, old := range minio.Paths(was) {
		if i >= len(paths) || paths[i] == old {
			continue
		}
		for _, dir := range minio.Dirs(old) {
			format, err := c.System.Files().Stat(path.Join(dir, ".minio.sys/format.json"), true)
			if err != nil {
				return err
			}
			if format.Exists() && !format.Assumed {
				return fmt.Errorf("cannot move the data of MinIO from %s to %s: keep minio_data, or remove the cluster first (pig minio-rm), then create it again", old, paths[i])
			}
		}
	}
	return nil
}

var minioVolumes = regexp.MustCompile(`(?m)^MINIO_VOLUMES="?([^"\n]+?)"?$`)
