package modules

import (
	"context"
	"errors"
	"fmt"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// pgbackrestBackup makes a backup of a cluster: run it on the member that leads. It returns the label of the last backup then; pgBackRest
// makes a full one where there is none that another could build upon.
func pgbackrestBackup() module.Module {
	return module.Module{
		Name: "pgbackrest_backup",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "stanza", Required: true}, {Name: "type", Default: "full", Choices: []string{"full", "diff", "incr"}},
			{Name: "unit", Default: "patroni.service"},
		}},
		Run: runPgbackrestBackup,
	}
}

func runPgbackrestBackup(ctx context.Context, c *module.Call) (*value.Dict, error) {
	p := pgbackrest{call: c, stanza: c.Args.String("stanza")}
	kind := c.Args.String("type")
	status, _, err := p.info(ctx)
	switch {
	case errors.Is(err, node.ErrNotYet):
		return nil, errors.New("PostgreSQL does not run here")
	case err != nil:
		return nil, err
	case status == stanzaMissing || status == stanzaMissingData:
		return nil, fmt.Errorf("the backup repository has no stanza %s: create it (pig pgsql -l %s -t pgbackrest)", p.stanza, p.stanza)
	}
	change := &node.Change{Kind: "backup", ID: p.stanza, Action: "create", Attrs: []node.Attr{{Name: "type", After: kind}}}
	if err := p.run(ctx, change, "backup", "--type="+kind); err != nil {
		return nil, err
	}
	s, found, err := p.ask(ctx, p.question())
	if err != nil || !found || len(s.Backup) == 0 {
		return value.DictOf("label", ""), err
	}
	last := s.Backup[len(s.Backup)-1]
	return value.DictOf("label", last.Label), nil
}
