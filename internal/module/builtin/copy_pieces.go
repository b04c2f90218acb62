package builtin

import (
	"context"
	"fmt"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// copyPieces is copy for a file that is too large for one message. Asked whether pieces are wanted, it answers with where they are
// to go if the file is another; once they are staged it puts them into place.
func copyPieces(c *module.Call, dest string, before node.Info, a node.Attrs) (*value.Dict, error) {
	files, size := c.System.Files(), int64(c.Args.Int("size"))
	result := value.DictOf("dest", dest, "checksum", c.Args.String("checksum"), "size", size)
	if c.Args.Has("validate") || c.Args.Has("check") || c.Args.Bool("backup") {
		return nil, fmt.Errorf("validate, check and backup are for files of up to %d MB", node.PieceSize>>20)
	}
	same := false
	if before.Kind == node.File && before.Size == size {
		sum, err := checksum(files, dest, "sha1")
		if err != nil {
			return nil, err
		}
		same = sum == c.Args.String("checksum")
	}
	switch {
	case same:
		return result, settle(c, dest, true)
	case c.Args.String("pieces") == "wanted":
		result.Set("wanted", true)
		return result, nil
	}
	return result, files.Place(dest, size, a)
}

// piece keeps a piece of a file for copy.
func piece() module.Module {
	return module.Module{
		Name: "piece", Spec: module.Spec{Args: []module.Arg{
			{Name: "path", Type: module.Path, Required: true}, {Name: "offset", Type: module.Int, Required: true}, {Name: "content", Type: module.Raw, Required: true},
		}},
		Run: func(_ context.Context, c *module.Call) (*value.Dict, error) {
			return value.DictOf("changed", false), c.System.Files().Stage(c.Args.String("path"), int64(c.Args.Int("offset")), []byte(value.Str(c.Args.Get("content"))))
		},
	}
}
