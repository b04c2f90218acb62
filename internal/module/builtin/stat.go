package builtin

import (
	"context"
	"errors"
	"fmt"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

func ping() module.Module {
	return module.Module{
		Name: "ping", Spec: module.Spec{Args: []module.Arg{{Name: "data", Default: "pong"}}},
		Run: func(_ context.Context, c *module.Call) (*value.Dict, error) {
			if c.Args.String("data") == "crash" {
				return nil, &module.Failure{Msg: "boom"}
			}
			return value.DictOf("ping", c.Args.Get("data")), nil
		},
	}
}

func stat() module.Module {
	return module.Module{
		Name: "stat",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "path", Type: module.Path, Required: true, Aliases: []string{"dest", "name"}},
			{Name: "follow", Type: module.Bool},
			{Name: "get_checksum", Type: module.Bool, Default: true},
			{Name: "checksum_algorithm", Default: "sha1", Choices: []string{"md5", "sha1", "sha224", "sha256", "sha384", "sha512"}, Aliases: []string{"checksum", "checksum_algo"}},
			{Name: "get_mime", Type: module.Bool, Only: false, Aliases: []string{"mime", "mime_type", "mime-type"}},
			{Name: "get_attributes", Type: module.Bool, Only: false, Aliases: []string{"attr", "attributes"}},
			{Name: "get_selinux_context", Type: module.Bool, Only: false},
		}},
		Run: runStat,
	}
}

func runStat(_ context.Context, c *module.Call) (*value.Dict, error) {
	path := c.Args.String("path")
	i, err := c.System.Files().Stat(path, c.Args.Bool("follow"))
	if err != nil {
		return nil, err
	}
	if i.Assumed {
		return nil, fmt.Errorf("whether %s exists: %w", path, node.ErrUnknown)
	}
	st := value.DictOf("exists", i.Exists())
	if !i.Exists() {
		return value.DictOf("stat", st), nil
	}
	describe(st, path, i)
	if i.Kind == node.File && c.Args.Bool("get_checksum") {
		if sum, err := checksum(c.System.Files(), path, c.Args.String("checksum_algorithm")); err == nil {
			st.Set("checksum", sum)
		} else if errors.Is(err, node.ErrUnknown) {
			st.Set("checksum", value.Unknown{Why: "the content of " + path})
		}
	}
	return value.DictOf("stat", st), nil
}

func describe(st *value.Dict, path string, i node.Info) {
	bits := func(letter string, shift uint) {
		for n, name := range []string{"r", "w", "x"} {
			st.Set(name+letter, i.Mode>>shift&(4>>n) != 0)
		}
	}
	st.Update(value.DictOf(
		"path", path, "mode", fmt.Sprintf("%04o", uint32(i.Mode)), "uid", int64(i.UID), "gid", int64(i.GID),
		"pw_name", i.Owner, "gr_name", i.Group, "size", i.Size, "inode", int64(i.Inode), "dev", int64(i.Dev), "nlink", int64(i.Nlink),
		"isreg", i.Kind == node.File, "isdir", i.Kind == node.Dir, "islnk", i.Kind == node.Link,
		"isblk", false, "ischr", false, "isfifo", false, "issock", false,
		"isuid", i.Mode&0o4000 != 0, "isgid", i.Mode&0o2000 != 0,
		"atime", seconds(i.Atime.UnixNano()), "mtime", seconds(i.Mtime.UnixNano()), "ctime", seconds(i.Ctime.UnixNano()),
	))
	bits("usr", 6)
	bits("grp", 3)
	bits("oth", 0)
	st.Set("executable", i.Mode&0o111 != 0)
	st.Set("readable", true)
	st.Set("writeable", true)
	if i.Kind == node.Link {
		st.Set("lnk_source", i.Target)
		st.Set("lnk_target", i.Target)
	}
}

func seconds(ns int64) float64 { return float64(ns) / 1e9 }
