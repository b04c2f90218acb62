//go:build linux

package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// cgroupRoot is the directory under every hierarchy that holds all sandboxes.
const cgroupRoot = "pig-sandbox"

// A cgroup of its own is what keeps a node apart: without it all nodes share one tree, and units of the same name kill
// each other. It is also how the processes of a node are found for certain, whatever became of the pid file.
type cgroups struct{ hierarchies []string }

// findCgroups reads which hierarchies this machine has mounted: one on a cgroup v2 machine, many on v1.
func findCgroups() (cgroups, error) {
	raw, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		return cgroups{}, fmt.Errorf("cannot read the mount table: %w", err)
	}
	c := cgroups{hierarchies: parseCgroupMounts(string(raw))}
	if len(c.hierarchies) == 0 {
		return cgroups{}, errors.New("no cgroup hierarchy is mounted")
	}
	return c, nil
}

// parseCgroupMounts leaves out cpuset: a new cpuset has no CPUs and takes no process.
func parseCgroupMounts(table string) []string {
	var out []string
	for line := range strings.Lines(table) {
		f := strings.Fields(line)
		if len(f) < 4 || (f[2] != "cgroup" && f[2] != "cgroup2") {
			continue
		}
		if f[2] == "cgroup" && slices.Contains(strings.Split(f[3], ","), "cpuset") {
			continue
		}
		if !slices.Contains(out, f[1]) {
			out = append(out, f[1])
		}
	}
	return out
}

func (c cgroups) dirs(sub ...string) []string {
	var out []string
	for _, h := range c.hierarchies {
		out = append(out, filepath.Join(append([]string{h, cgroupRoot}, sub...)...))
	}
	return out
}

// create makes the node's directory in every hierarchy and returns them all.
func (c cgroups) create(sandbox, machine string) ([]string, error) {
	dirs := c.dirs(sandbox, machine)
	for i, d := range dirs {
		if err := os.MkdirAll(d, 0o755); err != nil {
			return nil, fmt.Errorf("cannot create a cgroup: %w", err)
		}
		delegate(c.hierarchies[i], sandbox, machine)
	}
	c.weigh(sandbox)
	return dirs, nil
}

// share is what one process of the machine weighs where the kernel divides processor time (cpu.shares; 100 as cpu.weight).
const share = 1024

// weigh lets a node weigh as much as a process beside it: the kernel gives all nodes together the share of one otherwise,
// and four of them starve beside a busy compiler. Best effort: without it the nodes are slow, not wrong.
func (c cgroups) weigh(sandbox string) {
	for _, root := range c.dirs() {
		all := 0
		sandboxes, _ := os.ReadDir(root)
		for _, s := range sandboxes {
			if !s.IsDir() {
				continue
			}
			machines := subdirectories(filepath.Join(root, s.Name()))
			all += machines
			if s.Name() == sandbox {
				setShare(filepath.Join(root, sandbox), machines)
			}
		}
		setShare(root, all)
	}
}

func subdirectories(dir string) int {
	entries, _ := os.ReadDir(dir)
	n := 0
	for _, e := range entries {
		if e.IsDir() {
			n++
		}
	}
	return n
}

func setShare(dir string, processes int) {
	n := max(processes, 1)
	_ = os.WriteFile(filepath.Join(dir, "cpu.shares"), []byte(strconv.Itoa(min(n*share, 1<<18))), 0)
	_ = os.WriteFile(filepath.Join(dir, "cpu.weight"), []byte(strconv.Itoa(min(n*100, 10000))), 0)
}

// delegate hands the controllers of a v2 hierarchy down, so that limits work inside the node. Where the machine keeps
// them back (v1, or a container) the nodes run without limits.
func delegate(hierarchy, sandbox, machine string) {
	d := hierarchy
	for _, sub := range []string{"", cgroupRoot, sandbox, machine} {
		d = filepath.Join(d, sub)
		avail, err := os.ReadFile(filepath.Join(d, "cgroup.controllers"))
		if err != nil {
			return
		}
		for _, ctl := range []string{"cpu", "memory", "pids", "io"} {
			if slices.Contains(strings.Fields(string(avail)), ctl) {
				_ = os.WriteFile(filepath.Join(d, "cgroup.subtree_control"), []byte("+"+ctl), 0)
			}
		}
	}
}

// pids lists the processes below a sandbox (and machine), in all hierarchies.
func (c cgroups) pids(sub ...string) []int {
	seen := map[int]bool{}
	for _, root := range c.dirs(sub...) {
		_ = filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
			if err != nil || !d.IsDir() {
				return nil //nolint:nilerr // it may vanish under our eyes
			}
			raw, _ := os.ReadFile(filepath.Join(p, "cgroup.procs"))
			for f := range strings.FieldsSeq(string(raw)) {
				if pid, err := strconv.Atoi(f); err == nil && pid > 0 {
					seen[pid] = true
				}
			}
			return nil
		})
	}
	var out []int
	for pid := range seen {
		if !isZombie(pid) { // its parent will reap it; nothing runs any more
			out = append(out, pid)
		}
	}
	slices.Sort(out)
	return out
}

// kill ends every process below a sandbox (and machine) at once, and waits until they are gone. A process that is on its
// way out, say one that has to unmount the node's file system, is in no cgroup's list any more; /proc still has it.
func (c cgroups) kill(ctx context.Context, sub ...string) error {
	const patience = 15 * time.Second // since a process ended last: hundreds of them take their time on a busy machine
	deadline, fewest := time.Now().Add(patience), math.MaxInt
	path := "/" + filepath.Join(append([]string{cgroupRoot}, sub...)...)
	for {
		left := c.pids(sub...)
		for _, pid := range left {
			killMember(pid, path)
		}
		if len(left) == 0 {
			if left = members(path); len(left) == 0 {
				return nil
			}
		}
		if len(left) < fewest {
			deadline, fewest = time.Now().Add(patience), len(left)
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("processes %v do not die", left)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("processes %v are still there: %w", left, ctx.Err())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// members finds the processes of a cgroup the slow way, in the table of all processes.
func members(cgroup string) []int {
	var out []int
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		table, err := os.ReadFile(filepath.Join("/proc", e.Name(), "cgroup"))
		if err == nil && memberOf(string(table), cgroup) && !isZombie(pid) {
			out = append(out, pid)
		}
	}
	return out
}

// killMember kills a process only if it still is a member: between reading the list and killing, the process might have
// ended and its number gone to a stranger. A pidfd pins the process while we look.
func killMember(pid int, cgroup string) {
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return
	}
	defer unix.Close(fd)
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/cgroup", pid))
	if err != nil || !memberOf(string(raw), cgroup) {
		return
	}
	_ = unix.PidfdSendSignal(fd, unix.SIGKILL, nil, 0)
}

// memberOf reads /proc/PID/cgroup lines such as "3:pids:/pig-sandbox/pig/ip-10-10-10-10/payload".
func memberOf(table, cgroup string) bool {
	for line := range strings.Lines(table) {
		line = strings.TrimSuffix(strings.TrimSpace(line), " (deleted)")
		parts := strings.SplitN(line, ":", 3)
		if len(parts) == 3 && (parts[2] == cgroup || strings.HasPrefix(parts[2], cgroup+"/")) {
			return true
		}
	}
	return false
}

// remove deletes the directories below a sandbox (and machine), deepest first, once they are empty.
func (c cgroups) remove(ctx context.Context, sub ...string) error {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	for {
		var failed error
		for _, root := range c.dirs(sub...) {
			failed = errors.Join(failed, removeTree(root))
		}
		if failed == nil {
			for _, d := range c.dirs() { // the common parent goes with the last sandbox
				_ = os.Remove(d)
			}
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("cannot remove cgroups: %w", failed)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// removeTree is rmdir, recursively: the files of a cgroup cannot be deleted and need not be.
func removeTree(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if e.IsDir() {
			if err := removeTree(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// freeze stops or resumes every process of a node, through the unified hierarchy where there is one, else v1's freezer.
func (c cgroups) freeze(sandbox, machine string, on bool) error {
	for _, d := range c.dirs(sandbox, machine) {
		for file, words := range map[string][2]string{"cgroup.freeze": {"0", "1"}, "freezer.state": {"THAWED", "FROZEN"}} {
			p := filepath.Join(d, file)
			if _, err := os.Stat(p); err != nil {
				continue
			}
			word := words[0]
			if on {
				word = words[1]
			}
			return os.WriteFile(p, []byte(word), 0)
		}
	}
	return errors.New("this machine has no cgroup freezer")
}
