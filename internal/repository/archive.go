package repository

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

const (
	archiveMark  = "!<arch>\n"
	memberHeader = 60 // bytes: name 16, date 12, owner 6, group 6, mode 8, size 10, end 2
)

// CheckArchive tells what keeps a file of size bytes from being a Debian package: the frame of deb(5), and that all of its members are
// there. What the package says of itself is dpkg's to read.
func CheckArchive(r io.ReaderAt, size int64) error {
	mark := make([]byte, len(archiveMark))
	if _, err := r.ReadAt(mark, 0); err != nil || string(mark) != archiveMark {
		return errors.New("not a Debian archive")
	}
	var names []string
	for at := int64(len(archiveMark)); at < size; {
		head := make([]byte, memberHeader)
		if _, err := r.ReadAt(head, at); err != nil {
			return errors.New("the file was cut off")
		}
		n, err := strconv.ParseInt(strings.TrimSpace(string(head[48:58])), 10, 64)
		if err != nil || n < 0 || string(head[58:]) != "`\n" {
			return fmt.Errorf("not a Debian archive: damaged at byte %d", at)
		}
		at += memberHeader + n
		if at > size {
			return errors.New("the file was cut off")
		}
		at += at % 2
		names = append(names, strings.TrimRight(string(head[:16]), " /"))
	}
	has := func(start string) bool {
		for _, n := range names {
			if strings.HasPrefix(n, start) {
				return true
			}
		}
		return false
	}
	switch {
	case len(names) == 0 || names[0] != "debian-binary":
		return errors.New("not a Debian archive: no member debian-binary")
	case !has("control.tar"):
		return errors.New("the file was cut off: no member control.tar")
	case !has("data.tar"):
		return errors.New("the file was cut off: no member data.tar")
	}
	return nil
}

// ArchiveName is the name that a package has in a repository, as apt-get download writes it, without an epoch.
func ArchiveName(e Entry) string {
	version := e.Version
	if _, after, ok := strings.Cut(version, ":"); ok {
		version = after
	}
	return e.Package + "_" + version + "_" + e.Architecture + ".deb"
}
