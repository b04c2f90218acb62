package modules

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// pgbackrestStanza makes a cluster's place in its backup repository (stanza), and with backup: true a first full backup where
// there is none yet. upgraded lets it go on with data of another origin, which needs another first backup. It returns backups,
// how many there are.
func pgbackrestStanza() module.Module {
	return module.Module{
		Name: "pgbackrest_stanza",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "stanza", Required: true}, {Name: "backup", Type: module.Bool}, {Name: "state", Default: "present", Choices: []string{"present", "absent", "upgraded"}},
			// unit is what PostgreSQL comes up with: before that there is nothing to ask for.
			{Name: "unit", Default: "patroni.service"},
		}},
		Run: runPgbackrestStanza,
	}
}

// What "pgbackrest info" says of a stanza (src/command/info/info.c): there is none, and there is no backup of it.
const (
	stanzaMissing     = 1
	stanzaNoBackup    = 2
	stanzaMissingData = 3
)

func runPgbackrestStanza(ctx context.Context, c *module.Call) (*value.Dict, error) {
	p := pgbackrest{call: c, stanza: c.Args.String("stanza")}
	status, backups, err := p.info(ctx)
	unseen := errors.Is(err, node.ErrNotYet)
	if err != nil && !unseen {
		return nil, err
	}
	missing := status == stanzaMissing || status == stanzaMissingData
	result := value.DictOf("backups", int64(backups))
	if c.Args.String("state") == "absent" {
		if missing {
			return result, nil
		}
		// It deletes only what is stopped.
		if err := p.run(ctx, nil, "stop"); err != nil {
			return nil, err
		}
		err := p.run(ctx, &node.Change{Kind: "backup stanza", ID: p.stanza, Action: "delete", Impact: node.ImpactDataLoss}, "stanza-delete", "--force")
		return result, errors.Join(err, p.run(ctx, nil, "start")) // else nobody of that name could ever be backed up from here
	}
	switch {
	case missing:
		err = p.run(ctx, &node.Change{Kind: "backup stanza", ID: p.stanza, Action: "create", Assumed: unseen}, "stanza-create", "--no-online")
	case c.Args.String("state") == "upgraded":
		backups = 0 // of these data
		err = p.run(ctx, &node.Change{Kind: "backup stanza", ID: p.stanza, Action: "upgrade"}, "stanza-upgrade")
	}
	if err == nil && c.Args.Bool("backup") && backups == 0 {
		err = p.full(ctx, unseen)
	}
	return result, err
}

// full makes a full backup. A server that has just been promoted has still to write down its timeline: it is asked again.
func (p pgbackrest) full(ctx context.Context, assumed bool) error {
	for try := 0; ; try++ {
		err := p.run(ctx, &node.Change{Kind: "backup", ID: p.stanza, Action: "create", Assumed: assumed, Attrs: []node.Attr{{Name: "type", After: "full"}}}, "backup", "--type=full")
		if err == nil || !strings.Contains(err.Error(), "does not match pg_control timeline") || try == timelineTries {
			return err
		}
		if err := module.Pause(ctx, 10*module.Interval); err != nil {
			return err
		}
	}
}

const timelineTries = 60

// pgbackrestConf tells pgBackRest where its repository is.
const pgbackrestConf = "/etc/pgbackrest/pgbackrest.conf"

// pgbackrestLink leads to the backups of a node itself (pg_fs_backup).
const pgbackrestLink = "/pg/backup"

type pgbackrest struct {
	call   *module.Call
	stanza string
}

// info asks for the stanza. Where PostgreSQL is only planned to start and no repository answers, there is none, and ErrNotYet says so.
func (p pgbackrest) info(ctx context.Context) (status, backups int, err error) {
	question := p.question()
	s, found, err := p.ask(ctx, question)
	switch {
	case errors.Is(err, node.ErrNotYet):
		// The repository answers without a server too: one that was stopped has not lost its backups.
		question.Needs = ""
		out, asked := p.call.Scratch.Exec(ctx, question)
		if asked == nil && out.RC == 0 {
			if s, found, asked = readStanza(out, p.stanza); asked == nil && found && s.Status.Code <= stanzaMissingData {
				return s.Status.Code, len(s.Backup), nil
			}
		}
		return stanzaMissing, 0, err
	case err != nil:
		return 0, 0, err
	case !found:
		return stanzaMissing, 0, nil
	case s.Status.Code > stanzaMissingData:
		return 0, 0, fmt.Errorf("the backups of %s: %s", p.stanza, s.Status.Message)
	}
	return s.Status.Code, len(s.Backup), nil
}

// repositoryAway is what pgBackRest says while its repository does not answer: [HostConnectError], [ServiceError], and HTTP's 502 to 504.
var repositoryAway = regexp.MustCompile(`unable to connect to|HostConnectError|ServiceError|failed with 50[234]|timeout (after|waiting)|timed out`)

// ask reads the stanza, again and again while the repository does not answer: silence is not an empty repository.
func (p pgbackrest) ask(ctx context.Context, cmd node.Cmd) (s stanzaInfo, found bool, err error) {
	err = module.Question(ctx, p.call, "", func(ctx context.Context) error {
		out, err := p.call.System.Exec(ctx, cmd)
		if err != nil {
			return err
		}
		if s, found, err = readStanza(out, p.stanza); err != nil {
			if repositoryAway.Match(out.Stderr) {
				return module.Busy{Cause: err}
			}
			return err
		}
		if found && s.Status.Code > stanzaMissingData && repositoryAway.MatchString(s.Status.Message) {
			return module.Busy{Cause: fmt.Errorf("cannot read the backups of %s: %s", p.stanza, s.Status.Message)}
		}
		return nil
	})
	var silent *module.NoAnswer
	if errors.As(err, &silent) {
		silent.Unit = "the backup repository"
	}
	return s, found, err
}

// question asks for the stanza in the repository as it is configured once the changes before it are made.
func (p pgbackrest) question() node.Cmd {
	return node.Cmd{Argv: p.argv("info", "--output=json"), ReadOnly: true, Needs: p.call.Args.String("unit"), Reads: []string{pgbackrestConf, pgbackrestLink}}
}

// infoAs asks root's way, as the account whose files pgBackRest reads, for the stanza in the repository as it is now.
func (p pgbackrest) infoAs(dbsu string) node.Cmd {
	return node.Cmd{Argv: append([]string{"runuser", "-u", dbsu, "--"}, p.argv("info", "--output=json")...), ReadOnly: true}
}

// stanzaInfo is what "pgbackrest info" says of a stanza.
type stanzaInfo struct {
	Name    string `json:"name"`
	Archive []struct {
		Max string `json:"max"`
	} `json:"archive"`
	Backup []struct {
		Label string `json:"label"`
		Error bool   `json:"error"`
		LSN   struct {
			Stop string `json:"stop"`
		} `json:"lsn"`
		Timestamp struct {
			Stop int64 `json:"stop"`
		} `json:"timestamp"`
	} `json:"backup"`
	Status struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	} `json:"status"`
}

// readStanza finds a stanza in what "pgbackrest info" has answered.
func readStanza(out node.Output, stanza string) (s stanzaInfo, found bool, err error) {
	if out.RC != 0 {
		return s, false, fmt.Errorf("cannot read the backups of %s: %s", stanza, lastWords(out))
	}
	var all []stanzaInfo
	if err := json.Unmarshal(out.Stdout, &all); err != nil {
		return s, false, fmt.Errorf("cannot read the backups of %s: %w", stanza, err)
	}
	i := slices.IndexFunc(all, func(s stanzaInfo) bool { return s.Name == stanza })
	if i < 0 {
		return s, false, nil
	}
	return all[i], true, nil
}

func (p pgbackrest) argv(command string, flags ...string) []string {
	return append([]string{"pgbackrest", "--stanza=" + p.stanza, "--log-level-console=off", "--log-level-stderr=error", command}, flags...)
}

func (p pgbackrest) run(ctx context.Context, change *node.Change, command string, flags ...string) error {
	if change == nil {
		change = &node.Change{Kind: "backup stanza", ID: p.stanza, Action: command}
	}
	for try := 0; ; try++ {
		out, err := p.call.System.Exec(ctx, node.Cmd{Argv: p.argv(command, flags...), Change: change})
		if err != nil || out.RC == 0 {
			return err
		}
		if out.RC != lockedByAnother || try == lockTries {
			return fmt.Errorf("pgbackrest %s: %s", command, lastWords(out))
		}
		if err := module.Pause(ctx, 10*module.Interval); err != nil {
			return err
		}
	}
}

// The exit status of a command for which another one has to end first (LockAcquireError in src/build/error/error.yaml): a server
// whose stanza is not there yet tries to archive again and again.
const (
	lockedByAnother = 50
	lockTries       = 60
)

// lastWords are what pgBackRest said in the end, without the columns before it.
func lastWords(out node.Output) string {
	text := strings.TrimSpace(string(out.Stderr))
	if text == "" {
		text = strings.TrimSpace(string(out.Stdout))
	}
	if i := strings.Index(text, "ERROR: "); i >= 0 {
		text = text[i+len("ERROR: "):]
	}
	if text == "" {
		return fmt.Sprintf("exit status %d", out.RC)
	}
	return module.Clip(text, 600)
}
