//go:build linux

package node

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
)

// The account files are read directly: that is what nearly all nodes use, and it needs no process. Accounts that are
// kept elsewhere (LDAP, sssd) are found through getent.

type liveAccounts struct{ *liveSystem }

func (l liveAccounts) User(name string) (Account, bool, error) {
	a, ok, err := readUser(name)
	if !ok || err != nil {
		return a, ok, err
	}
	a.Group = groupName(a.GID)
	a.Groups, err = groupNames(a.Name)
	if err != nil {
		return a, false, err
	}
	if shadow, ok, err := lookupLine("/etc/shadow", name, 0); err == nil && ok && len(shadow) > 7 {
		a.Password, a.Expires = shadow[1], shadow[7]
	}
	return a, true, nil
}

func (l liveAccounts) Group(name string) (Group, bool, error) { return readGroup(name) }

func (l liveAccounts) AddUser(ctx context.Context, name string, c AccountChange) error {
	args := []string{"useradd"}
	if c.System {
		args = append(args, "-r")
	}
	if c.CreateHome {
		args = append(args, "-m")
	} else {
		args = append(args, "-M")
	}
	if c.Group == nil { // a group of the same name may be there already, which useradd refuses
		if _, ok, err := readGroup(name); err != nil {
			return err
		} else if ok {
			args = append(args, "-N", "-g", name)
		}
	}
	return l.change(ctx, append(append(args, userArgs(c, "-G")...), name), c.Password, AddUserChange(name, c))
}

func (l liveAccounts) ModifyUser(ctx context.Context, name string, c AccountChange) error {
	before, ok, err := l.User(name)
	if err != nil || !ok {
		return errors.Join(err, fmt.Errorf("user %q not found on this node", name))
	}
	args := append([]string{"usermod"}, userArgs(c, "-G")...)
	if c.MoveHome {
		args = append(args, "-m")
	}
	return l.change(ctx, append(args, name), c.Password, ModifyUserChange(before, c))
}

func userArgs(c AccountChange, groupsFlag string) []string {
	var args []string
	text := func(flag string, v *string) {
		if v != nil {
			args = append(args, flag, *v)
		}
	}
	if c.UID != nil {
		args = append(args, "-u", strconv.Itoa(*c.UID))
		if c.NonUnique {
			args = append(args, "-o")
		}
	}
	text("-g", c.Group)
	if c.Groups != nil {
		args = append(args, groupsFlag, strings.Join(*c.Groups, ","))
	}
	text("-d", c.Home)
	text("-s", c.Shell)
	text("-c", c.Comment)
	return args
}

// change runs an account tool, then sets the password, which must not be an argument that ps shows.
func (l liveAccounts) change(ctx context.Context, argv []string, password *string, c Change) error {
	if len(argv) > 2 || argv[0] != "usermod" {
		if err := l.must(ctx, Cmd{Argv: argv}); err != nil {
			return err
		}
	}
	if password != nil {
		name := argv[len(argv)-1]
		if err := l.must(ctx, Cmd{Argv: []string{"chpasswd", "-e"}, Stdin: []byte(name + ":" + *password + "\n")}); err != nil {
			return err
		}
	}
	l.record(c)
	return nil
}

func (l liveAccounts) RemoveUser(ctx context.Context, name string, home bool) error {
	args := []string{"userdel"}
	if home {
		args = append(args, "-r")
	}
	if err := l.must(ctx, Cmd{Argv: append(args, name)}); err != nil {
		return err
	}
	l.record(Change{Kind: "user", ID: name, Action: "delete"})
	return nil
}

func (l liveAccounts) AddGroup(ctx context.Context, name string, gid *int, system bool) error {
	args := []string{"groupadd"}
	if system {
		args = append(args, "-r")
	}
	if gid != nil {
		args = append(args, "-g", strconv.Itoa(*gid))
	}
	if err := l.must(ctx, Cmd{Argv: append(args, name)}); err != nil {
		return err
	}
	l.record(AddGroupChange(name, gid))
	return nil
}

func (l liveAccounts) ModifyGroup(ctx context.Context, name string, gid int) error {
	before, _, err := readGroup(name)
	if err != nil {
		return err
	}
	if err := l.must(ctx, Cmd{Argv: []string{"groupmod", "-g", strconv.Itoa(gid), name}}); err != nil {
		return err
	}
	l.record(ModifyGroupChange(before, gid))
	return nil
}

func (l liveAccounts) RemoveGroup(ctx context.Context, name string) error {
	if err := l.must(ctx, Cmd{Argv: []string{"groupdel", name}}); err != nil {
		return err
	}
	l.record(Change{Kind: "group", ID: name, Action: "delete"})
	return nil
}

// must runs a command that has to succeed.
func (s *liveSystem) must(ctx context.Context, c Cmd) error {
	out, err := s.run(ctx, c)
	if err != nil {
		return err
	}
	if out.RC != 0 {
		return &CommandError{Argv: c.Argv, Output: out}
	}
	return nil
}

// readUser finds an account by name or number, without its groups.
func readUser(name string) (Account, bool, error) {
	f, ok, err := find("passwd", name)
	if err != nil || !ok || len(f) < 7 {
		return Account{}, false, err
	}
	uid, _ := strconv.Atoi(f[2])
	gid, _ := strconv.Atoi(f[3])
	return Account{Name: f[0], UID: uid, GID: gid, Comment: f[4], Home: f[5], Shell: f[6]}, true, nil
}

// readGroup finds a group by name or number.
func readGroup(name string) (Group, bool, error) {
	f, ok, err := find("group", name)
	if err != nil || !ok || len(f) < 4 {
		return Group{}, false, err
	}
	gid, _ := strconv.Atoi(f[2])
	g := Group{Name: f[0], GID: gid}
	if f[3] != "" {
		g.Members = strings.Split(f[3], ",")
	}
	return g, true, nil
}

// find looks in /etc/<db> first, then asks getent.
func find(db, name string) ([]string, bool, error) {
	if f, ok, err := lookupLine("/etc/"+db, name, 0); ok || err != nil {
		return f, ok, err
	}
	if _, err := strconv.Atoi(name); err == nil {
		if f, ok, err := lookupLine("/etc/"+db, name, 2); ok || err != nil {
			return f, ok, err
		}
	}
	if !elsewhere(db) {
		return nil, false, nil
	}
	out, err := exec.Command("getent", db, name).Output() //nolint:noctx // the name service has deadlines of its own
	if err != nil {
		return nil, false, nil //nolint:nilerr // getent exits 2 where there is none
	}
	return strings.Split(strings.TrimSpace(string(out)), ":"), true, nil
}

// elsewhere tells whether nsswitch.conf names a source of accounts beside the files.
func elsewhere(db string) bool {
	text, err := readAccountFile("/etc/nsswitch.conf")
	if err != nil {
		return false
	}
	for line := range strings.SplitSeq(string(text), "\n") {
		rest, ok := strings.CutPrefix(strings.TrimSpace(line), db+":")
		if !ok {
			continue
		}
		for _, source := range strings.Fields(rest) {
			if source != "files" && source != "compat" && source != "systemd" && !strings.HasPrefix(source, "[") {
				return true
			}
		}
	}
	return false
}

func lookupLine(file, key string, field int) ([]string, bool, error) {
	text, err := readAccountFile(file)
	if err != nil {
		return nil, false, err
	}
	for line := range bytes.SplitSeq(text, []byte("\n")) {
		if string(column(line, field)) == key {
			if f := strings.Split(string(line), ":"); len(f) > field {
				return f, true, nil
			}
		}
	}
	return nil, false, nil
}

// column is the n-th of the columns between colons, counted from 0; nil if the line has fewer.
func column(line []byte, n int) []byte {
	for range n {
		i := bytes.IndexByte(line, ':')
		if i < 0 {
			return nil
		}
		line = line[i+1:]
	}
	if i := bytes.IndexByte(line, ':'); i >= 0 {
		return line[:i]
	}
	return line
}

func userName(uid int) string {
	if a, ok, err := readUser(strconv.Itoa(uid)); err == nil && ok {
		return a.Name
	}
	return strconv.Itoa(uid)
}

func groupName(gid int) string {
	if g, ok, err := readGroup(strconv.Itoa(gid)); err == nil && ok {
		return g.Name
	}
	return strconv.Itoa(gid)
}

// groupNames are the supplementary groups of an account, sorted.
func groupNames(user string) ([]string, error) {
	var names []string
	err := eachGroup(func(g Group) {
		if slices.Contains(g.Members, user) {
			names = append(names, g.Name)
		}
	})
	slices.Sort(names)
	return names, err
}

func groupIDs(user string) ([]int, error) {
	var ids []int
	err := eachGroup(func(g Group) {
		if slices.Contains(g.Members, user) {
			ids = append(ids, g.GID)
		}
	})
	return ids, err
}

func eachGroup(visit func(Group)) error {
	text, err := readAccountFile("/etc/group")
	if err != nil {
		return err
	}
	scan := bufio.NewScanner(bytes.NewReader(text))
	for scan.Scan() {
		f := strings.Split(scan.Text(), ":")
		if len(f) < 4 || f[3] == "" {
			continue
		}
		gid, _ := strconv.Atoi(f[2])
		visit(Group{Name: f[0], GID: gid, Members: strings.Split(f[3], ",")})
	}
	return scan.Err()
}
