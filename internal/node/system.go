// Package node is the only door through which pig touches a machine.
//
// Two things stand behind the door. Live acts. Shadow answers reads from the live machine overlaid with what was planned
// so far, and keeps writes in memory. Modules are written once, against System, so a plan is an apply on a shadow.
// Every write, live or planned, is recorded as a Change.
package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"
)

// ErrUnknown says that only a real run can tell: a command that a plan does not run, a file whose content an earlier
// planned step will make. A module that meets it has a result that is known after apply; it is not a failure.
var ErrUnknown = errors.New("known after apply")

// ErrStale is the ErrUnknown of package lists that a plan will fetch again from the same repositories: what they had they most
// likely still have, what they had not they may have by then.
var ErrStale = fmt.Errorf("the package lists will be fetched again: %w", ErrUnknown)

// ErrNotYet is the ErrUnknown of a read that needs a service which the plan starts: nothing that is declared can be in it.
var ErrNotYet = fmt.Errorf("the service is not running yet: %w", ErrUnknown)

// System is one machine, as one user, during one task.
type System interface {
	Files() Files
	Accounts() Accounts
	Packages() Packages
	Services() Services
	Net() Net
	// Exec runs a command. A non-zero exit is no error. A Shadow runs it only if it is ReadOnly; with a Change it records
	// that and answers an empty, successful output; else it gives ErrUnknown.
	Exec(ctx context.Context, c Cmd) (Output, error)
	// Lock keeps everybody else from applying to this machine until this process ends or Unlock is called; holder tells who
	// has it. *Locked if another process holds it. A Shadow locks nothing.
	Lock(holder string) error
	Unlock() error
	// Holder tells who has the lock that this account's Lock would take, "" if nobody has it.
	Holder() (string, error)
	// Evict ends the agent that has that lock, whatever it is at, and tells who had it, "" if nobody.
	Evict(ctx context.Context) (holder string, err error)
	// Await waits until w is met. A Shadow cannot wait: it looks once, and what is not met counts as met.
	Await(ctx context.Context, w Wait) error
	// Do makes a change of several steps, which is recorded as this one once all are done: so the steps are made by a System that records
	// nothing. A Shadow records it and takes no step: what they would have found out stays what it was before, which a module sets to what
	// it foresees, or to something unknown.
	Do(ctx context.Context, c Change, steps func(ctx context.Context) error) error
	// Foreseen tells a fact that a change of the plan Makes, on this machine. On a machine that acts it is never ok: what is so is asked of
	// whom it is about.
	Foreseen(fact string) (value string, ok bool)
	// User is the account that the task runs as.
	User() string
}

// Machine gives a System for each task: a Live or a Shadow.
type Machine interface {
	For(t Task) (System, error)
}

// Task says on whose behalf a System works.
type Task struct {
	User   string            // the account to act as; "" is the agent's own
	Env    map[string]string // added to the environment of commands
	Record func(Change)      // takes what is written, in order
}

// Cmd is a command to run: an argument vector, never a line for a shell.
type Cmd struct {
	Argv     []string
	Dir      string
	Env      map[string]string
	Stdin    []byte
	Umask    int    // 0: the usual one
	ReadOnly bool   // it changes nothing, so a plan may run it
	Needs    string // the unit that must be up for it; a plan that starts the unit answers ErrNotYet
	Brought  string // the package that brings what it tells of; a plan that installs the package answers ErrUnknown
	Verify   bool   // it judges what was just written: a plan takes it that it succeeds
	// Reads are files of configuration and links that decide what a ReadOnly command tells: a plan that writes them shows it what they will be.
	Reads  []string
	Change *Change
	// Given are files that lie in a directory of the command's own while it runs, which only its account may enter. GivenDir in an argument is
	// the path of that.
	Given []Given
	// Sees are paths as the command is to find them instead of what is there: a check reads a new configuration under its own name
	// before it stands there. Nobody else sees them, and nothing is written for them. A Shadow adds what it plans; where it cannot
	// tell all that the check would read, it takes it that the check succeeds. Not nil and empty: a check of what stands there.
	Sees []Seen
}

// Given is a file that a command is given for as long as it runs.
type Given struct {
	Name    string
	Content []byte
	Program bool
}

// GivenDir stands for the directory of the files that a command is given.
const GivenDir = "{given}"

// AnyChange is the fact that something on the machine changes before this: a command that looks around by itself may not see what will be.
const AnyChange = "*"

// Seen is a file as one command finds it, or that it finds none.
type Seen struct {
	Path    string
	Content []byte
	Attrs   Attrs // what is nil or "" is as on the file that is there
	Kind    Kind  // File, Dir, Link (to Content) or Absent
}

// AnyPackage and AnyUnit say that a command tells of all of them: as Brought, of the packages that are installed; as Needs, of which units run.
const AnyPackage, AnyUnit = "*", "*"

// Output is what a command left behind.
type Output struct {
	Stdout, Stderr []byte
	RC             int
	Start, End     time.Time
}

// Kind is the type of a directory entry.
type Kind string

// The kinds of directory entries. Absent is the kind of a path where nothing is.
const (
	Absent  Kind = "absent"
	File    Kind = "file"
	Dir     Kind = "directory"
	Link    Kind = "link"
	Special Kind = "special"
)

// Info is what is known of a path.
type Info struct {
	Path   string
	Kind   Kind
	Mode   fs.FileMode // permission bits with setuid, setgid and sticky as in st_mode & 07777
	Owner  string
	Group  string
	UID    int // -1 where the account is only planned
	GID    int
	Size   int64
	Mtime  time.Time
	Atime  time.Time
	Ctime  time.Time
	Inode  uint64
	Dev    uint64
	Nlink  uint64
	Target string // of a link
	// Assumed says that the path is absent now, but that a package planned before might bring it.
	Assumed bool
}

// Exists tells whether something is there.
func (i Info) Exists() bool { return i.Kind != Absent && i.Kind != "" }

// Attrs are the attributes to set; nil and "" leave one as it is, or as the system makes it on a new entry.
type Attrs struct {
	Mode  *fs.FileMode
	Owner string // a name or a number
	Group string
	// NoDiff keeps the content of a write from being shown: there are secrets in it that nobody named.
	NoDiff bool
	// Mtime is when the content was last changed, as an archive has it; zero is now. It alone is no reason for a change.
	Mtime time.Time
}

// Files is the file tree.
type Files interface {
	// Stat describes path; nothing there is no error. It follows a final link if told so.
	Stat(path string, follow bool) (Info, error)
	// Read gives the whole content; fs.ErrNotExist if there is none, ErrUnknown if it is only planned.
	Read(path string) ([]byte, error)
	// ReadAt gives up to n bytes of the content from offset on; fewer at its end.
	ReadAt(path string, offset int64, n int) ([]byte, error)
	// Stage keeps a piece of a large file, for Place; the first one, at offset 0, begins anew. It changes nothing yet.
	Stage(path string, offset int64, piece []byte) error
	// Unstage forgets them.
	Unstage(path string) error
	// Place puts the pieces that were staged for path, size bytes in all, into its place in one step.
	Place(path string, size int64, a Attrs) error
	// List names the entries of a directory, sorted.
	List(path string) ([]string, error)
	// Write replaces the content of path in one step and sets its attributes. The directory must exist.
	Write(path string, content []byte, a Attrs) error
	// WriteUnknown plans a write whose content cannot be known yet. A Live never needs it.
	WriteUnknown(path string, a Attrs) error
	// Generate writes content that is different each time it is made, such as a key. A Shadow does not make it: it answers
	// ErrUnknown after recording the write.
	Generate(path string, create func() ([]byte, error), a Attrs) ([]byte, error)
	// Mkdir makes one directory.
	Mkdir(path string, a Attrs) error
	// Symlink and Hardlink make path a link to target, in place of any link or file that is there.
	Symlink(target, path string) error
	Hardlink(target, path string) error
	// Set changes the attributes of what is there.
	Set(path string, follow bool, a Attrs) error
	// Touch sets the times of path to now, or makes it.
	Touch(path string, a Attrs) error
	// Remove removes path with everything below it; nothing there is no error.
	Remove(path string) error
	// Rename moves a file within a file system.
	Rename(from, to string) error
}

// Account is a user.
type Account struct {
	Name     string
	UID, GID int
	Group    string   // the primary group's name
	Groups   []string // the others, sorted
	Home     string
	Shell    string
	Comment  string
	Password string // the hash, "" if it cannot be read
	Expires  string
	Assumed  bool // there is none now, but a planned package or command might make it
}

// AccountChange says what to make of an account; a nil field stays.
type AccountChange struct {
	UID        *int
	Group      *string
	Groups     *[]string // the whole set of supplementary groups
	Home       *string
	MoveHome   bool
	CreateHome bool
	Shell      *string
	Comment    *string
	Password   *string // a hash
	System     bool
	NonUnique  bool
}

// Apply makes the change on what is known of an account, but for its groups.
func (c AccountChange) Apply(u *Account) {
	set := func(to *string, v *string) {
		if v != nil {
			*to = *v
		}
	}
	if c.UID != nil {
		u.UID = *c.UID
	}
	set(&u.Home, c.Home)
	set(&u.Shell, c.Shell)
	set(&u.Comment, c.Comment)
	set(&u.Password, c.Password)
}

// Group is a group of users.
type Group struct {
	Name    string
	GID     int
	Members []string
}

// Accounts are the users and groups.
type Accounts interface {
	User(name string) (Account, bool, error)
	Group(name string) (Group, bool, error)
	AddUser(ctx context.Context, name string, c AccountChange) error
	ModifyUser(ctx context.Context, name string, c AccountChange) error
	RemoveUser(ctx context.Context, name string, home bool) error
	AddGroup(ctx context.Context, name string, gid *int, system bool) error
	ModifyGroup(ctx context.Context, name string, gid int) error
	RemoveGroup(ctx context.Context, name string) error
}

// Packages are the distribution's packages.
type Packages interface {
	// Installed gives the version of each of names that is installed.
	Installed(ctx context.Context, names []string) (map[string]string, error)
	// Candidates gives the version that would be installed of each of names; a name that no repository has is missing.
	// ErrUnknown if a repository is only planned.
	Candidates(ctx context.Context, names []string) (map[string]string, error)
	// Refresh fetches the lists of what the repositories have.
	Refresh(ctx context.Context) error
	// Refreshed is when the lists were last fetched; zero if never.
	Refreshed() time.Time
	// Install installs or upgrades specs ("name" or "name=version", or paths of package files) in one transaction.
	Install(ctx context.Context, specs []string, o InstallOptions) error
	// Remove removes names in one transaction, with their configuration if purge.
	Remove(ctx context.Context, names []string, purge, autoremove bool) error
}

// InstallOptions tune a package transaction.
type InstallOptions struct {
	Recommends     *bool // nil: as the machine is configured
	AllowDowngrade bool
	AllowUnsigned  bool
	Force          bool
	OnlyUpgrade    bool
	Release        string
	// NoStart keeps the packages' services from being started by their installation.
	NoStart bool
}

// Unit is the state of a systemd unit.
type Unit struct {
	Name         string
	Exists       bool
	Active       string // active, inactive, activating, deactivating, failed ...
	Sub          string
	Enabled      string // enabled, disabled, static, masked, indirect, generated ... "" if there is no unit file
	Result       string
	PID          int
	InvocationID string
	NeedReload   bool // systemd has read other unit files than those that are there
	Assumed      bool // the unit itself is only planned, or a planned package may bring it
}

// Running tells whether the unit is up or coming up. One that waits for its automatic restart is down.
func (u Unit) Running() bool {
	if u.Sub == "auto-restart" {
		return false
	}
	return u.Active == "active" || u.Active == "activating" || u.Active == "reloading"
}

// Services are the systemd units of the machine.
type Services interface {
	Unit(ctx context.Context, name string) (Unit, error)
	Start(ctx context.Context, name string, o UnitOptions) error
	Stop(ctx context.Context, name string, o UnitOptions) error
	Restart(ctx context.Context, name string, o UnitOptions) error
	Reload(ctx context.Context, name string, o UnitOptions) error
	Enable(ctx context.Context, name string, on bool) error
	Mask(ctx context.Context, name string, on bool) error
	// DaemonReload makes systemd read its unit files again. It is no change by itself.
	DaemonReload(ctx context.Context) error
}

// UnitOptions tune an action on a unit.
type UnitOptions struct {
	NoBlock bool
	Impact  Impact // what it does to those who use the service; ImpactNone means the action's own
}

// PieceSize is how much of a large file travels, or lies in memory, at once. Smaller files go in one piece.
const PieceSize = 8 << 20

// umask is the one that a login of root has on every distribution; the agent does not depend on what sshd left it.
const umask fs.FileMode = 0o022
