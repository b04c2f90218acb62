package builtin

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

func userModule() module.Module {
	return module.Module{
		Name: "user",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "name", Required: true, Aliases: []string{"user"}},
			{Name: "state", Default: "present", Choices: []string{"absent", "present"}},
			{Name: "uid", Type: module.Int}, {Name: "non_unique", Type: module.Bool},
			{Name: "group"}, {Name: "groups", Type: module.List, Elements: module.Str}, {Name: "append", Type: module.Bool},
			// leave, pig's own, names groups that an account is taken out of; it makes no account.
			{Name: "leave", Type: module.List, Elements: module.Str},
			// idle, pig's own, refuses another user id while processes run as the account.
			{Name: "idle", Type: module.Bool},
			{Name: "home", Type: module.Path}, {Name: "create_home", Type: module.Bool, Default: true, Aliases: []string{"createhome"}}, {Name: "move_home", Type: module.Bool},
			{Name: "shell", Type: module.Path}, {Name: "comment"}, {Name: "password"}, {Name: "update_password", Default: "always", Choices: []string{"always", "on_create"}},
			{Name: "system", Type: module.Bool}, {Name: "remove", Type: module.Bool}, {Name: "force", Type: module.Bool, Only: false},
			{Name: "generate_ssh_key", Type: module.Bool}, {Name: "ssh_key_type", Default: "rsa"}, {Name: "ssh_key_bits", Type: module.Int},
			{Name: "ssh_key_file", Type: module.Path}, {Name: "ssh_key_comment"},
			{Name: "local", Type: module.Bool, Only: false},
		}},
		Run: runUser,
	}
}

func runUser(ctx context.Context, c *module.Call) (*value.Dict, error) {
	accounts := c.System.Accounts()
	name := c.Args.String("name")
	before, ok, err := accounts.User(name)
	if err != nil {
		return nil, err
	}
	result := value.DictOf("name", name, "state", c.Args.String("state"))
	if c.Args.String("state") == "absent" {
		if ok {
			err = accounts.RemoveUser(ctx, name, c.Args.Bool("remove"))
		}
		return result, err
	}
	if c.Args.Has("leave") {
		return result, leaveGroups(ctx, accounts, before, c.Args.Strings("leave"))
	}
	if err := uidFree(c, before, ok); err != nil {
		return nil, err
	}
	if ok {
		change, differs := userChange(c, before)
		if change.UID != nil {
			if err := idle(c, before); err != nil {
				return nil, err
			}
		}
		if differs {
			err = accounts.ModifyUser(ctx, name, change)
		}
	} else {
		err = accounts.AddUser(ctx, name, newUser(c))
	}
	if err != nil {
		return nil, err
	}
	after, _, err := accounts.User(name)
	if err != nil {
		return nil, err
	}
	result.Update(value.DictOf("uid", int64(after.UID), "group", int64(after.GID), "home", after.Home, "shell", after.Shell, "comment", after.Comment))
	if c.Args.Bool("generate_ssh_key") {
		err = sshKey(ctx, c, after, result)
	}
	return result, err
}

// leaveGroups takes an account out of groups, and out of no other.
func leaveGroups(ctx context.Context, accounts node.Accounts, before node.Account, leave []string) error {
	stay := slices.DeleteFunc(slices.Clone(before.Groups), func(g string) bool { return slices.Contains(leave, g) })
	if len(stay) == len(before.Groups) {
		return nil
	}
	return accounts.ModifyUser(ctx, before.Name, node.AccountChange{Groups: &stay})
}

// uidFree refuses a user id that another account has, as useradd and usermod do: a plan has to foresee it.
func uidFree(c *module.Call, before node.Account, exists bool) error {
	if !c.Args.Has("uid") || c.Args.Bool("non_unique") || exists && before.UID == c.Args.Int("uid") {
		return nil
	}
	uid, name := c.Args.Int("uid"), c.Args.String("name")
	other, taken, err := c.System.Accounts().User(fmt.Sprint(uid))
	if err != nil || !taken || other.Name == name {
		return err
	}
	return fmt.Errorf("user id %d is not unique: %s has it, so that %s needs another one", uid, other.Name, name)
}

func newUser(c *module.Call) node.AccountChange {
	n := node.AccountChange{
		Group: c.Args.Optional("group"), Home: c.Args.Optional("home"), Shell: c.Args.Optional("shell"), Comment: c.Args.Optional("comment"),
		Password: c.Args.Optional("password"), CreateHome: c.Args.Bool("create_home"), System: c.Args.Bool("system"), NonUnique: c.Args.Bool("non_unique"),
	}
	if c.Args.Has("uid") {
		uid := c.Args.Int("uid")
		n.UID = &uid
	}
	if c.Args.Has("groups") {
		groups := slices.Compact(slices.Sorted(slices.Values(c.Args.Strings("groups"))))
		n.Groups = &groups
	}
	return n
}

// userChange tells what of an account differs from what is asked.
func userChange(c *module.Call, before node.Account) (node.AccountChange, bool) {
	want := newUser(c)
	change := node.AccountChange{MoveHome: c.Args.Bool("move_home"), NonUnique: want.NonUnique}
	differs := false
	text := func(w *string, have string, to **string) {
		if w != nil && *w != have {
			*to = w
			differs = true
		}
	}
	if want.UID != nil && *want.UID != before.UID && before.UID >= 0 {
		change.UID, differs = want.UID, true
	}
	if want.Group != nil && *want.Group != before.Group && *want.Group != fmt.Sprint(before.GID) {
		change.Group, differs = want.Group, true
	}
	if want.Groups != nil {
		groups := *want.Groups
		if c.Args.Bool("append") {
			groups = slices.Concat(before.Groups, groups)
			slices.Sort(groups)
			groups = slices.Compact(groups)
		}
		if !slices.Equal(groups, before.Groups) {
			change.Groups, differs = &groups, true
		}
	}
	text(want.Home, before.Home, &change.Home)
	text(want.Shell, before.Shell, &change.Shell)
	text(want.Comment, before.Comment, &change.Comment)
	if c.Args.String("update_password") == "always" {
		text(want.Password, before.Password, &change.Password)
	}
	return change, differs
}

// sshKey makes the account's SSH key if it has none, and tells the public one.
func sshKey(ctx context.Context, c *module.Call, u node.Account, result *value.Dict) error {
	kind := c.Args.String("ssh_key_type")
	path := c.Args.String("ssh_key_file")
	switch {
	case path == "":
		path = filepath.Join(u.Home, ".ssh", "id_"+kind)
	case !filepath.IsAbs(path):
		path = filepath.Join(u.Home, path)
	}
	i, err := c.System.Files().Stat(path, true)
	if err != nil {
		return err
	}
	if !i.Exists() {
		if err := makeSSHKey(ctx, c, u, kind, path); err != nil {
			return err
		}
	}
	result.Set("ssh_key_file", path)
	if public, err := c.System.Files().Read(path + ".pub"); err == nil {
		result.Set("ssh_public_key", strings.TrimSpace(string(public)))
	}
	return nil
}

func makeSSHKey(ctx context.Context, c *module.Call, u node.Account, kind, path string) error {
	dir := filepath.Dir(path)
	mode := octalMode(0o700)
	i, err := c.System.Files().Stat(dir, true)
	if err != nil {
		return err
	}
	if !i.Exists() {
		if err := c.System.Files().Mkdir(dir, node.Attrs{Mode: &mode, Owner: u.Name, Group: u.Group}); err != nil {
			return err
		}
	}
	comment := c.Args.String("ssh_key_comment")
	if comment == "" {
		comment = "pig-generated on " + u.Name
	}
	argv := []string{"ssh-keygen", "-q", "-t", kind, "-N", "", "-C", comment, "-f", path}
	if bits := c.Args.Int("ssh_key_bits"); bits > 0 {
		argv = append(argv, "-b", fmt.Sprint(bits))
	}
	out, err := c.System.Exec(ctx, node.Cmd{Argv: argv, Stdin: []byte{}, Change: &node.Change{Kind: "ssh key", ID: path, Action: "create"}})
	if err != nil {
		return err
	}
	if out.RC != 0 {
		return fmt.Errorf("ssh-keygen: %s", strings.TrimSpace(string(out.Stderr)))
	}
	for _, p := range []string{path, path + ".pub"} {
		i, err := c.Scratch.Files().Stat(p, false)
		if err != nil {
			return err
		}
		own := node.Attrs{Owner: u.Name, Group: u.Group}
		if i.Exists() {
			err = c.Scratch.Files().Set(p, false, own)
		} else { // the key is only planned
			err = c.Scratch.Files().WriteUnknown(p, own)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func group() module.Module {
	return module.Module{
		Name: "group",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "name", Required: true}, {Name: "state", Default: "present", Choices: []string{"absent", "present"}},
			{Name: "gid", Type: module.Int}, {Name: "system", Type: module.Bool}, {Name: "local", Type: module.Bool, Only: false}, {Name: "force", Type: module.Bool, Only: false},
		}},
		Run: runGroup,
	}
}

func runGroup(ctx context.Context, c *module.Call) (*value.Dict, error) {
	accounts := c.System.Accounts()
	name := c.Args.String("name")
	before, ok, err := accounts.Group(name)
	if err != nil {
		return nil, err
	}
	switch {
	case c.Args.String("state") == "absent":
		if ok {
			err = accounts.RemoveGroup(ctx, name)
		}
	case !ok:
		var gid *int
		if c.Args.Has("gid") {
			g := c.Args.Int("gid")
			gid = &g
		}
		err = accounts.AddGroup(ctx, name, gid, c.Args.Bool("system"))
	case c.Args.Has("gid") && before.GID >= 0 && before.GID != c.Args.Int("gid"):
		err = accounts.ModifyGroup(ctx, name, c.Args.Int("gid"))
	}
	if err != nil {
		return nil, err
	}
	after, _, err := accounts.Group(name)
	return value.DictOf("name", name, "state", c.Args.String("state"), "gid", int64(after.GID)), err
}
