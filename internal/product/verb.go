package product

import (
	"context"
	"strings"

	"pig/internal/value"
)

// Commander is a product that has verbs.
type Commander interface{ Verbs() []Verb }

// Verb is a verb of pig that a product has. It knows no command line: whoever shows it gives it the flags of all verbs, and a Work.
type Verb struct {
	Use                  string // name and arguments: pgsql-add CLUSTER [HOST ...]
	Aliases              []string
	Short, Long, Example string
	Group                string // under which help lists it
	Args                 Args
	// Offer are what an argument of a kind that Use names can be, after the arguments args; nil is what every inventory knows: see Offers.
	Offer func(e *Environment, kind string, args []string) []string
	// Confirm is the help of a flag that has the name which is typed otherwise; "" for no such flag.
	Confirm string
	// Loses gives it the flag of names that may lose their data.
	Loses bool
	Flags []Flag
	// Exclusive are flags of which one can be given, Together those that are given all or none.
	Exclusive, Together []string
	Run                 func(ctx context.Context, w Work) error
}

// The groups of verbs that several products have.
const (
	ModuleGroup  = "One module:"
	MembersGroup = "Hosts and members of the other modules:"
)

// ConfirmCluster is the help of --confirm where the name of a cluster confirms.
const ConfirmCluster = "name of the cluster, instead of typing it"

// Name is the verb itself.
func (v Verb) Name() string {
	name, _, _ := strings.Cut(v.Use, " ")
	return name
}

// Args say how many arguments a verb has.
type Args struct {
	Least, Most int  // Most is Many for any number
	ByLimit     bool // the pattern of -l may stand for the first one, as playbooks have it
}

// Many is no upper bound.
const Many = -1

// Flag is a flag of a verb's own.
type Flag struct {
	Name, Help string
	Kind       Kind
	Takes      string   // the kind of argument that it takes, as in Use: MEMBER
	Words      []string // those that it takes, if they are few
}

// Kind is what a flag takes.
type Kind int

// The kinds of flags.
const (
	Text Kind = iota
	Switch
	Number
)

// Work is what a verb may ask of the session that it runs in.
type Work interface {
	Environment() *Environment
	Args() []string
	// Text, Switch and Number are the values of the verb's own flags.
	Text(flag string) string
	Switch(flag string) bool
	Number(flag string) int
	// Limit is the pattern of -l, Limited are the hosts that it leaves: all without one.
	Limit() string
	Limited() ([]string, error)
	// Match are the hosts that patterns select.
	Match(patterns []string) ([]string, error)
	// Vars are the variables of a host.
	Vars(host string) *value.Dict
	// NoCluster says that there is no such cluster, and which one may be meant.
	NoCluster(name string) error
	// PlansOnly tells that nothing is changed: --check.
	PlansOnly() bool
	// Unguarded fails if a safeguard is on for any of hosts.
	Unguarded(safeguard string, hosts []string) error
	// Typed wants the name of what loses its data to be typed; loss tells what is lost.
	Typed(name, loss string) error
	// Preview shows the plan of a playbook, and tells how many tasks would change something. It shows nothing where the confirmation was
	// given already, and takes it that there is something to do.
	Preview(ctx context.Context, p Play) (changes int, err error)
	// Play runs one of pig's playbooks.
	Play(ctx context.Context, p Play) error
	// TellKnown tells which passwords hosts take along that leave a product, if their removal ended with err and has done what it can.
	TellKnown(product string, hosts []string, err error)
	// Serving is the host of a cluster's leader, as its members tell now; of the replica that is the least behind, if replica says so.
	Serving(ctx context.Context, cluster string, replica bool) (host string, err error)
	// Terminal runs a command on a host in the operator's terminal. The verb ends with its status.
	Terminal(ctx context.Context, host string, argv []string) error
	// Say tells people a line, apart from the output.
	Say(format string, args ...any)
}

// Play is a run of one of pig's playbooks.
type Play struct {
	Playbook string // without .yml
	Hosts    []string
	Tags     []string // of the tasks, unless the operator names others
	Only     string   // a tag: whatever the operator names, no other task runs
	Extra    *value.Dict
	// Cluster tells the cluster of a host: what is done once is done in each; nil for once in all.
	Cluster func(host string) string
	// MayLose are names that may lose their data, in place of those that the operator gave.
	MayLose []string
	// Bears says that the run is done although some host could not be reached.
	Bears bool
}
