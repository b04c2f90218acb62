package module

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"

	"pig/internal/node"
)

// StartedAfter tells whether the main process of a unit is younger than all of files, so that it has read them as they are;
// so has one that is only planned to start.
func StartedAfter(ctx context.Context, c *Call, unit string, files []string) (bool, error) {
	if len(files) == 0 {
		return false, nil
	}
	out, err := c.System.Exec(ctx, node.Cmd{Argv: []string{"systemctl", "show", "--value", "-p", "ExecMainStartTimestampMonotonic", unit}, ReadOnly: true, Needs: unit})
	if errors.Is(err, node.ErrNotYet) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	micros, err := strconv.ParseInt(strings.TrimSpace(string(out.Stdout)), 10, 64)
	if err != nil || micros == 0 {
		return false, nil //nolint:nilerr // it never ran
	}
	uptime, err := c.System.Files().Read("/proc/uptime")
	if err != nil {
		return false, err
	}
	first, _, _ := strings.Cut(string(uptime), " ")
	seconds, err := strconv.ParseFloat(first, 64)
	if err != nil {
		return false, fmt.Errorf("/proc/uptime: %w", err)
	}
	start := time.Now().Add(-time.Duration(seconds * float64(time.Second))).Add(time.Duration(micros) * time.Microsecond)
	newest, err := newestOf(c, files)
	return err == nil && newest.Before(start), err
}

// newestOf is when the last of files was written; a directory stands for what is in it.
func newestOf(c *Call, files []string) (time.Time, error) {
	var newest time.Time
	for _, f := range files {
		i, err := c.System.Files().Stat(f, true)
		if err != nil {
			return newest, err
		}
		if i.Exists() && i.Kind == node.File {
			newest = later(newest, i.Mtime)
			if strings.HasPrefix(f, "/usr/") || strings.HasPrefix(f, "/lib/") {
				newest = later(newest, i.Ctime) // an upgrade leaves the time of the package, but comes now
			}
		}
		if i.Kind != node.Dir {
			continue
		}
		names, err := c.System.Files().List(f)
		if err != nil {
			return newest, err
		}
		for n := range names {
			names[n] = path.Join(f, names[n])
		}
		inner, err := newestOf(c, names)
		if err != nil {
			return newest, err
		}
		newest = later(newest, inner)
	}
	return newest, nil
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
