package node

import (
	"context"
	"slices"
	"strconv"
)

type shadowAccounts struct{ *shadowSystem }

func (a shadowAccounts) User(name string) (Account, bool, error) {
	a.shadow.mu.Lock()
	planned, ok := a.shadow.users[name]
	if !ok {
		planned, ok = a.shadow.numbered(name)
	}
	unsure := a.shadow.unsure("")
	a.shadow.mu.Unlock()
	if ok {
		if planned == nil {
			return Account{Name: name}, false, nil
		}
		return a.grouped(*planned), true, nil
	}
	u, ok, err := a.live.Accounts().User(name)
	if ok && u.Name != name { // found by its number, which the plan may have changed
		a.shadow.mu.Lock()
		now, changed := a.shadow.users[u.Name]
		a.shadow.mu.Unlock()
		ok = !changed || now != nil && now.UID == u.UID
	}
	if !ok {
		u.Assumed = unsure
	}
	return a.grouped(u), ok, err
}

// grouped is an account with the number that its primary group has by now.
func (a shadowAccounts) grouped(u Account) Account {
	a.shadow.mu.Lock()
	defer a.shadow.mu.Unlock()
	if g := a.shadow.groups[u.Group]; g != nil {
		u.GID = g.GID
	}
	return u
}

// numbered finds a planned account by its number. The caller holds the lock.
func (s *Shadow) numbered(number string) (*Account, bool) {
	uid, err := strconv.Atoi(number)
	if err != nil || uid < 0 {
		return nil, false
	}
	for _, u := range s.users {
		if u != nil && u.UID == uid {
			return u, true
		}
	}
	return nil, false
}

// groupNumbered finds a planned group by its number. The caller holds the lock.
func (s *Shadow) groupNumbered(number string) (*Group, bool) {
	gid, err := strconv.Atoi(number)
	if err != nil || gid < 0 {
		return nil, false
	}
	for _, g := range s.groups {
		if g != nil && g.GID == gid {
			return g, true
		}
	}
	return nil, false
}

func (a shadowAccounts) Group(name string) (Group, bool, error) {
	a.shadow.mu.Lock()
	planned, ok := a.shadow.groups[name]
	if !ok {
		planned, ok = a.shadow.groupNumbered(name)
	}
	a.shadow.mu.Unlock()
	if ok {
		if planned == nil {
			return Group{Name: name}, false, nil
		}
		return *planned, true, nil
	}
	g, ok, err := a.live.Accounts().Group(name)
	if ok && g.Name != name { // found by its number, which the plan may have changed
		a.shadow.mu.Lock()
		now, changed := a.shadow.groups[g.Name]
		a.shadow.mu.Unlock()
		ok = !changed || now != nil && now.GID == g.GID
	}
	return g, ok, err
}

func (a shadowAccounts) AddUser(_ context.Context, name string, c AccountChange) error {
	before, _, err := a.User(name)
	if err != nil {
		return err
	}
	u := Account{Name: name, UID: -1, GID: -1, Group: name, Home: "/home/" + name, Shell: "/bin/sh"}
	merge(&u, c)
	change := AddUserChange(name, c)
	change.Assumed = before.Assumed
	a.put(u)
	if c.Group == nil {
		a.putGroup(Group{Name: name, GID: -1})
	}
	a.record(change)
	if c.CreateHome {
		a.shadow.mu.Lock()
		a.shadow.files.put(&plannedFile{info: Info{Path: u.Home, Kind: Dir, Mode: 0o700, Owner: name, Group: u.Group, UID: -1, GID: -1}, fresh: true})
		a.shadow.mu.Unlock()
	}
	return nil
}

func merge(u *Account, c AccountChange) {
	c.Apply(u)
	if c.Group != nil {
		u.Group = *c.Group
	}
	if c.Groups != nil {
		u.Groups = slices.Sorted(slices.Values(*c.Groups))
	}
}

func (a shadowAccounts) put(u Account) {
	a.shadow.mu.Lock()
	defer a.shadow.mu.Unlock()
	a.shadow.users[u.Name] = &u
}

func (a shadowAccounts) putGroup(g Group) {
	a.shadow.mu.Lock()
	defer a.shadow.mu.Unlock()
	a.shadow.groups[g.Name] = &g
}

func (a shadowAccounts) ModifyUser(_ context.Context, name string, c AccountChange) error {
	before, _, err := a.User(name)
	if err != nil {
		return err
	}
	after := before
	merge(&after, c)
	if c.Group != nil {
		g, _, err := a.Group(*c.Group)
		if err != nil {
			return err
		}
		after.GID = g.GID
	}
	a.put(after)
	a.shadow.hand(before, after)
	a.record(ModifyUserChange(before, c))
	return nil
}

func (a shadowAccounts) RemoveUser(_ context.Context, name string, _ bool) error {
	a.shadow.mu.Lock()
	a.shadow.users[name] = nil
	a.shadow.mu.Unlock()
	a.record(Change{Kind: "user", ID: name, Action: "delete"})
	return nil
}

func (a shadowAccounts) AddGroup(_ context.Context, name string, gid *int, _ bool) error {
	g := Group{Name: name, GID: -1}
	if gid != nil {
		g.GID = *gid
	}
	a.putGroup(g)
	c := AddGroupChange(name, gid)
	a.shadow.mu.Lock()
	c.Assumed = a.shadow.unsure("")
	a.shadow.mu.Unlock()
	a.record(c)
	return nil
}

func (a shadowAccounts) ModifyGroup(_ context.Context, name string, gid int) error {
	before, _, err := a.Group(name)
	if err != nil {
		return err
	}
	after := before
	after.GID = gid
	a.putGroup(after)
	a.record(ModifyGroupChange(before, gid))
	return nil
}

func (a shadowAccounts) RemoveGroup(_ context.Context, name string) error {
	a.shadow.mu.Lock()
	a.shadow.groups[name] = nil
	a.shadow.mu.Unlock()
	a.record(Change{Kind: "group", ID: name, Action: "delete"})
	return nil
}
