package imitation

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"pig/internal/node"
)

// accounts are the users and groups of a machine. Its owner has the lock.
type accounts struct {
	users  []*node.Account
	groups []*node.Group
}

func newAccounts() accounts {
	a := accounts{groups: []*node.Group{{Name: "root"}, {Name: "sudo", GID: 27}, {Name: "nogroup", GID: 65534}, {Name: "adm", GID: 4}, {Name: "systemd-journal", GID: 999}, {Name: "ssl-cert", GID: 998}, {Name: "crontab", GID: 997}}}
	a.users = []*node.Account{
		{Name: "root", Group: "root", Home: "/root", Shell: "/bin/bash", Password: "*"},
		{Name: "nobody", UID: 65534, GID: 65534, Group: "nogroup", Home: "/nonexistent", Shell: "/usr/sbin/nologin", Password: "*"},
	}
	return a
}

func (a accounts) clone() accounts {
	var c accounts
	for _, u := range a.users {
		v := *u
		c.users = append(c.users, &v)
	}
	for _, g := range a.groups {
		v := *g
		v.Members = slices.Clone(g.Members)
		c.groups = append(c.groups, &v)
	}
	return c
}

func (a accounts) user(name string) (*node.Account, bool) {
	for _, u := range a.users {
		if u.Name == name || strconv.Itoa(u.UID) == name {
			return u, true
		}
	}
	return nil, false
}

func (a accounts) group(name string) (*node.Group, bool) {
	for _, g := range a.groups {
		if g.Name == name || strconv.Itoa(g.GID) == name {
			return g, true
		}
	}
	return nil, false
}

func (a accounts) userName(uid int) string {
	if u, ok := a.user(strconv.Itoa(uid)); ok {
		return u.Name
	}
	return strconv.Itoa(uid)
}

func (a accounts) groupName(gid int) string {
	if g, ok := a.group(strconv.Itoa(gid)); ok {
		return g.Name
	}
	return strconv.Itoa(gid)
}

// free is the next number that neither a user nor a group has.
func (a accounts) free(system bool) int {
	n := 1000
	if system {
		n = 101
	}
	for ; ; n++ {
		_, user := a.user(strconv.Itoa(n))
		_, group := a.group(strconv.Itoa(n))
		if !user && !group {
			return n
		}
	}
}

func (a *accounts) addGroup(name string, gid *int, system bool) {
	id := a.free(system)
	if gid != nil {
		id = *gid
	}
	a.groups = append(a.groups, &node.Group{Name: name, GID: id})
}

type people struct{ *system }

func (p people) User(name string) (node.Account, bool, error) {
	p.Machine.mu.Lock()
	defer p.Machine.mu.Unlock()
	u, ok := p.accounts.user(name)
	if !ok {
		return node.Account{}, false, nil
	}
	c := *u
	c.Groups = nil
	for _, g := range p.accounts.groups {
		if slices.Contains(g.Members, u.Name) {
			c.Groups = append(c.Groups, g.Name)
		}
	}
	slices.Sort(c.Groups)
	return c, true, nil
}

func (p people) Group(name string) (node.Group, bool, error) {
	p.Machine.mu.Lock()
	defer p.Machine.mu.Unlock()
	if g, ok := p.accounts.group(name); ok {
		return *g, true, nil
	}
	return node.Group{}, false, nil
}

func (p people) AddUser(_ context.Context, name string, c node.AccountChange) error {
	return p.change("useradd "+name, func() (node.Change, bool, error) {
		err := p.locked(func() error { return p.addUser(name, c) })
		return node.AddUserChange(name, c), true, err
	})
}

// addUser does what useradd does. The caller holds the lock.
func (m *Machine) addUser(name string, c node.AccountChange) error {
	if _, ok := m.accounts.user(name); ok {
		return fmt.Errorf("useradd: user '%s' already exists", name)
	}
	u := &node.Account{Name: name, UID: m.accounts.free(c.System), Home: "/home/" + name, Shell: "/bin/sh", Password: "!"}
	if c.UID != nil {
		u.UID = *c.UID
		if _, taken := m.accounts.user(strconv.Itoa(u.UID)); taken && !c.NonUnique {
			return fmt.Errorf("useradd: UID %d is not unique", u.UID)
		}
	}
	if c.Group == nil {
		if _, ok := m.accounts.group(name); !ok {
			m.accounts.addGroup(name, &u.UID, c.System)
		}
		c.Group = &name
	}
	m.accounts.users = append(m.accounts.users, u)
	if err := m.modify(u, c); err != nil {
		return err
	}
	if c.CreateHome {
		m.mkdirs(u.Home, 0o755)
		home, err := m.tree.walk(u.Home, true, &node.Account{}, m.accounts.userName)
		if err != nil {
			return err
		}
		home.entry.mode, home.entry.uid, home.entry.gid = 0o700, u.UID, u.GID
	}
	return nil
}

func (m *Machine) modify(u *node.Account, c node.AccountChange) error {
	c.Apply(u)
	if c.Group != nil {
		g, ok := m.accounts.group(*c.Group)
		if !ok {
			return fmt.Errorf("group '%s' does not exist", *c.Group)
		}
		u.GID, u.Group = g.GID, g.Name
	}
	if c.Groups == nil {
		return nil
	}
	for _, g := range m.accounts.groups {
		g.Members = slices.DeleteFunc(g.Members, func(n string) bool { return n == u.Name })
	}
	for _, name := range *c.Groups {
		g, ok := m.accounts.group(name)
		if !ok {
			return fmt.Errorf("group '%s' does not exist", name)
		}
		g.Members = append(g.Members, u.Name)
	}
	return nil
}

// handOn gives what an account has in its home by its former numbers to its new ones, as usermod does. The caller holds the lock.
func (m *Machine) handOn(home string, was, is node.Account) {
	top, err := m.tree.walk(home, false, &node.Account{}, m.accounts.userName)
	if err != nil || top.entry == nil || was.UID == is.UID && was.GID == is.GID {
		return
	}
	var give func(e *entry)
	give = func(e *entry) {
		if e.uid == was.UID {
			e.uid = is.UID
			if e.gid == was.GID {
				e.gid = is.GID
			}
		}
		for _, child := range e.children {
			give(child)
		}
	}
	give(top.entry)
}

func (p people) ModifyUser(_ context.Context, name string, c node.AccountChange) error {
	before, ok, err := p.User(name)
	if err != nil || !ok {
		return fmt.Errorf("user %q not found on this node", name)
	}
	return p.change("usermod "+name, func() (node.Change, bool, error) {
		err := p.locked(func() error {
			u, _ := p.accounts.user(name)
			was := *u
			if err := p.modify(u, c); err != nil {
				return err
			}
			p.handOn(u.Home, was, *u)
			return nil
		})
		return node.ModifyUserChange(before, c), true, err
	})
}

func (p people) RemoveUser(_ context.Context, name string, home bool) error {
	return p.change("userdel "+name, func() (node.Change, bool, error) {
		err := p.locked(func() error {
			u, ok := p.accounts.user(name)
			if !ok {
				return fmt.Errorf("userdel: user '%s' does not exist", name)
			}
			if home {
				if s, err := p.tree.walk(u.Home, false, &node.Account{}, p.accounts.userName); err == nil && s.dir != nil {
					delete(s.dir.children, s.name)
				}
			}
			p.accounts.users = slices.DeleteFunc(p.accounts.users, func(o *node.Account) bool { return o == u })
			return nil
		})
		return node.Change{Kind: "user", ID: name, Action: "delete"}, true, err
	})
}

func (p people) AddGroup(_ context.Context, name string, gid *int, system bool) error {
	return p.change("groupadd "+name, func() (node.Change, bool, error) {
		err := p.locked(func() error {
			if _, ok := p.accounts.group(name); ok {
				return fmt.Errorf("groupadd: group '%s' already exists", name)
			}
			p.accounts.addGroup(name, gid, system)
			return nil
		})
		return node.AddGroupChange(name, gid), true, err
	})
}

func (p people) ModifyGroup(_ context.Context, name string, gid int) error {
	before, _, _ := p.Group(name)
	return p.change("groupmod "+name, func() (node.Change, bool, error) {
		err := p.locked(func() error {
			g, ok := p.accounts.group(name)
			if !ok {
				return fmt.Errorf("groupmod: group '%s' does not exist", name)
			}
			for _, u := range p.accounts.users {
				if u.GID == g.GID {
					u.GID = gid
				}
			}
			g.GID = gid
			return nil
		})
		return node.ModifyGroupChange(before, gid), true, err
	})
}

func (p people) RemoveGroup(_ context.Context, name string) error {
	return p.change("groupdel "+name, func() (node.Change, bool, error) {
		err := p.locked(func() error {
			p.accounts.groups = slices.DeleteFunc(p.accounts.groups, func(g *node.Group) bool { return g.Name == name })
			return nil
		})
		return node.Change{Kind: "group", ID: name, Action: "delete"}, true, err
	})
}
