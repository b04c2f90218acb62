package modules

import (
	"context"
	"errors"
	"io/fs"
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
				err = minio.Grows(string(m[1]), c.Args.String("volumes"))
			}
			return value.NewDict(), err
		},
	}
}

var minioVolumes = regexp.MustCompile(`(?m)^MINIO_VOLUMES="?([^"\n]+?)"?$`)
