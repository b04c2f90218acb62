package builtin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// unarchive puts what is in an archive into a directory. An archive of the controller comes in content, or in pieces that were staged.
func unarchive() module.Module {
	return module.Module{
		Name: "unarchive",
		Spec: module.Spec{
			Args: append(fileArgs(),
				module.Arg{Name: "src", Type: module.Path, Required: true}, module.Arg{Name: "dest", Type: module.Path, Required: true},
				module.Arg{Name: "remote_src", Type: module.Bool}, module.Arg{Name: "creates", Type: module.Path}, module.Arg{Name: "list_files", Type: module.Bool},
				module.Arg{Name: "exclude", Type: module.List, Elements: module.Str}, module.Arg{Name: "include", Type: module.List, Elements: module.Str},
				module.Arg{Name: "keep_newer", Type: module.Bool}, module.Arg{Name: "extra_opts", Type: module.List, Elements: module.Str},
				module.Arg{Name: "validate_certs", Type: module.Bool, Default: true}, module.Arg{Name: "copy", Type: module.Bool}, module.Arg{Name: "decrypt", Type: module.Bool, Only: false},
				module.Arg{Name: "io_buffer_size", Type: module.Int}, // it is read in pieces of pig's own size
				module.Arg{Name: "content", Type: module.Raw}, module.Arg{Name: "pieces", Type: module.Path}, module.Arg{Name: "size", Type: module.Int},
			),
			Exclusive: [][]string{{"include", "exclude"}},
		},
		Run: runUnarchive,
	}
}

func runUnarchive(ctx context.Context, c *module.Call) (*value.Dict, error) {
	dest := c.Args.String("dest")
	result := value.DictOf("src", c.Args.String("src"), "dest", dest)
	if creates := c.Args.String("creates"); creates != "" {
		found, err := present(c, creates)
		if err != nil || found {
			return value.DictOf("changed", false, "skipped", true, "msg", fmt.Sprintf("skipped, since %s exists", creates)), err
		}
	}
	at, err := c.System.Files().Stat(dest, true)
	if err != nil {
		return nil, err
	}
	if at.Kind != node.Dir && !at.Assumed {
		return nil, fmt.Errorf("dest '%s' must be an existing dir", dest)
	}
	u := &unpacking{Call: c, dest: dest}
	if err := u.options(); err != nil {
		return nil, err
	}
	src, size, err := u.open(ctx)
	if err != nil {
		return nil, err
	}
	if c.Args.Has("pieces") {
		defer func() { _ = c.Scratch.Files().Remove(c.Args.String("pieces")) }()
	}
	handler, err := readArchive(src, size, u.take)
	switch {
	case errors.Is(err, errXz):
		err = u.unpack(ctx, "-J")
	case errors.Is(err, errZstd):
		err = u.unpack(ctx, "--zstd")
	case errors.Is(err, errFormat):
		err = fmt.Errorf("Failed to find handler for \"%s\". Make sure the required command to extract the file is installed.", c.Args.String("src")) //nolint:staticcheck,revive // Ansible's words
	}
	if err != nil {
		return nil, err
	}
	result.Set("handler", handler)
	if u.changed {
		change := node.Change{Kind: "archive", ID: c.Args.String("src") + " in " + dest, Action: "extract"}
		if err := c.System.Do(ctx, change, func(context.Context) error { return nil }); err != nil {
			return nil, err
		}
	}
	slices.Reverse(u.names) // what is in a directory that is to be another's is settled while it is not
	for _, name := range u.names {
		if err := settle(c, dest+"/"+name, false); err != nil {
			return nil, err
		}
	}
	if c.Args.Bool("list_files") {
		result.Set("files", value.Strings(u.listed))
	}
	return result, nil
}

// unpacking is one archive on its way into a directory.
type unpacking struct {
	*module.Call
	dest    string
	strip   int
	foreign bool // owners are not those of the archive
	names   []string
	listed  []string
	changed bool
}

// options reads what else is asked of tar, as far as it is known here.
func (u *unpacking) options() error {
	opts := u.Args.Strings("extra_opts")
	u.foreign = u.System.User() != "root"
	for i := 0; i < len(opts); i++ {
		name, v, given := strings.Cut(opts[i], "=")
		switch name {
		case "--strip-components", "--strip":
			if !given && i+1 < len(opts) {
				i++
				v = opts[i]
			}
			n, err := strconv.Atoi(v)
			if err != nil || n < 0 {
				return fmt.Errorf("extra_opts: invalid %s %q: want a number", name, v)
			}
			u.strip = n
		case "--no-same-owner", "-o":
			u.foreign = true
		case "--overwrite", "--show-stored-names", "--show-transformed", "--no-same-permissions", "--same-owner":
		default:
			return fmt.Errorf("extra_opts: option %q is not supported: want --strip-components=NUMBER, --no-same-owner or --overwrite", opts[i])
		}
	}
	return nil
}

// open gives the archive and its size.
func (u *unpacking) open(ctx context.Context) (io.ReaderAt, int64, error) {
	if u.Args.Has("content") {
		text := []byte(value.Str(u.Args.Get("content")))
		if raw, ok := u.Args.Get("content").(value.Bytes); ok {
			text = raw
		}
		return bytes.NewReader(text), int64(len(text)), nil
	}
	if u.Args.Has("pieces") {
		path, size := u.Args.String("pieces"), int64(u.Args.Int("size"))
		mode := octalMode(0o600)
		if err := u.Scratch.Files().Place(path, size, node.Attrs{Mode: &mode}); err != nil {
			return nil, 0, err
		}
		return archiveFile{u.System.Files(), path}, size, nil
	}
	path := u.Args.String("src")
	if strings.Contains(path, "://") {
		return u.fetch(ctx, path)
	}
	i, err := u.System.Files().Stat(path, true)
	if err != nil {
		return nil, 0, err
	}
	if i.Kind != node.File {
		if i.Assumed {
			return nil, 0, fmt.Errorf("contents of %s: %w", path, node.ErrUnknown)
		}
		return nil, 0, fmt.Errorf("Source '%s' does not exist", path) //nolint:staticcheck // Ansible's words
	}
	if i.Size == 0 {
		if _, err := u.System.Files().Read(path); err != nil { // it is only planned
			return nil, 0, err
		}
		return nil, 0, fmt.Errorf("Invalid archive '%s', the file is 0 bytes", path) //nolint:staticcheck // Ansible's words
	}
	return archiveFile{u.System.Files(), path}, i.Size, nil
}

// fetch reads an archive from a URL; a plan does not.
func (u *unpacking) fetch(ctx context.Context, from string) (io.ReaderAt, int64, error) {
	var body bytes.Buffer
	r, err := u.System.Net().HTTP(ctx, node.Request{URL: from, Insecure: !u.Args.Bool("validate_certs"), Tee: &body, Into: u.dest + "/.pig-archive"})
	if err != nil {
		return nil, 0, err
	}
	_ = u.Scratch.Files().Unstage(u.dest + "/.pig-archive")
	if r.Status != 200 {
		return nil, 0, fmt.Errorf("Failure downloading %s, %d %s", from, r.Status, r.Reason) //nolint:staticcheck // Ansible's words
	}
	return bytes.NewReader(body.Bytes()), int64(body.Len()), nil
}

// unpack has tar do it, for what needs a program of the node: beside its place first, so that it can be compared.
func (u *unpacking) unpack(ctx context.Context, flag string) error {
	if u.Args.Has("content") {
		temp := u.dest + "/.pig-archive"
		if err := u.Scratch.Files().Write(temp, []byte(value.Str(u.Args.Get("content"))), node.Attrs{}); err != nil {
			return err
		}
		defer func() { _ = u.Scratch.Files().Remove(temp) }()
		return u.unpackFile(ctx, flag, temp)
	}
	path := u.Args.String("src")
	if u.Args.Has("pieces") {
		path = u.Args.String("pieces")
	}
	return u.unpackFile(ctx, flag, path)
}

func (u *unpacking) unpackFile(ctx context.Context, flag, path string) error {
	dir := u.dest + "/.pig-unpacked"
	if err := u.Scratch.Files().Mkdir(dir, node.Attrs{}); err != nil {
		return err
	}
	defer func() { _ = u.Scratch.Files().Remove(dir) }()
	out, err := u.Scratch.Exec(ctx, node.Cmd{Argv: []string{"tar", "-x", flag, "-p", "-C", dir, "-f", path}, Env: plainWords})
	if err != nil {
		return err
	}
	if out.RC != 0 {
		return &module.Failure{Msg: "failed to unpack " + u.Args.String("src") + " to " + u.dest, Values: outputOf(out)}
	}
	return u.takeTree(dir, "")
}

// takeTree takes what tar made.
func (u *unpacking) takeTree(dir, below string) error {
	names, err := u.System.Files().List(dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		from, name := dir+"/"+name, strings.TrimPrefix(below+"/"+name, "/")
		i, err := u.System.Files().Stat(from, false)
		if err != nil {
			return err
		}
		e := entry{name: name, kind: i.Kind, mode: i.Mode, owner: i.Owner, group: i.Group, mtime: i.Mtime, link: i.Target, size: i.Size, content: func() (io.Reader, error) {
			return io.NewSectionReader(archiveFile{u.System.Files(), from}, 0, i.Size), nil
		}}
		if err := u.take(e); err != nil {
			return err
		}
		if i.Kind == node.Dir {
			if err := u.takeTree(from, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// stripped is a name without the first directories, "" if nothing is left of it.
func (u *unpacking) stripped(name string) string {
	parts := strings.Split(name, "/")
	return strings.Join(parts[min(u.strip, len(parts)):], "/")
}

// wanted tells whether an entry is to be extracted.
func (u *unpacking) wanted(e entry) bool {
	if include := u.Args.Strings("include"); len(include) > 0 && !within(include, e.name) {
		return false
	}
	exclude := u.Args.Strings("exclude")
	if e.slash && e.kind == node.Dir && slices.ContainsFunc(exclude, func(p string) bool { return globMatch(p, e.name+"/") }) {
		return false
	}
	return !within(exclude, e.name)
}
