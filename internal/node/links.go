package node

import (
	"fmt"
	"io/fs"
	"strconv"
)

// maxLinks bounds the links that are followed, as ELOOP does.
const maxLinks = 40

// ForeignLink says that root met a symbolic link that somebody else made. Root does not follow one: whoever can write a
// directory would choose by it which file of root's is written, given away or shown.
type ForeignLink struct{ Path, Link, Owner string }

func (l *ForeignLink) Error() string {
	on := ""
	if l.Link != l.Path {
		on = " on the way to " + l.Path
	}
	return fmt.Sprintf("cannot follow %s%s: a symbolic link owned by %s, and root follows only links owned by root. If the link is right, run: chown -h root %s",
		l.Link, on, l.Owner, l.Link)
}

// Unwrap makes it a lack of permission.
func (l *ForeignLink) Unwrap() error { return fs.ErrPermission }

// Alias refuses a file that has other names, in a directory where somebody else may have put this name: chown and chmod
// would act on a file that lies anywhere.
func Alias(i, dir Info) error {
	trusted := dir.UID == 0 && dir.Mode&0o022 == 0
	if i.Kind == Dir || i.Nlink < 2 || trusted || i.UID != 0 && i.UID == dir.UID {
		return nil
	}
	return fmt.Errorf("cannot change %s: the file of %s has %s names, and %s can write the directory: %w",
		i.Path, i.Owner, strconv.FormatUint(i.Nlink, 10), dir.Owner, fs.ErrPermission)
}
