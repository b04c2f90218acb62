package model

import (
	"slices"
	"strings"
)

// waitMark begins the comment that keeps which settings a running instance has not taken yet: whoever restarts it knows so even
// if the run that changed them was interrupted, and a renamed command shows nowhere else. It names the invocation of the unit:
// after any restart it counts no more.
const waitMark = "# waits for a restart of "

// Waits are the directives that the instance with this invocation has not taken yet, by the mark in its file.
func Waits(file, invocation string) []string {
	for line := range strings.SplitSeq(file, "\n") {
		if rest, ok := strings.CutPrefix(line, waitMark); ok {
			who, keys, _ := strings.Cut(rest, ": ")
			if who == invocation && invocation != "" {
				return strings.Split(keys, ", ")
			}
		}
	}
	return nil
}

// Wait gives file with the mark for these directives, or without any.
func Wait(file, invocation string, keys []string) string {
	lines := slices.DeleteFunc(strings.Split(file, "\n"), func(l string) bool { return strings.HasPrefix(l, waitMark) })
	if len(keys) > 0 {
		lines = slices.Insert(lines, 0, waitMark+invocation+": "+strings.Join(keys, ", "))
	}
	return strings.Join(lines, "\n")
}

// Renaming are the commands among directives that are about their names.
func Renaming(keys []string) []string {
	var commands []string
	for _, k := range keys {
		if c, ok := strings.CutPrefix(k, "rename-command "); ok {
			commands = append(commands, c)
		}
	}
	return commands
}
