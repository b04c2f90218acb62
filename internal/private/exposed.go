package private

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// Exposure is why somebody else may read or replace a file of secrets, and what mends it.
type Exposure struct{ Why, Mend string }

// Exposed judges a file that holds a secret, or a directory of such files. sealed says that its content is encrypted: others may read it then, not write it. A
// file that is not there, or that is a pipe or a device, is nobody's to judge.
func Exposed(path string, sealed bool) *Exposure {
	link, err := os.Lstat(path)
	if err != nil {
		return nil
	}
	if link.Mode()&os.ModeSymlink != 0 && !mine(link) {
		return &Exposure{fmt.Sprintf("%s is a symbolic link of uid %d", path, owner(link)), "name the file itself, or create the link as the account that runs pig"}
	}
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() && !info.IsDir() {
		return nil
	}
	mode, others := info.Mode().Perm(), os.FileMode(0o077)
	if sealed {
		others = 0o022
	}
	switch {
	case !mine(info):
		return &Exposure{fmt.Sprintf("%s belongs to uid %d", path, owner(info)), fmt.Sprintf("chown %d %s", os.Geteuid(), path)}
	case mode&others != 0:
		return &Exposure{fmt.Sprintf("%s has mode %04o: other accounts have access", path, mode), fmt.Sprintf("chmod %04o %s", mode&^0o077, path)}
	}
	dir, err := os.Stat(filepath.Dir(path))
	if err == nil && dir.Mode().Perm()&0o002 != 0 && dir.Mode()&os.ModeSticky == 0 {
		return &Exposure{fmt.Sprintf("every account can replace %s, since everybody can write the directory", path), "chmod o-w " + filepath.Dir(path)}
	}
	return nil
}

// mine tells whether a file belongs to this account, to root, or to the account that started pig by sudo.
func mine(info os.FileInfo) bool {
	uid := owner(info)
	sudo, err := strconv.Atoi(os.Getenv("SUDO_UID"))
	return uid == 0 || uid == os.Geteuid() || err == nil && os.Geteuid() == 0 && uid == sudo
}

func owner(info os.FileInfo) int {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(s.Uid)
	}
	return os.Geteuid()
}
