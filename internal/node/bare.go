package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"
)

// Bare is a machine of which nothing is known but that it is a fresh installation: what a plan without a connection looks at.
// It has the directories that every machine has, and root; all else is absent. It cannot be written to: put a Shadow before it.
type Bare struct{}

// For gives the machine to a task.
func (Bare) For(t Task) (System, error) {
	if t.User == "" {
		t.User = "root"
	}
	return bare{t.User}, nil
}

type bare struct{ user string }

// errBare is a write that reached the bare machine itself.
var errBare = errors.New("cannot change a machine that does not exist")

func (b bare) Files() Files       { return bareFiles{} }
func (b bare) Accounts() Accounts { return bareAccounts{} }
func (b bare) Packages() Packages { return barePackages{} }
func (b bare) Services() Services { return bareServices{} }
func (b bare) Net() Net           { return bareNet{} }
func (b bare) User() string       { return b.user }
func (b bare) Lock(string) error  { return nil }
func (b bare) Unlock() error      { return nil }

func (b bare) Holder() (string, error)               { return "", nil }
func (b bare) Evict(context.Context) (string, error) { return "", errBare }

// Await looks once: nothing comes about on a machine that is not there.
func (b bare) Await(ctx context.Context, w Wait) error { return Look(ctx, w) }

func (b bare) Foreseen(string) (string, bool) { return "", false }

func (b bare) Do(context.Context, Change, func(context.Context) error) error { return errBare }

func (b bare) Exec(_ context.Context, c Cmd) (Output, error) {
	return Output{}, fmt.Errorf("the output of %s: %w", c.Argv[0], ErrUnknown)
}

// bareDirs are on every machine.
var bareDirs = []string{
	"/", "/bin", "/boot", "/dev", "/etc", "/etc/apt", "/etc/apt/sources.list.d", "/etc/profile.d", "/etc/security", "/etc/security/limits.d",
	"/etc/cron.d", "/etc/modules-load.d", "/etc/sysctl.d", "/etc/tmpfiles.d", "/etc/udev/rules.d", "/etc/sudoers.d", "/etc/systemd", "/etc/systemd/system", "/home", "/lib", "/opt", "/proc", "/root", "/run", "/sbin", "/srv", "/sys", "/tmp",
	"/usr", "/usr/bin", "/usr/lib", "/usr/local", "/usr/local/bin", "/usr/local/share", "/usr/local/share/ca-certificates", "/usr/sbin",
	"/usr/share", "/var", "/var/lib", "/var/log", "/var/run", "/var/tmp",
}

// bareTexts are the files that modules read and that are on every machine.
var bareTexts = map[string]string{
	"/etc/hosts": "127.0.0.1 localhost\n", "/etc/hostname": "localhost\n", "/etc/apt/sources.list": "", "/etc/crontab": "",
	"/proc/sys/kernel/hostname": "localhost\n",
}

type bareFiles struct{}

func (bareFiles) Stat(path string, _ bool) (Info, error) {
	if slices.Contains(bareDirs, path) {
		return Info{Path: path, Kind: Dir, Mode: 0o755, Owner: "root", Group: "root", Nlink: 1}, nil
	}
	if text, ok := bareTexts[path]; ok {
		return Info{Path: path, Kind: File, Mode: 0o644, Owner: "root", Group: "root", Size: int64(len(text)), Nlink: 1}, nil
	}
	return Info{Path: path, Kind: Absent}, nil
}

func (bareFiles) Read(path string) ([]byte, error) {
	if text, ok := bareTexts[path]; ok {
		return []byte(text), nil
	}
	return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
}

func (bareFiles) List(string) ([]string, error)                                  { return nil, nil }
func (bareFiles) Write(string, []byte, Attrs) error                              { return errBare }
func (bareFiles) WriteUnknown(string, Attrs) error                               { return errBare }
func (bareFiles) Generate(string, func() ([]byte, error), Attrs) ([]byte, error) { return nil, errBare }
func (bareFiles) Mkdir(string, Attrs) error                                      { return errBare }
func (bareFiles) Symlink(string, string) error                                   { return errBare }
func (bareFiles) Hardlink(string, string) error                                  { return errBare }
func (bareFiles) Set(string, bool, Attrs) error                                  { return errBare }
func (bareFiles) Touch(string, Attrs) error                                      { return errBare }
func (bareFiles) Remove(string) error                                            { return errBare }
func (bareFiles) Rename(string, string) error                                    { return errBare }

type bareAccounts struct{}

func (bareAccounts) User(name string) (Account, bool, error) {
	if name == "root" || name == "0" {
		return Account{Name: "root", Group: "root", Home: "/root", Shell: "/bin/bash"}, true, nil
	}
	return Account{Name: name, UID: -1, GID: -1}, false, nil
}

func (bareAccounts) Group(name string) (Group, bool, error) {
	return Group{Name: name}, name == "root" || name == "0", nil
}

func (bareAccounts) AddUser(context.Context, string, AccountChange) error    { return errBare }
func (bareAccounts) ModifyUser(context.Context, string, AccountChange) error { return errBare }
func (bareAccounts) RemoveUser(context.Context, string, bool) error          { return errBare }
func (bareAccounts) AddGroup(context.Context, string, *int, bool) error      { return errBare }
func (bareAccounts) ModifyGroup(context.Context, string, int) error          { return errBare }
func (bareAccounts) RemoveGroup(context.Context, string) error               { return errBare }

type barePackages struct{}

func (barePackages) Installed(context.Context, []string) (map[string]string, error) {
	return map[string]string{}, nil
}

func (barePackages) Candidates(context.Context, []string) (map[string]string, error) {
	return nil, fmt.Errorf("contents of the repositories: %w", ErrUnknown)
}

func (barePackages) Refresh(context.Context) error                           { return errBare }
func (barePackages) Refreshed() time.Time                                    { return time.Time{} }
func (barePackages) Install(context.Context, []string, InstallOptions) error { return errBare }
func (barePackages) Remove(context.Context, []string, bool, bool) error      { return errBare }

type bareServices struct{}

func (bareServices) Unit(_ context.Context, name string) (Unit, error)  { return Unit{Name: name}, nil }
func (bareServices) Start(context.Context, string, UnitOptions) error   { return errBare }
func (bareServices) Stop(context.Context, string, UnitOptions) error    { return errBare }
func (bareServices) Restart(context.Context, string, UnitOptions) error { return errBare }
func (bareServices) Reload(context.Context, string, UnitOptions) error  { return errBare }
func (bareServices) Enable(context.Context, string, bool) error         { return errBare }
func (bareServices) Mask(context.Context, string, bool) error           { return errBare }
func (bareServices) DaemonReload(context.Context) error                 { return nil }

type bareNet struct{}

func (bareNet) Dial(context.Context, string, int, time.Duration, int) ([]byte, error) {
	return nil, ErrUnknown
}

func (bareNet) HTTP(context.Context, Request) (Response, error) { return Response{}, ErrUnknown }

func (bareNet) Converse(context.Context, Conversation) error { return ErrUnknown }

func (bareNet) Interfaces() ([]Interface, error) {
	return nil, fmt.Errorf("the network interfaces: %w", ErrUnknown)
}
