package engine

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"pig/internal/diag"
	"pig/internal/module/builtin"
	"pig/internal/node"
	"pig/internal/pyre"
	"pig/internal/value"
)

// unarchive sends an archive of the playbook along, and leaves the rest to the module. One that is on the node already is only named.
func unarchive(ctx context.Context, c *call) Result {
	args := c.args.Clone()
	src := args.At("src")
	stays := truth(args.At("remote_src")) || args.Has("copy") && !truth(args.At("copy"))
	if src == nil || stays || strings.Contains(value.Str(src), "://") {
		return c.node(ctx, "unarchive", args)
	}
	path, err := c.source("files", "src", value.Str(src))
	if err != nil {
		return failed(err)
	}
	info, err := c.e.Files.Stat(path)
	if err != nil {
		return failed(err)
	}
	args.Set("src", filepath.Base(path))
	if info.Size() > node.PieceSize {
		return c.unarchivePieces(ctx, path, args)
	}
	content, err := c.e.Files.Read(path)
	if err != nil {
		return failed(err)
	}
	args.Set("content", string(content))
	return c.node(ctx, "unarchive", args)
}

// unarchivePieces sends a large archive in pieces to a place of its own. A plan does not send it.
func (c *call) unarchivePieces(ctx context.Context, path string, args *value.Dict) Result {
	if c.e.opt.Plan {
		return unknown("what the archive changes: a plan does not send large archives")
	}
	file, err := os.Open(path)
	if err != nil {
		return failed(err)
	}
	defer file.Close()
	sum, size, err := sumOf(file)
	if err != nil {
		return failed(err)
	}
	temp := "/tmp/.pig-archive-" + sum
	if r := c.sendPieces(ctx, file, size, temp); r.Failed || r.Unreachable {
		return r
	}
	args.Set("pieces", temp)
	args.Set("size", size)
	return c.node(ctx, "unarchive", args)
}

// assemble joins fragments of the playbook here if that is asked for; else the module joins those of the node.
func assemble(ctx context.Context, c *call) Result {
	args := c.args.Clone()
	if !args.Has("remote_src") || truth(args.At("remote_src")) {
		return c.node(ctx, "assemble", args)
	}
	text := func(name string) string {
		if v := args.At(name); v != nil {
			return value.Str(v)
		}
		return ""
	}
	dir, err := c.source("files", "src", text("src"))
	if err != nil {
		return failed(err)
	}
	if !c.e.Files.IsDir(dir) {
		return failure("Source (" + text("src") + ") is not a directory")
	}
	wanted, err := pyre.Compile(text("regexp"), 0)
	if err != nil {
		return failed(diag.Errorf(args.ValuePos("regexp"), "invalid regexp %q: %v", text("regexp"), err))
	}
	names, err := c.e.Files.Walk(dir)
	if err != nil {
		return failed(err)
	}
	var fragments []string
	for _, name := range names {
		if strings.Contains(name, "/") || !wanted.Matches(name) || truth(args.At("ignore_hidden")) && strings.HasPrefix(name, ".") {
			continue
		}
		content, err := c.e.Files.Read(dir + "/" + name)
		if err != nil {
			return failed(err)
		}
		fragments = append(fragments, string(content))
	}
	args.Set("content", builtin.Assembled(fragments, text("delimiter")))
	for _, name := range []string{"src", "regexp", "delimiter", "ignore_hidden", "remote_src", "decrypt"} {
		args.Delete(name)
	}
	return c.node(ctx, "copy", args)
}
