//go:build linux

package sandbox

import (
	"fmt"
	"strings"
)

// account is the user that logs in. Pigsty's own admin user is dba with uid 88 in group admin, and the sandbox makes it
// the same way, so that the node role finds what it wants instead of renumbering the user it is logged in as.
type account struct {
	name, group string
	id          int
}

func adminAccount(name string) account {
	if name == "dba" {
		return account{name: name, group: "admin", id: 88}
	}
	return account{name: name, group: name, id: 1000}
}

func (a account) home() string { return "/home/" + a.name }

// addTo returns the account files of the image with the account added. Only the keys open it: the password is "*".
func (a account) addTo(files map[string]string) map[string]string {
	out := map[string]string{}
	lines := map[string]string{
		"etc/passwd":  fmt.Sprintf("%s:x:%d:%d::%s:/bin/bash", a.name, a.id, a.id, a.home()),
		"etc/group":   fmt.Sprintf("%s:x:%d:", a.group, a.id),
		"etc/shadow":  fmt.Sprintf("%s:*:20000:0:99999:7:::", a.name),
		"etc/gshadow": fmt.Sprintf("%s:!::", a.group),
	}
	for path, line := range lines {
		out[path] = appendEntry(files[path], line)
	}
	return out
}

// appendEntry adds a line of colon-separated fields unless the first field is there already.
func appendEntry(file, line string) string {
	name, _, _ := strings.Cut(line, ":")
	for l := range strings.Lines(file) {
		if strings.HasPrefix(l, name+":") {
			return file
		}
	}
	if file != "" && !strings.HasSuffix(file, "\n") {
		file += "\n"
	}
	return file + line + "\n"
}
