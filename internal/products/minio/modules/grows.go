package modules

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"regexp"
	"strings"

	"pig/internal/module"
	minio "pig/internal/products/minio/model"
	"pig/internal/value"
)

// minioGrows refuses volumes with which a server that has data would not start again, and another number of it among the nodes that these name
// (instance). settings is the file of its settings, as it is before it is written anew.
func minioGrows() module.Module {
	return module.Module{
		Name: "minio_grows",
		Spec: module.Spec{Args: []module.Arg{{Name: "settings", Type: module.Path, Required: true}, {Name: "volumes", Required: true}, {Name: "instance"}}},
		Run: func(_ context.Context, c *module.Call) (*value.Dict, error) {
			text, _, err := c.Present(c.Args.String("settings"))
			if err != nil {
				return nil, err
			}
			if m := minioVolumes.FindSubmatch(text); m != nil {
				was, now := string(m[1]), c.Args.String("volumes")
				err = cmp.Or(minio.Grows(was, now), staysWhereItIs(c, was, now), keepsItsNumber(c, was, text))
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
		if holds, err := holdsData(c, old); err != nil || holds {
			return cmp.Or(err, fmt.Errorf("cannot move the data of MinIO from %s to %s: restore minio_data, or remove the cluster first (pig minio-rm), then create it again", old, paths[i]))
		}
	}
	return nil
}

// keepsItsNumber refuses another number for one of several nodes that holds data: MinIO knows the place of each drive among all, and uses none that
// it finds elsewhere.
func keepsItsNumber(c *module.Call, volumes string, settings []byte) error {
	is, declared := settingsOf.FindSubmatch(settings), instanceNumber.FindStringSubmatch(c.Args.String("instance"))
	if is == nil || declared == nil || string(is[2]) == declared[2] || !strings.Contains(volumes, "://") {
		return nil
	}
	for _, dirs := range minio.Paths(volumes) {
		if holds, err := holdsData(c, dirs); err != nil || holds {
			return cmp.Or(err, fmt.Errorf("cannot rename %s-%s to %s: MinIO does not accept drives in another order: restore minio_seq: %[2]s, or remove the cluster first (pig minio-rm), then create it again", is[1], is[2], declared[0]))
		}
	}
	return nil
}

// holdsData tells whether MinIO has made a drive of a directory of a pattern.
func holdsData(c *module.Call, pattern string) (bool, error) {
	for _, dir := range minio.Dirs(pattern) {
		format, err := c.System.Files().Stat(path.Join(dir, ".minio.sys/format.json"), true)
		if err != nil || format.Exists() && !format.Assumed {
			return true, err
		}
	}
	return false, nil
}

var (
	minioVolumes   = regexp.MustCompile(`(?m)^MINIO_VOLUMES="?([^"\n]+?)"?$`)
	settingsOf     = regexp.MustCompile(`^# Settings of (\S+)-(\d+): `) // as the role writes it
	instanceNumber = regexp.MustCompile(`^(.+)-(\d+)$`)
)
