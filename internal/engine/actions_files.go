package engine

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"pig/internal/diag"
	"pig/internal/jinja"
	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/playbook"
	"pig/internal/value"
)

// source finds a file of the playbook for copy, script and template.
func (c *call) source(kind, arg, name string) (string, error) {
	files := &lookupFiles{pr: c.playRun, t: c.task}
	path, places, err := files.find(kind, name)
	if err != nil {
		return "", diag.Errorf(c.args.ValuePos("src"), "file %q not found", name).WithDetail("looked for %s", strings.Join(places, ", "))
	}
	return path, c.chosen(arg, name, path)
}

// copyFile reads what to copy here and leaves the rest to the module; a directory becomes many copies.
func copyFile(ctx context.Context, c *call) Result {
	args := c.args.Clone()
	src := args.At("src")
	if src == nil || args.Has("content") || truth(args.At("remote_src")) {
		return c.node(ctx, "copy", args)
	}
	name := value.Str(src)
	path, err := c.source("files", "src", strings.TrimSuffix(name, "/"))
	if err != nil {
		return failed(err)
	}
	if c.e.Files.IsDir(path) {
		return c.copyTree(ctx, path, name, args)
	}
	return c.copyOne(ctx, path, args)
}

func (c *call) copyOne(ctx context.Context, path string, args *value.Dict) Result {
	info, err := c.e.Files.Stat(path)
	if err != nil {
		return failed(err)
	}
	args = args.Clone()
	if args.At("mode") == "preserve" {
		args.Set("mode", "0"+octal(info.Mode().Perm()))
	}
	args.Set("src", filepath.Base(path))
	if info.Size() > node.PieceSize {
		return c.copyPieces(ctx, path, args)
	}
	content, err := c.e.Files.Read(path)
	if err != nil {
		return failed(err)
	}
	args.Set("content", string(content))
	return c.node(ctx, "copy", args)
}

func octal(m os.FileMode) string {
	s := ""
	for i := 6; i >= 0; i -= 3 {
		s += string(rune('0' + m>>i&7))
	}
	return s
}

// copyTree copies a directory: with a slash at the end of its name just what is in it, else itself.
func (c *call) copyTree(ctx context.Context, dir, name string, args *value.Dict) Result {
	files, err := c.e.Files.Walk(dir)
	if err != nil {
		return failed(err)
	}
	dest := strings.TrimSuffix(value.Str(args.At("dest")), "/")
	if !strings.HasSuffix(name, "/") {
		dest += "/" + filepath.Base(dir)
	}
	var results []Result
	made := map[string]bool{}
	mkdir := func(path string) Result {
		d := value.DictOf("path", path, "state", "directory")
		for _, k := range []string{"owner", "group"} {
			if v, ok := args.Get(k); ok {
				d.Set(k, v)
			}
		}
		if v, ok := args.Get("directory_mode"); ok {
			d.Set("mode", v)
		}
		return c.node(ctx, "file", d)
	}
	for _, f := range files {
		target := dest + "/" + f
		if parent := filepath.Dir(target); !made[parent] {
			made[parent] = true
			results = append(results, mkdir(parent))
		}
		one := args.Clone()
		one.Set("dest", target)
		one.Delete("directory_mode")
		results = append(results, c.copyOne(ctx, playbook.Join(dir, f), one))
		if last := results[len(results)-1]; last.Failed {
			break
		}
	}
	all := merge(results)
	all.Items, all.Skipped = nil, false
	for _, r := range results {
		if r.Failed {
			all.Msg = r.Msg
		}
	}
	all.Values = value.DictOf("src", name, "dest", value.Str(args.At("dest")))
	return all
}

// templateArgs are those of copy besides the syntax of the template.
var templateArgs = []string{
	"src", "dest", "mode", "owner", "group", "backup", "force", "validate", "check", "check_allows", "check_stands", "staged", "follow", "trim_blocks", "lstrip_blocks", "newline_sequence",
	"variable_start_string", "variable_end_string", "block_start_string", "block_end_string", "comment_start_string", "comment_end_string",
}

// template renders here and copies the result.
func template(ctx context.Context, c *call) Result {
	args, heard, err := c.arguments(c.task, c.scope)
	if err != nil {
		return failed(err)
	}
	if args == nil {
		return unknown("the arguments")
	}
	c.args, c.said = args, heard
	if err := c.e.actions["template"].accepts("template", args); err != nil {
		return failed(err)
	}
	src := args.At("src")
	if src == nil {
		return failure("template needs src: FILE")
	}
	path, err := c.source("templates", "src", value.Str(src))
	if err != nil {
		return failed(err)
	}
	text, err := c.e.Files.Read(path)
	if err != nil {
		return failed(err)
	}
	opts := jinja.TextOptions{KeepBlockNewlines: args.At("trim_blocks") != nil && !truth(args.At("trim_blocks")), LstripBlocks: truth(args.At("lstrip_blocks"))}
	for _, o := range []struct {
		key string
		to  *string
	}{
		{"variable_start_string", &opts.VariableStart}, {"variable_end_string", &opts.VariableEnd},
		{"block_start_string", &opts.BlockStart}, {"block_end_string", &opts.BlockEnd},
		{"comment_start_string", &opts.CommentStart}, {"comment_end_string", &opts.CommentEnd},
		{"newline_sequence", &opts.NewlineSequence},
	} {
		if v := args.At(o.key); v != nil {
			*o.to = value.Str(v)
		}
	}
	c.about(path, args.At("dest"))
	content, err := c.scope.Text(string(text), path, opts)
	if err != nil {
		return failed(err)
	}
	call := value.DictOf("content", content, "src", filepath.Base(path))
	for _, k := range []string{"dest", "mode", "owner", "group", "backup", "force", "validate", "check", "check_allows", "check_stands", "staged", "follow"} {
		if v, ok := args.Get(k); ok {
			call.SetAt(k, v, args.KeyPos(k), args.ValuePos(k))
		}
	}
	return c.node(ctx, "copy", call)
}

// about sets the variables that a template has about itself. There is none with a time or a user in it: the next plan would not be empty.
func (c *call) about(path string, dest value.Value) {
	full := absolute(path)
	for name, v := range map[string]value.Value{
		"template_path": full, "template_fullpath": full, "template_destpath": dest, "ansible_managed": "Ansible managed",
	} {
		if _, set, _ := c.scope.vars.Lookup(name); !set {
			c.scope.vars.local.Set(name, v)
		}
	}
	c.scope.Forget()
}

// script sends a local script and runs it.
func script(ctx context.Context, c *call) Result {
	arg := "cmd"
	if c.args.Has("_raw_params") {
		arg = "_raw_params"
	}
	text := ""
	if v := c.args.At(arg); v != nil {
		text = value.Str(v)
	}
	words, err := module.SplitWords(text)
	if err != nil {
		return failed(err)
	}
	if len(words) == 0 {
		return failure("script needs the path of a script")
	}
	path, err := c.source("files", arg, words[0])
	if err != nil {
		return failed(err)
	}
	content, err := c.e.Files.Read(path)
	if err != nil {
		return failed(err)
	}
	program := "/bin/sh"
	if line, _, _ := strings.Cut(string(content), "\n"); strings.HasPrefix(line, "#!") {
		program = strings.TrimSpace(line[2:])
	}
	if v := c.args.At("executable"); v != nil {
		program = value.Str(v)
	}
	argv := append(strings.Fields(program), "/dev/stdin")
	args := value.DictOf("argv", value.Strings(append(argv, words[1:]...)), "stdin", string(content), "stdin_add_newline", false)
	for _, k := range []string{"chdir", "creates", "removes"} {
		if v, ok := c.args.Get(k); ok {
			args.Set(k, v)
		}
	}
	return c.node(ctx, "command", args)
}

// setup gathers facts and keeps them.
func setup(ctx context.Context, c *call) Result {
	r := c.node(ctx, "setup", c.args)
	if answered, ok := r.Values.At("ansible_facts").(*value.Dict); ok {
		facts, dropped := factsOf(answered)
		hosts, err := c.factHosts(ctx)
		if err != nil {
			return notLearned(err)
		}
		for _, h := range hosts {
			h.tell(facts, r.Heard)
		}
		c.e.dropped(c.Name, dropped)
	}
	return r
}

func waitForConnection(ctx context.Context, c *call) Result {
	limit := 600 * time.Second
	if v := c.args.At("timeout"); v != nil {
		d, err := seconds(v, c.task.Pos)
		if err != nil {
			return failed(err)
		}
		limit = d
	}
	pauses := map[string]time.Duration{"delay": 0, "sleep": time.Second}
	for name := range pauses {
		if v := c.args.At(name); v != nil {
			d, err := seconds(v, c.task.Pos)
			if err != nil {
				return failed(err)
			}
			pauses[name] = d
		}
	}
	if err := c.e.Sleep(ctx, pauses["delay"]); err != nil && !c.e.opt.Plan {
		return failed(err)
	}
	deadline := c.e.Now().Add(limit)
	for {
		r := c.node(ctx, "ping", value.NewDict())
		if !r.Unreachable {
			return ok(value.DictOf("elapsed", int64(0)))
		}
		if c.e.Now().After(deadline) {
			return r
		}
		if h, _, err := c.where(); err == nil {
			c.e.Nodes.Reset(h)
		}
		if err := c.e.Sleep(ctx, pauses["sleep"]); err != nil {
			return failed(err)
		}
	}
}
