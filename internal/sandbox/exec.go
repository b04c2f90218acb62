//go:build linux

package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/term"
)

// Exec runs a command and returns its exit status. With a node it runs inside that node, as root; without one it runs on
// this machine, seeing its files, but in the sandbox's control namespace, from where the nodes are reachable. A command that
// could not be run at all is an error.
func (s *Sandbox) Exec(ctx context.Context, node string, argv []string, stdin io.Reader, stdout, stderr io.Writer) (int, error) {
	if len(argv) == 0 {
		return -1, errors.New("no command given")
	}
	if node != "" {
		n, err := s.node(node)
		if err != nil {
			return -1, err
		}
		return s.execNode(ctx, n, argv, stdin, stdout, stderr)
	}
	ns := controlNS(s.state.Name)
	if !nsExists(ns) {
		return -1, fmt.Errorf("sandbox %s is not up", s.state.Name)
	}
	cmd := exec.CommandContext(ctx, "nsenter", append([]string{"--net=" + nsPath(ns), "--"}, argv...)...)
	return runStatus(cmd, stdin, stdout, stderr)
}

// execNode enters the node by its PID 1, in a fresh environment.
func (s *Sandbox) execNode(ctx context.Context, n nodeState, argv []string, stdin io.Reader, stdout, stderr io.Writer) (int, error) {
	p, ok := s.running(n)
	if !ok {
		return -1, fmt.Errorf("node %s does not run", n.Name)
	}
	leader := p.leader()
	if leader == 0 {
		return -1, fmt.Errorf("node %s has not booted", n.Name)
	}
	args := []string{"--target", strconv.Itoa(leader), "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--"}
	cmd := exec.CommandContext(ctx, "nsenter", append(args, argv...)...)
	cmd.Env = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "USER=root",
		"LOGNAME=root", "SHELL=/bin/bash", "LANG=C.UTF-8", "TERM=" + envOr("TERM", "dumb")}
	return runStatus(cmd, stdin, stdout, stderr)
}

// runStatus tells a command's own failure from ours. Unless it talks to a terminal, the command gets a process group of
// its own, so that a cancel reaches also what nsenter forked.
func runStatus(cmd *exec.Cmd, stdin io.Reader, stdout, stderr io.Writer) (int, error) {
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, stdout, stderr
	cmd.WaitDelay = 2 * time.Second
	if f, ok := stdin.(*os.File); !ok || !term.IsTerminal(int(f.Fd())) {
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	}
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			return 128 + int(status.Signal()), nil
		}
		return exit.ExitCode(), nil
	}
	if err != nil {
		return -1, fmt.Errorf("cannot run %s: %w", cmd.Path, err)
	}
	return 0, nil
}
