//go:build linux

package sandbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// capabilities are what nodes need beyond nspawn's own set: virtual addresses and packet filters.
// Never CAP_SYS_TIME: it would set this machine's clock.
const capabilities = "CAP_NET_ADMIN,CAP_NET_RAW,CAP_IPC_LOCK,CAP_SYS_NICE"

// repoMount is where Pigsty's nginx serves packages from.
const repoMount = "/www/pigsty"

// running returns the node's process when it runs.
func (s *Sandbox) running(n nodeState) (process, bool) {
	p, err := readProcess(s.files.node(n.Machine).pid())
	return p, err == nil && p.alive()
}

// boot starts a node unless it runs; it does not wait for the node to be ready.
func (s *Sandbox) boot(ctx context.Context, n nodeState) error {
	dirs := s.files.node(n.Machine)
	lock, err := lockFile(ctx, dirs.lock(), "node "+n.Name)
	if err != nil {
		return err
	}
	defer lock.release()
	if _, ok := s.running(n); ok {
		return nil
	}
	// What is left of an earlier life would fight with the new one over its files and its cable.
	if err := s.cg.kill(ctx, s.state.Name, n.Machine); err != nil {
		return fmt.Errorf("cannot remove the leftovers of %s: %w", n.Name, err)
	}
	if err := s.cg.remove(ctx, s.state.Name, n.Machine); err != nil {
		return fmt.Errorf("cannot remove the leftovers of %s: %w", n.Name, err)
	}
	if err := plugIn(ctx, s.state.Name, n, s.state.Control); err != nil {
		return err
	}
	return s.launch(ctx, n, lock)
}

// launch runs systemd-nspawn as a process that belongs to nobody: its session and log are its own, and its parent is
// PID 1, so it outlives the pig that started it. It inherits the node's lock until it is in its cgroup: before that nobody
// could find it, and a Down at that moment would miss it.
func (s *Sandbox) launch(ctx context.Context, n nodeState, lock *fileLock) error {
	dirs := s.files.node(n.Machine)
	groups, err := s.cg.create(s.state.Name, n.Machine)
	if err != nil {
		return fmt.Errorf("cannot start %s: %w", n.Name, err)
	}
	if err := os.Remove(dirs.pid()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("cannot start %s: %w", n.Name, err)
	}
	args, err := s.nspawnArgs(n)
	if err != nil {
		return fmt.Errorf("cannot start %s: %w", n.Name, err)
	}
	console, err := os.Create(dirs.console())
	if err != nil {
		return fmt.Errorf("cannot start %s: %w", n.Name, err)
	}
	defer console.Close()

	argv := []string{"--fork", "unshare", "--mount", "--propagation", "slave", "/bin/sh", "-c", startScript, "start",
		dirs.pid(), strings.Join(n.Image.Lower, ":"), dirs.upper(), dirs.work(), dirs.root(), strings.Join(groups, " ")}
	up, told, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("cannot start %s: %w", n.Name, err)
	}
	defer up.Close()
	cmd := exec.CommandContext(ctx, "setsid", append(argv, args...)...)
	cmd.Stdout, cmd.Stderr = console, console
	cmd.ExtraFiles = []*os.File{lock.file, told} // 3, 4
	cmd.Dir = "/"
	cmd.Env = []string{
		"PATH=/usr/sbin:/usr/bin:/sbin:/bin",
		"SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1",       // Debian 13 boots on nothing else, whatever this machine has
		"SYSTEMD_NSPAWN_API_VFS_WRITABLE=network",  // sysctl net.* concerns the node's own namespace
		"SYSTEMD_LOG_LEVEL=notice", "LANG=C.UTF-8", // less noise on the console
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	err = cmd.Run()
	told.Close()
	if err != nil {
		return fmt.Errorf("cannot start %s: %w", n.Name, err)
	}
	return s.awaitPID(ctx, n, up)
}

// awaitPID waits until the launcher has said who it is, or has ended without: it holds the other end of the pipe until then.
// A busy machine takes its time over that, so only the caller's context limits it.
func (s *Sandbox) awaitPID(ctx context.Context, n nodeState, up *os.File) error {
	stop := context.AfterFunc(ctx, func() { _ = up.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	_, _ = io.Copy(io.Discard, up)
	dirs := s.files.node(n.Machine)
	if _, err := readProcess(dirs.pid()); err != nil {
		return fmt.Errorf("starting %s: its launcher did not come up: %w\n%s", n.Name, cmp.Or(ctx.Err(), err), tail(dirs.console(), 10))
	}
	return nil
}

func (s *Sandbox) nspawnArgs(n nodeState) ([]string, error) {
	dirs := s.files.node(n.Machine)
	args := []string{
		"--quiet", "--register=no", "--keep-unit", "--boot",
		"--directory=" + dirs.root(),
		"--machine=" + nodeNS(s.state.Name, n.Machine), // unique on this machine; /etc/hostname has the node's own name
		"--hostname=" + n.Machine,
		"--network-namespace-path=" + nsPath(nodeNS(s.state.Name, n.Machine)),
		"--resolv-conf=off", "--timezone=off", "--link-journal=no", "--console=read-only",
		"--capability=" + capabilities,
		"--rlimit=RLIMIT_NOFILE=1024:524288",
	}
	var mounts []string
	if n.Repo != "" {
		if err := os.MkdirAll(dirs.repo(), 0o755); err != nil {
			return nil, err
		}
		// Writable, since a role may want to add its mark or its packages; the cache stays as it is.
		args = append(args, fmt.Sprintf("--overlay=%s:%s:%s", n.Repo, dirs.repo(), repoMount))
		mounts = append(mounts, repoMount)
	}
	for _, d := range n.Disks {
		src := filepath.Join(dirs.disks(), strings.ReplaceAll(strings.Trim(d, "/"), "/", "-"))
		if err := os.MkdirAll(src, 0o755); err != nil {
			return nil, err
		}
		args = append(args, "--bind="+src+":"+d)
		mounts = append(mounts, d)
	}
	for _, m := range mounts { // nspawn makes the last directory of a mount point, not those above it
		if err := (seeder{upper: dirs.upper(), lower: n.Image.Lower}).parents(strings.Trim(m, "/") + "/."); err != nil {
			return nil, err
		}
	}
	return args, nil
}

// halt ends a node: in an orderly way while the time for that lasts, then hard.
func (s *Sandbox) halt(ctx context.Context, n nodeState, grace time.Duration) error {
	lock, err := lockFile(ctx, s.files.node(n.Machine).lock(), "node "+n.Name)
	if err != nil {
		return err
	}
	defer lock.release()
	if p, ok := s.running(n); ok && grace > 0 {
		s.poweroff(ctx, p, grace)
	}
	if err := s.cg.kill(ctx, s.state.Name, n.Machine); err != nil {
		return fmt.Errorf("cannot stop %s: %w", n.Name, err)
	}
	if err := s.cg.remove(ctx, s.state.Name, n.Machine); err != nil {
		return fmt.Errorf("cannot stop %s: %w", n.Name, err)
	}
	if err := os.Remove(s.files.node(n.Machine).pid()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("cannot stop %s: %w", n.Name, err)
	}
	return unplug(ctx, s.state.Name, n.Machine, linkName(n.Addr))
}

// poweroff asks the node's systemd to power off, by its own signal for that (SIGRTMIN+4), and waits for the end.
func (s *Sandbox) poweroff(ctx context.Context, p process, grace time.Duration) {
	leader := p.leader()
	if leader == 0 || syscall.Kill(leader, syscall.Signal(34+4)) != nil {
		return
	}
	deadline := time.After(grace)
	for p.alive() {
		select {
		case <-ctx.Done():
			return
		case <-deadline:
			return
		case <-time.After(20 * time.Millisecond):
		}
	}
}
