package engine

import (
	"context"
	"crypto/sha1" //nolint:gosec // the checksum of Ansible's copy and stat; against mistakes, not enemies
	"encoding/hex"
	"errors"
	"io"
	"os"

	"pig/internal/node"
	"pig/internal/value"
)

// copyPieces is copy for a file that is too large for one message: only if the node has another do its pieces travel.
func (c *call) copyPieces(ctx context.Context, path string, args *value.Dict) Result {
	file, err := os.Open(path)
	if err != nil {
		return failed(err)
	}
	defer file.Close()
	sum, size, err := sumOf(file)
	if err != nil {
		return failed(err)
	}
	args.Set("checksum", sum)
	args.Set("size", size)
	args.Set("pieces", "staged")
	if c.e.opt.Plan {
		return c.node(ctx, "copy", args)
	}
	asked := args.Clone()
	asked.Set("pieces", "wanted")
	r := c.node(ctx, "copy", asked)
	if r.Failed || r.Unreachable || r.Values.At("wanted") != true {
		return r
	}
	dest := value.Str(r.Values.At("dest"))
	if r := c.sendPieces(ctx, file, size, dest); r.Failed || r.Unreachable {
		return r
	}
	return c.node(ctx, "copy", args)
}

// sendPieces sends a file to dest on the node, a piece at a time. The result is that of the last one.
func (c *call) sendPieces(ctx context.Context, file *os.File, size int64, dest string) (r Result) {
	buffer := make([]byte, node.PieceSize)
	for offset := int64(0); offset < size; {
		n, err := file.ReadAt(buffer, offset)
		if err != nil && !errors.Is(err, io.EOF) {
			return failed(err)
		}
		if n == 0 {
			return failure(file.Name() + " became shorter while it was copied")
		}
		if r = c.node(ctx, "piece", value.DictOf("path", dest, "offset", offset, "content", string(buffer[:n]))); r.Failed || r.Unreachable {
			return r
		}
		offset += int64(n)
	}
	return r
}

// sumOf gives the checksum and size of a file, from its beginning.
func sumOf(file *os.File) (string, int64, error) {
	h := sha1.New() //nolint:gosec // see the import
	n, err := io.Copy(h, file)
	return hex.EncodeToString(h.Sum(nil)), n, err
}
