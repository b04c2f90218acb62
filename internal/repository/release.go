package repository

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// dateFormat is that of the field Date in a Release file.
const dateFormat = "Mon, 02 Jan 2006 15:04:05 UTC"

// Release is the file Release of a flat repository: the checksums of the files of its index. label names it to people.
func Release(label string, index map[string][]byte, date time.Time) string {
	var b strings.Builder
	label = strings.Join(strings.Fields(label), " ")
	fmt.Fprintf(&b, "Origin: %s\nLabel: %s\nDate: %s\nSHA256:\n", label, label, date.UTC().Format(dateFormat))
	for _, name := range slices.Sorted(maps.Keys(index)) {
		sum := sha256.Sum256(index[name])
		fmt.Fprintf(&b, " %s %d %s\n", hex.EncodeToString(sum[:]), len(index[name]), name)
	}
	return b.String()
}

// ReleaseDate is the date of a Release file.
func ReleaseDate(release string) (time.Time, bool) {
	for line := range strings.Lines(release) {
		if text, ok := strings.CutPrefix(line, "Date:"); ok {
			t, err := time.Parse(dateFormat, strings.TrimSpace(text))
			return t, err == nil
		}
	}
	return time.Time{}, false
}

// Lists tells whether a Release file has the checksum of a file of the index as it is.
func Lists(release, name string, content []byte) bool {
	sum := sha256.Sum256(content)
	return strings.Contains(release, fmt.Sprintf("\n %s %d %s\n", hex.EncodeToString(sum[:]), len(content), name))
}
