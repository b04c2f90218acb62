package modules

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"pig/internal/module"
	"pig/internal/node"
	etcd "pig/internal/products/etcd/model"
	"pig/internal/value"
)

// etcdAuth makes etcd ask for passwords, and users what they are declared to be: each with a role of its own name that may
// read and write below its prefixes. It takes one user (user, password, prefix), or users with name, password, prefix (text
// or list) and state, or none. What is not declared stays. Run it once, on any node that reaches etcd.
//
// In a plan where etcd does not answer it is taken to be empty, unless this node was its member or its client before.
func etcdAuth() module.Module {
	return module.Module{
		Name: "etcd_auth",
		Spec: module.Spec{Args: append(etcdArgs(),
			module.Arg{Name: "user"}, module.Arg{Name: "password"}, module.Arg{Name: "prefix", Type: module.List, Elements: module.Str},
			module.Arg{Name: "state", Default: "present", Choices: []string{"present", "absent"}},
			module.Arg{Name: "users", Type: module.List},
			// enable is false where users are made before anybody is asked for a password.
			module.Arg{Name: "enable", Type: module.Bool, Default: true},
		), Exclusive: [][]string{{"user", "users"}}},
		Run: runEtcdAuth,
	}
}

func runEtcdAuth(ctx context.Context, c *module.Call) (*value.Dict, error) {
	users, err := etcdUsers(c)
	if err != nil {
		return nil, err
	}
	a := etcdAuthorizer{etcdClient: newEtcd(c)}
	guarded, err := a.awaitRoot(ctx, users)
	switch {
	case errors.Is(err, node.ErrUnknown) && a.wasThere():
		return nil, fmt.Errorf("contents of etcd, which is not running: %w", node.ErrUnknown)
	case errors.Is(err, node.ErrUnknown):
		a.assumed = true
	case a.idle:
		return value.DictOf("enabled", true), nil
	case err != nil:
		return nil, etcdTrouble(ctx, c, err)
	case a.assumed:
		return value.DictOf("enabled", true), a.foresee(ctx, users)
	case guarded && a.token == "":
		return nil, errors.New("etcd requires a password: give root_password")
	}
	if a.outdated {
		if err := a.renew(ctx); err != nil {
			return nil, err
		}
	}
	if c.Args.Has("root_password") && !guarded {
		if err := a.open(ctx, c.Args.Bool("enable")); err != nil {
			return nil, err
		}
	}
	for _, u := range users {
		if err := a.settle(ctx, u, guarded); err != nil {
			return nil, err
		}
	}
	return value.DictOf("enabled", guarded || c.Args.Bool("enable") && c.Args.Has("root_password")), nil
}

// wasThere tells whether this node has something of an etcd that was set up before: what members keep of its root, or the
// configuration of a client.
func (e *etcdClient) wasThere() bool {
	a := e.call.Args
	return e.has(a.String("password_file")) || a.String("client") != "" && e.has(a.String("client"))
}

func etcdUsers(c *module.Call) ([]etcd.User, error) {
	if name := c.Args.String("user"); name != "" {
		return []etcd.User{{Name: name, Password: c.Args.String("password"), Prefixes: c.Args.Strings("prefix"), Absent: c.Args.String("state") == "absent"}}, nil
	}
	var errs []error
	var users []etcd.User
	for _, item := range c.Args.List("users") {
		f := module.NewFields("etcd user", item, &errs)
		u := etcd.User{Name: f.Text("name"), Password: f.Text("password"), Absent: f.Choice("state", "present", "create", "absent") == "absent"}
		for _, p := range f.Items("prefix") {
			u.Prefixes = append(u.Prefixes, value.Str(p))
		}
		users = append(users, u)
	}
	return users, module.Joined(errs)
}

type etcdAuthorizer struct {
	*etcdClient
	assumed bool // nobody answers in a plan, or not to root as it will be
	idle    bool // root has another password, and nothing to do
}

// awaitRoot logs in as root, and tells whether etcd asks for passwords. Its password is the declared one by now: a member gives it, before
// others come.
func (a *etcdAuthorizer) awaitRoot(ctx context.Context, users []etcd.User) (guarded bool, err error) {
	wrong := a.call.System.Await(ctx, node.Wait{
		Met: func(ctx context.Context) error {
			guarded, err = a.enter(ctx)
			if !errors.Is(err, errRoot) {
				return nil
			}
			if a.idle = a.admits(ctx, users); a.idle {
				return nil
			}
			return err
		},
		Assume: func(error) { a.assumed, err = true, nil },
	})
	return guarded, cmp.Or(wrong, err)
}

// open gives root its password, before anybody is asked for one.
func (a *etcdAuthorizer) open(ctx context.Context, enable bool) error {
	password := a.call.Args.String("root_password")
	user, role, err := a.account(ctx, etcd.Root)
	if err != nil {
		return err
	}
	calls := etcd.PlanUser(etcd.User{Name: etcd.Root, Password: password}, user, role, false)
	if enable {
		calls = append(calls, etcd.Enable())
	}
	if err := a.run(ctx, calls); err != nil || !enable || a.assumed {
		return err
	}
	return a.enterAnew(ctx)
}

// enterAnew logs in with the password that root was just given.
func (a *etcdAuthorizer) enterAnew(ctx context.Context) error {
	return a.call.System.Await(ctx, node.Wait{Met: func(ctx context.Context) error {
		token, ok, err := a.login(ctx, etcd.Root, a.call.Args.String("root_password"))
		switch {
		case err != nil:
			return err
		case !ok:
			return errors.New("etcd refuses the new password of root")
		}
		a.token = token
		return nil
	}})
}

// admits tells whether all users can log in as they are declared: then root, whose password this node does not know, has
// nothing to do for them. So it is in a plan that gives root another password first.
func (a *etcdAuthorizer) admits(ctx context.Context, users []etcd.User) bool {
	for _, u := range users {
		if u.Absent {
			return false
		}
		if _, ok, err := a.login(ctx, u.Name, u.Password); err != nil || !ok {
			return false
		}
	}
	return len(users) > 0
}

// foresee plans what root will do once it has its new password, which the run gives it before this and the live etcd does not know:
// users whose password is another get theirs.
func (a *etcdAuthorizer) foresee(ctx context.Context, users []etcd.User) error {
	a.call.Facts.Warn("etcd refuses the password of root now: this run changes the password first")
	for _, u := range users {
		_, knows, err := a.login(ctx, u.Name, u.Password)
		if err != nil {
			return err
		}
		if knows && !u.Absent {
			continue
		}
		call := etcd.ChangePassword(u.Name, u.Password)
		if u.Absent {
			call = etcd.DeleteUser(u.Name)
		}
		if err := a.run(ctx, []etcd.Call{call}); err != nil {
			return err
		}
	}
	return nil
}

// renew gives root the password that is declared now.
func (a *etcdAuthorizer) renew(ctx context.Context) error {
	password := a.call.Args.String("root_password")
	if err := a.run(ctx, []etcd.Call{etcd.ChangePassword(etcd.Root, password)}); err != nil {
		return err
	}
	return a.enterAnew(ctx)
}

// settle makes a user and its role what they should be. Clusters that share a user, as the groups of Citus do, may create it at the same time: who
// comes second looks again.
func (a *etcdAuthorizer) settle(ctx context.Context, u etcd.User, guarded bool) error {
	for try := 1; ; try++ {
		err := a.settleOnce(ctx, u, guarded)
		if err == nil || try == settleTries || !says(err, "name already exists") {
			return err
		}
	}
}

// settleTries are enough for a user and a role that others create meanwhile.
const settleTries = 3

func (a *etcdAuthorizer) settleOnce(ctx context.Context, u etcd.User, guarded bool) error {
	user, role, err := a.account(ctx, u.Name)
	if err != nil {
		return err
	}
	knows := false
	if user.Exists && guarded && !u.Absent {
		if _, knows, err = a.login(ctx, u.Name, u.Password); err != nil {
			return err
		}
	}
	return a.run(ctx, etcd.PlanUser(u, user, role, knows))
}

// account reads the user and the role of a name.
func (a *etcdAuthorizer) account(ctx context.Context, name string) (user, role etcd.Account, err error) {
	if a.assumed {
		return user, role, nil
	}
	var u struct {
		Roles []string `json:"roles"`
	}
	err = a.ask(ctx, "auth/user/get", map[string]string{"name": name}, &u)
	if err == nil {
		user = etcd.Account{Exists: true, Roles: u.Roles}
	} else if !says(err, "user name not found") {
		return user, role, err
	}
	var r struct {
		Perm []etcd.Permission `json:"perm"`
	}
	err = a.ask(ctx, "auth/role/get", map[string]string{"role": name}, &r)
	if err == nil {
		role = etcd.Account{Exists: true, Permissions: r.Perm}
	} else if !says(err, "role name not found") {
		return user, role, err
	}
	return user, role, nil
}

func (a *etcdAuthorizer) run(ctx context.Context, calls []etcd.Call) error {
	for _, call := range calls {
		change := node.Change{Kind: call.Kind, ID: call.Name, Action: call.Action, Assumed: a.assumed}
		if call.Detail != "" {
			change.ID += " " + call.Detail
		}
		err := a.do(ctx, "auth/"+call.Path, call.Body, change)
		if a.assumed && errors.Is(err, node.ErrUnknown) {
			err = nil
		}
		if err != nil {
			return fmt.Errorf("%s %s %s: %w", call.Action, call.Kind, call.Name, err)
		}
	}
	return nil
}
