package builtin

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
)

// idle refuses another user id for an account while processes run as it, as usermod does. It is asked where a plan has to foresee it (idle: true):
// elsewhere a task before may end them.
func idle(c *module.Call, u node.Account) error {
	if !c.Args.Bool("idle") {
		return nil
	}
	files := c.System.Files()
	names, err := files.List("/proc")
	if err != nil {
		return err
	}
	for _, pid := range names {
		if _, err := strconv.Atoi(pid); err != nil {
			continue
		}
		status, err := files.Read(path.Join("/proc", pid, "status"))
		if err != nil {
			continue // it has ended
		}
		if name, uid := process(string(status)); uid == u.UID {
			return fmt.Errorf("%s cannot get user id %d in place of %d while processes run as %s, such as %s (%s): end them and have pig log in as another account, or keep %d",
				u.Name, c.Args.Int("uid"), u.UID, u.Name, name, pid, u.UID)
		}
	}
	return nil
}

// process is the name and the user id of a process, from its status; -1 for none.
func process(status string) (name string, uid int) {
	uid = -1
	for line := range strings.Lines(status) {
		key, rest, _ := strings.Cut(line, ":")
		switch words := strings.Fields(rest); {
		case len(words) == 0:
		case key == "Name":
			name = strings.TrimSpace(rest)
		case key == "Uid":
			uid, _ = strconv.Atoi(words[0])
		}
	}
	return name, uid
}
