package builtin

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// commandSpec is shared by command, shell and raw.
func commandSpec() module.Spec {
	return module.Spec{
		Free: "_raw_params",
		Args: []module.Arg{
			{Name: "_raw_params", Aliases: []string{"cmd"}},
			{Name: "argv", Type: module.List, Elements: module.Str},
			{Name: "chdir", Type: module.Path},
			{Name: "creates", Type: module.Path},
			{Name: "removes", Type: module.Path},
			{Name: "executable", Type: module.Path},
			{Name: "stdin"},
			{Name: "stdin_add_newline", Type: module.Bool, Default: true},
			{Name: "strip_empty_ends", Type: module.Bool, Default: true},
			{Name: "expand_argument_vars", Type: module.Bool, Only: false}, // no word is ever expanded
			// read_only says that it changes nothing: a plan runs it, and it counts as unchanged. So the engine passes on check_mode: false to a
			// plan; a run, as Ansible's, counts such a command as a change.
			{Name: "read_only", Type: module.Bool},
			// verify says that it judges what was just written: a plan takes it that it succeeds.
			{Name: "verify", Type: module.Bool},
			// effect says what the command changes, so that a plan can foresee it; impact what that does to running systems.
			{Name: "effect"},
			{Name: "impact", Default: "none", Choices: []string{"none", "reload", "gap", "restart", "failover", "data loss"}},
		},
		OneOf:     [][]string{{"_raw_params", "argv"}},
		Exclusive: [][]string{{"_raw_params", "argv"}},
	}
}

func command() module.Module {
	spec := commandSpec()
	spec.Args = slices.DeleteFunc(spec.Args, func(a module.Arg) bool { return a.Name == "executable" }) // a command has no shell
	return module.Module{Name: "command", Spec: spec, Run: func(ctx context.Context, c *module.Call) (*value.Dict, error) {
		argv := c.Args.Strings("argv")
		if argv == nil {
			var err error
			if argv, err = module.SplitWords(c.Args.String("_raw_params")); err != nil {
				return nil, err
			}
		}
		return runCommand(ctx, c, argv, value.Strings(argv))
	}}
}

func shell() module.Module {
	spec := commandSpec()
	spec.Args = slices.DeleteFunc(spec.Args, func(a module.Arg) bool { return a.Name == "argv" })
	spec.OneOf, spec.Exclusive = [][]string{{"_raw_params"}}, nil
	return module.Module{Name: "shell", Spec: spec, Run: func(ctx context.Context, c *module.Call) (*value.Dict, error) {
		script := c.Args.String("_raw_params")
		program := c.Args.String("executable")
		if program == "" {
			program = "/bin/sh"
		}
		return runCommand(ctx, c, []string{program, "-c", script}, script)
	}}
}

// raw is shell without a module's comforts; over an agent there is no difference left.
func raw() module.Module {
	m := shell()
	m.Name = "raw"
	return m
}

func runCommand(ctx context.Context, c *module.Call, argv []string, shown value.Value) (*value.Dict, error) {
	path, why, err := guard(c)
	if err != nil || path != "" {
		skip := fmt.Sprintf("skipped, since %s %s", path, why)
		return value.DictOf("changed", false, "msg", fmt.Sprintf("Did not run command since '%s' %s", path, why), "rc", int64(0), "stdout", skip, "stderr", "", "cmd", shown,
			"stdout_lines", lines(skip), "stderr_lines", lines(""), "skipped_by_guard", true), err
	}
	if len(argv) == 0 {
		return nil, errors.New("no command given")
	}
	cmd := node.Cmd{Argv: argv, Dir: c.Args.String("chdir"), ReadOnly: c.Args.Bool("read_only"), Verify: c.Args.Bool("verify")}
	if c.Args.Has("stdin") {
		cmd.Stdin = []byte(c.Args.String("stdin"))
		if c.Args.Bool("stdin_add_newline") {
			cmd.Stdin = append(cmd.Stdin, '\n')
		}
	}
	if effect := c.Args.String("effect"); effect != "" {
		impact, err := node.ParseImpact(c.Args.String("impact"))
		if err != nil {
			return nil, err
		}
		cmd.Change = &node.Change{Kind: "command", ID: effect, Action: "run", Impact: impact}
	}
	out, err := c.System.Exec(ctx, cmd)
	if err != nil {
		return nil, err
	}
	result := commandResult(shown, out, c.Args.Bool("strip_empty_ends"))
	if cmd.Verify || cmd.ReadOnly {
		result.Set("changed", false)
	}
	if out.RC != 0 {
		return nil, &module.Failure{Msg: "non-zero return code", Values: result}
	}
	return result, nil
}

// guard tells why creates or removes makes the command needless.
func guard(c *module.Call) (file, why string, err error) {
	for _, g := range []struct {
		arg   string
		there bool
		text  string
	}{{"creates", true, "exists"}, {"removes", false, "does not exist"}} {
		path := c.Args.String(g.arg)
		if path == "" {
			continue
		}
		found, err := present(c, path)
		if err != nil {
			return "", "", err
		}
		if found == g.there {
			return path, g.text, nil
		}
	}
	return "", "", nil
}

// present tells whether path, which may be a pattern and relative to chdir, names anything.
func present(c *module.Call, path string) (bool, error) {
	if !filepath.IsAbs(path) {
		path = filepath.Join(c.Args.String("chdir"), path)
	}
	if strings.ContainsAny(path, "*?[") {
		matches, err := module.Glob(c.System.Files(), path)
		return len(matches) > 0, err
	}
	i, err := c.System.Files().Stat(path, true)
	if err == nil && i.Assumed {
		err = fmt.Errorf("whether %s exists: %w", path, node.ErrUnknown)
	}
	return i.Exists(), err
}

func commandResult(shown value.Value, out node.Output, strip bool) *value.Dict {
	stdout, stderr := string(out.Stdout), string(out.Stderr)
	if strip {
		stdout, stderr = strings.TrimRight(stdout, "\r\n"), strings.TrimRight(stderr, "\r\n")
	}
	const stamp = "2006-01-02 15:04:05.000000"
	d := out.End.Sub(out.Start)
	return value.DictOf(
		"changed", true, "cmd", shown, "rc", int64(out.RC), "stdout", stdout, "stderr", stderr,
		"stdout_lines", lines(stdout), "stderr_lines", lines(stderr),
		"start", out.Start.Format(stamp), "end", out.End.Format(stamp),
		"delta", fmt.Sprintf("%d:%02d:%02d.%06d", int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60, d.Microseconds()%int64(time.Second/time.Microsecond)),
	)
}

func lines(text string) *value.List {
	l := value.NewList()
	if text == "" {
		return l
	}
	for line := range strings.SplitSeq(text, "\n") {
		l.Append(strings.TrimSuffix(line, "\r"))
	}
	return l
}
