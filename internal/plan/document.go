package plan

import (
	"strings"

	"pig/internal/node"
)

// DocumentVersion is that of the form of documents: the major number changes when a reader of before would be wrong.
const DocumentVersion = "1.0"

// Document is a plan as programs read it: in a plan file, in the event of plan --json, and from pig show. docs/reference/plan.schema.json is
// made of its tags.
type Document struct {
	FormatVersion string          `doc:"version of this form; readers ignore fields that they do not know, and refuse another major number" json:"format_version"`
	Pig           string          `doc:"version of pig" json:"pig_version"`
	Complete      bool            `doc:"whether every unit was planned to its end" json:"complete"`
	Applyable     bool            `doc:"whether the plan is complete, was made with the hosts, and changes something" json:"applyable"`
	Errored       bool            `doc:"whether a task, a host or a unit failed" json:"errored"`
	Offline       bool            `doc:"no host was asked" json:"offline,omitempty"`
	Limit         string          `doc:"pattern of hosts of -l" json:"limit,omitempty"`
	Tags          []string        `doc:"tags of -t" json:"tags,omitempty"`
	Only          []string        `doc:"modules, clusters and units that the command line named" json:"only,omitempty"`
	Summary       DocumentSummary `doc:"counts of all units" json:"summary"`
	WorstImpact   string          `doc:"worst impact of all changes" enum:"impact" json:"worst_impact"`
	Tables        *Tables         `doc:"version of the CMDB that the inventory was read from; left out for one of files" json:"tables,omitempty"`
	Units         []DocumentUnit  `doc:"units in an order in which they can be applied, also those without changes" json:"units"`
	Seal          *DocumentSeal   `doc:"what binds a plan file to what was read for it; in plan files only" json:"seal,omitempty"`
}

// DocumentSummary counts changes and what went wrong.
type DocumentSummary struct {
	Create      int             `doc:"things that are created or installed" json:"create"`
	Update      int             `doc:"things that are updated" json:"update"`
	Delete      int             `doc:"things that are deleted" json:"delete"`
	Run         int             `doc:"what is run: starts, restarts, reloads, commands" json:"run"`
	Unknown     int             `doc:"tasks of which only a run can tell whether they change something" json:"unknown"`
	Failed      int             `doc:"tasks that failed" json:"failed"`
	Unreachable int             `doc:"hosts that could not be reached" json:"unreachable"`
	Problems    int             `doc:"what does not run as declared although nothing is to be changed" json:"problems"`
	Impact      DocumentImpacts `doc:"number of changes by impact" json:"impact"`
}

// DocumentImpacts counts changes by what they do to what runs.
type DocumentImpacts struct {
	None     int `doc:"changes that nothing notices" json:"none"`
	Reload   int `doc:"a service reads its configuration again" json:"reload"`
	Gap      int `doc:"what only watches restarts" json:"gap"`
	Restart  int `doc:"a service or a member is down for a moment" json:"restart"`
	Failover int `doc:"the leader of a cluster changes" json:"failover"`
	DataLoss int `doc:"data goes away for good" json:"data_loss"`
}

// DocumentUnit is what one unit changes.
type DocumentUnit struct {
	Name        string            `doc:"module, or module:cluster" json:"name"`
	Module      string            `doc:"module" json:"module"`
	Cluster     string            `doc:"cluster; empty where the module has only one" json:"cluster"`
	Hosts       []string          `doc:"hosts of the unit" json:"hosts"`
	Playbook    string            `doc:"playbook of pig that the unit runs" json:"playbook"`
	Summary     DocumentSummary   `doc:"counts of the unit" json:"summary"`
	WorstImpact string            `doc:"worst impact of the unit's changes" enum:"impact" json:"worst_impact"`
	Changes     []DocumentChange  `doc:"changes, by host and in the order in which they are made" json:"changes"`
	Failures    []DocumentFailure `doc:"tasks that failed, hosts that could not be reached" json:"failures"`
	Warnings    []string          `doc:"what the operator should know" json:"warnings"`
	Problems    []string          `doc:"what does not run as declared" json:"problems"`
	Skipped     string            `doc:"unit that failed before, so that this one was not planned" json:"skipped,omitempty"`
	Error       string            `doc:"why the unit failed" json:"error,omitempty"`
	Seal        *UnitSeal         `doc:"digests of what the unit is made of; in plan files only" json:"seal,omitempty"`
}

// DocumentChange is one thing that changes.
type DocumentChange struct {
	Address   string `doc:"unit/host/kind:id, or unit/kind:id of what belongs to a cluster; several changes of one thing share it" json:"address"`
	Host      string `doc:"host whose task it is" json:"host"`
	On        string `doc:"host that is changed, where that is another one" json:"on,omitempty"`
	Kind      string `doc:"file, directory, package, service, role, database, ...; task: a task of which only a run can tell" json:"kind"`
	ID        string `doc:"which one: a path, a name" json:"id"`
	Action    string `doc:"create, update, delete, install, start, restart, reload, run, ..." json:"action"`
	Before    Fields `doc:"attributes before; null where nothing is there; of what is created, the defaults that it does not get" json:"before"`
	After     Fields `doc:"attributes after; null where nothing is left" json:"after"`
	Diff      string `doc:"unified diff of the content; with --diff only" json:"diff,omitempty"`
	Unknown   bool   `doc:"only a run can tell whether this changes, or into what" json:"unknown"`
	Sensitive bool   `doc:"something of it is not shown: it is secret, or the task has no_log" json:"sensitive"`
	Impact    string `doc:"what it does to what runs" enum:"impact" json:"impact"`
	Assumed   bool   `doc:"it rests on something that the plan took for granted" json:"assumed,omitempty"`
	Shared    bool   `doc:"the thing belongs to a cluster, and is the same on each member" json:"shared,omitempty"`
	Left      bool   `doc:"an interrupted run left it to do" json:"left,omitempty"`
	NoLog     bool   `doc:"the task has no_log: attributes and contents are left out" json:"no_log,omitempty"`
	Task      string `doc:"the role's name and the task's" json:"task"`
	At        string `doc:"file:line:col of the task" json:"at"`
	Seal      string `doc:"digest of the whole content, with a key that is in no file; in plan files only" json:"seal,omitempty"`
	Source    string `doc:"digest of what an unknown result follows from; in plan files only" json:"source,omitempty"`
}

// DocumentFailure is a task that failed.
type DocumentFailure struct {
	Host        string `doc:"host" json:"host"`
	Task        string `doc:"the role's name and the task's" json:"task"`
	At          string `doc:"file:line:col of the task" json:"at"`
	Message     string `doc:"why" json:"message"`
	Unreachable bool   `doc:"the host could not be reached" json:"unreachable"`
}

// DocumentSeal is how the digests of a plan file are made.
type DocumentSeal struct {
	Version int    `doc:"version of the digests" json:"version"`
	Salt    string `doc:"salt of the digests" json:"salt"`
	Rounds  int    `doc:"rounds of the digests" json:"rounds"`
}

// UnitSeal is what a unit was made of, as digests that tell no secret.
type UnitSeal struct {
	Inputs    string `doc:"digest of the variables of its hosts" json:"inputs"`
	Extra     string `doc:"digest of the variables of the command line" json:"extra,omitempty"`
	Passwords string `doc:"digest of the generated passwords that it may use" json:"passwords,omitempty"`
}

// ImpactWord is an impact in a document: one word.
func ImpactWord(i node.Impact) string { return strings.ReplaceAll(i.String(), " ", "_") }

// Public is the document without what only pig apply reads, and without contents unless diff asks for them.
func (d *Document) Public(diff bool) *Document {
	c := *d
	c.Seal, c.Units = nil, nil
	for _, u := range d.Units {
		u.Seal = nil
		changes := make([]DocumentChange, len(u.Changes))
		for i, change := range u.Changes {
			change.Seal, change.Source = "", ""
			if !diff {
				change.Diff = ""
			}
			changes[i] = change
		}
		u.Changes = changes
		c.Units = append(c.Units, u)
	}
	return &c
}
