package params

import (
	"path"
	"slices"
	"strings"
)

// SystemDirectory tells whether a directory is one of the system's own, or below one that no program may keep data in: what is made over to
// an account there, or removed with a cluster, is the machine's.
func SystemDirectory(dir string) bool {
	dir = path.Clean(dir)
	if slices.Contains(strings.Fields("/ /home /media /mnt /opt /root /srv /tmp /usr /usr/local /var /var/cache /var/lib /var/local /var/log /var/mail /var/spool /var/tmp"), dir) {
		return true
	}
	return slices.ContainsFunc(strings.Fields("/bin /boot /dev /etc /lib /lib64 /proc /run /sbin /sys /usr/bin /usr/include /usr/lib /usr/lib64 /usr/libexec /usr/sbin /usr/share /var/run /var/lock"), func(of string) bool {
		return dir == of || strings.HasPrefix(dir, of+"/")
	})
}

// isDirectory takes an absolute path without a way back.
func isDirectory(s string) bool {
	return dirForm.MatchString(s) && path.Clean(s) != "/" && !slices.Contains(strings.Split(s, "/"), "..")
}
