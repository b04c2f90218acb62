//go:build linux

package sandbox

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// process names a process beyond doubt: a pid alone may belong to somebody else by now.
type process struct {
	PID   int
	Start uint64 // clock ticks after boot
	Boot  string // the boot's id
}

// readProcess reads the pid file that the node's launcher wrote: pid, start time, boot id.
func readProcess(path string) (process, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return process{}, err
	}
	return parseProcess(string(raw))
}

func parseProcess(s string) (process, error) {
	f := strings.Fields(s)
	if len(f) != 3 {
		return process{}, errors.New("pid file is incomplete")
	}
	pid, err := strconv.Atoi(f[0])
	if err != nil || pid <= 1 {
		return process{}, fmt.Errorf("pid file has no pid: %q", f[0])
	}
	start, err := strconv.ParseUint(f[1], 10, 64)
	if err != nil {
		return process{}, fmt.Errorf("pid file has no start time: %q", f[1])
	}
	return process{PID: pid, Start: start, Boot: f[2]}, nil
}

// alive tells whether this very process runs.
func (p process) alive() bool {
	if p.PID == 0 || p.Boot != bootID() {
		return false
	}
	st, err := readStat(p.PID)
	return err == nil && st.start == p.Start && st.state != "Z" && st.state != "X"
}

func bootID() string {
	raw, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(raw))
}

func isZombie(pid int) bool {
	st, err := readStat(pid)
	return err != nil || st.state == "Z" || st.state == "X"
}

type procStat struct {
	state string
	start uint64
}

func readStat(pid int) (procStat, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return procStat{}, err
	}
	return parseStat(string(raw))
}

// parseStat skips the second field, the command in brackets, which may contain anything.
func parseStat(s string) (procStat, error) {
	i := strings.LastIndexByte(s, ')')
	if i < 0 {
		return procStat{}, errors.New("not a process status")
	}
	f := strings.Fields(s[i+1:])
	if len(f) < 20 {
		return procStat{}, errors.New("process status is too short")
	}
	start, err := strconv.ParseUint(f[19], 10, 64)
	return procStat{state: f[0], start: start}, err
}

// leader is the node's own PID 1, in a pid namespace below ours: a child of systemd-nspawn, which is a child of the
// launcher that the pid file names. Zero while there is none.
func (p process) leader() int {
	for _, nspawn := range children(p.PID) {
		for _, child := range children(nspawn) {
			status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", child))
			if err == nil && isInit(string(status)) {
				return child
			}
		}
	}
	return 0
}

func children(pid int) []int {
	raw, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid)) // gone: no children
	var out []int
	for f := range strings.FieldsSeq(string(raw)) {
		if child, err := strconv.Atoi(f); err == nil {
			out = append(out, child)
		}
	}
	return out
}

// isInit looks for a line such as "NSpid:	4711	1".
func isInit(status string) bool {
	for line := range strings.Lines(status) {
		if rest, ok := strings.CutPrefix(line, "NSpid:"); ok {
			f := strings.Fields(rest)
			return len(f) > 1 && f[len(f)-1] == "1"
		}
	}
	return false
}
