// Package model is what there is to know about MinIO clusters apart from doing it: how their disks and nodes are written, and who
// may do what. It does no I/O.
package model

import (
	"regexp"
	"strconv"
)

var diskRange = regexp.MustCompile(`\{(\d+)\.\.\.(\d+)\}`)

// maxDirs bounds what a range expands to.
const maxDirs = 1000

// Dirs expands /data{1...4} to its directories.
func Dirs(pattern string) []string {
	at := diskRange.FindStringSubmatchIndex(pattern)
	if at == nil {
		return []string{pattern}
	}
	from, _ := strconv.Atoi(pattern[at[2]:at[3]])
	to, _ := strconv.Atoi(pattern[at[4]:at[5]])
	var dirs []string
	for i := from; i <= to && i-from < maxDirs; i++ {
		dirs = append(dirs, Dirs(pattern[:at[0]]+strconv.Itoa(i)+pattern[at[1]:])...)
	}
	return dirs
}
