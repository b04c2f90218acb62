package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"pig/internal/node"
	"pig/internal/value"
)

// fetch brings a file of the node here, a piece at a time, and puts it into place when it is whole.
func fetch(ctx context.Context, c *call) Result {
	src := value.Str(c.args.At("src"))
	if path.Join("/", src) == "/" {
		return failure(fmt.Sprintf("invalid src %q: not a file", src))
	}
	r := c.node(ctx, "stat", value.DictOf("path", src, "follow", true, "checksum_algorithm", "sha1"))
	if r.Failed || r.Unreachable || r.Unknown() {
		return r
	}
	st, _ := r.Values.At("stat").(*value.Dict)
	switch {
	case st == nil || st.At("exists") != true:
		if v := c.args.At("fail_on_missing"); v != nil && !truth(v) {
			return ok(value.DictOf("msg", "the node has no "+src))
		}
		return failure("the node has no " + src)
	case st.At("isreg") != true:
		return failure(src + " is not a file")
	}
	dest := c.fetchTo(src)
	if err := c.fetchInto(dest); err != nil {
		return failed(err)
	}
	size, _ := st.At("size").(int64)
	out := ok(value.DictOf("src", src, "dest", dest, "size", size, "checksum", st.At("checksum")))
	same, err := holdsSame(dest, value.Str(st.At("checksum")))
	if err != nil {
		return failed(err)
	}
	if same {
		return out
	}
	out.Changed = true
	if c.e.opt.Plan {
		return out
	}
	if list := c.notes(); len(list) > 0 {
		if err := c.noteAtOnce(ctx, list); err != nil {
			return failed(err)
		}
		out.Noted = true
	}
	if r := c.fetchPieces(ctx, src, dest, size, value.Str(st.At("checksum"))); r.Failed || r.Unreachable {
		return r
	}
	return out
}

// fetchTo is the place that dest means here: below the host's name unless it is flat.
func (c *call) fetchTo(src string) string {
	dest := value.Str(c.args.At("dest"))
	switch {
	case truth(c.args.At("flat")) && strings.HasSuffix(dest, "/"):
		dest = inside(dest, path.Base(path.Join("/", src)))
	case !truth(c.args.At("flat")):
		dest = inside(inside(dest, c.Name), src)
	}
	if !filepath.IsAbs(dest) {
		dest = filepath.Join(c.playRun.play.Dir, dest)
	}
	return dest
}

func holdsSame(path, checksum string) (bool, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer file.Close()
	sum, _, err := sumOf(file)
	return sum == checksum, err
}

func (c *call) fetchPieces(ctx context.Context, src, dest string, size int64, checksum string) (r Result) {
	if err := os.MkdirAll(filepath.Dir(dest), 0o755); err != nil {
		return failed(err)
	}
	file, err := os.CreateTemp(filepath.Dir(dest), "."+filepath.Base(dest)+".*") // mode 0600
	if err != nil {
		return failed(err)
	}
	defer func() {
		_ = file.Close()
		if r.Failed || r.Unreachable {
			_ = os.Remove(file.Name())
		}
	}()
	for offset := int64(0); offset < size; {
		r := c.node(ctx, "slurp", value.DictOf("src", src, "offset", offset, "length", int64(node.PieceSize)))
		if r.Failed || r.Unreachable {
			return r
		}
		piece, _ := value.Plain(r.Values.At("plain"))
		if piece == "" {
			return failure(src + " became shorter while it was fetched")
		}
		if _, err := file.WriteString(piece); err != nil {
			return failed(err)
		}
		offset += int64(len(piece))
	}
	if err := errors.Join(file.Sync(), file.Close()); err != nil {
		return failed(err)
	}
	if same, err := holdsSame(file.Name(), checksum); err != nil || !same { // what stands at dest stays
		return failed(errors.Join(err, errors.New(src+" changed while it was fetched")))
	}
	if err := os.Rename(file.Name(), dest); err != nil {
		return failed(err)
	}
	return ok(value.NewDict())
}
