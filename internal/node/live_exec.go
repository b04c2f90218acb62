//go:build linux

package node

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sort"
	"strings"
	"syscall"
	"time"
)

// defaultPath is used when the environment names no PATH, or one without the administrator's directories.
const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// killGrace is how long a cancelled command has between SIGTERM and SIGKILL.
const killGrace = 3 * time.Second

func (s *liveSystem) Exec(ctx context.Context, c Cmd) (Output, error) {
	out, err := s.run(ctx, c)
	if err == nil && c.Change != nil && out.RC == 0 {
		s.record(ExecChange(c))
	}
	return out, err
}

func (s *liveSystem) run(ctx context.Context, c Cmd) (Output, error) {
	if len(c.Argv) == 0 {
		return Output{}, errors.New("no command given")
	}
	back, err := s.give(&c)
	if err != nil {
		return Output{}, err
	}
	defer back()
	env := s.environ(c.Env)
	path, err := lookPath(c.Argv[0], c.Dir, env)
	if err != nil {
		return Output{}, err
	}
	cmd := exec.CommandContext(ctx, path, c.Argv[1:]...)
	cmd.Args[0] = c.Argv[0]
	cmd.Dir = c.Dir
	if cmd.Dir == "" && s.id.other {
		cmd.Dir = s.workDir()
	}
	cmd.Env = env
	if c.Stdin != nil {
		cmd.Stdin = bytes.NewReader(c.Stdin)
	}
	var stdout, stderr captured
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: s.credential()}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = killGrace

	out := Output{Start: time.Now()}
	err = seeing(c.Sees, cmd.Run)
	out.End = time.Now()
	out.Stdout, out.Stderr = stdout.Bytes(), stderr.Bytes()
	if ctx.Err() != nil {
		if cmd.Process != nil {
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		}
		return out, fmt.Errorf("cannot run %s: %w", c.Argv[0], context.Cause(ctx))
	}
	var exit *exec.ExitError
	switch {
	case err == nil:
	case errors.As(err, &exit):
		out.RC = exit.ExitCode()
		if ws, ok := exit.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
			out.RC = -int(ws.Signal())
		}
	case errors.Is(err, exec.ErrWaitDelay): // it left a child behind that holds its output open: it did end by itself
	default:
		return out, fmt.Errorf("cannot run %s: %w", c.Argv[0], err)
	}
	return out, nil
}

func (s *liveSystem) credential() *syscall.Credential {
	if !s.id.other {
		return nil
	}
	groups := make([]uint32, len(s.id.groups))
	for i, g := range s.id.groups {
		groups[i] = uint32(g)
	}
	return &syscall.Credential{Uid: uint32(s.id.uid), Gid: uint32(s.id.gid), Groups: groups}
}

// workDir is where a command of another account starts: its home, or / where it has none that is there.
func (s *liveSystem) workDir() string {
	if fi, err := os.Stat(s.id.home); err == nil && fi.IsDir() {
		return s.id.home
	}
	return "/"
}

func (s *liveSystem) environ(extra map[string]string) []string {
	env := map[string]string{"PATH": defaultPath, "LANG": "C.UTF-8", "HOME": s.id.home, "USER": s.id.name, "LOGNAME": s.id.name, "SHELL": s.id.shell}
	if !s.id.other {
		for _, kv := range os.Environ() {
			k, v, _ := strings.Cut(kv, "=")
			env[k] = v
		}
		if !strings.Contains(env["PATH"], "/sbin") {
			env["PATH"] += ":" + defaultPath
		}
	}
	for k, v := range s.task.Env {
		env[k] = v
	}
	for k, v := range extra {
		env[k] = v
	}
	list := make([]string, 0, len(env))
	for k, v := range env {
		list = append(list, k+"="+v)
	}
	sort.Strings(list)
	return list
}

// lookPath finds name in the PATH of the command, not of this process.
func lookPath(name, dir string, env []string) (string, error) {
	if strings.Contains(name, "/") {
		if !strings.HasPrefix(name, "/") && dir != "" {
			name = dir + "/" + name
		}
		if _, err := os.Stat(name); err != nil {
			return "", fmt.Errorf("command %q not found: %w", name, err)
		}
		return name, nil
	}
	for _, kv := range env {
		list, ok := strings.CutPrefix(kv, "PATH=")
		if !ok {
			continue
		}
		for d := range strings.SplitSeq(list, ":") {
			p := d + "/" + name
			if fi, err := os.Stat(p); err == nil && !fi.IsDir() && fi.Mode()&0o111 != 0 {
				return p, nil
			}
		}
	}
	return "", fmt.Errorf("command %q not found on this node: %w", name, exec.ErrNotFound)
}
