package modules

import (
	"context"
	"fmt"

	"pig/internal/module"
	"pig/internal/value"
)

// pgbackrestState asks for the backups of a cluster. It changes nothing, and returns problems, a text each.
func pgbackrestState() module.Module {
	return module.Module{
		Name: "pgbackrest_state",
		// backup says that there must be one. dbsu is whose files it reads.
		Spec: module.Spec{Args: []module.Arg{{Name: "stanza", Required: true}, {Name: "backup", Type: module.Bool}, {Name: "dbsu", Default: "postgres"}}},
		Run: func(ctx context.Context, c *module.Call) (*value.Dict, error) {
			p := pgbackrest{call: c, stanza: c.Args.String("stanza")}
			s, found, err := p.ask(ctx, p.infoAs(c.Args.String("dbsu")))
			if err != nil {
				return nil, err
			}
			return value.DictOf("problems", value.Strings(backupProblems(s, found, c.Args.Bool("backup"))), "changed", false), nil
		},
	}
}

func backupProblems(s stanzaInfo, found, backup bool) (all []string) {
	switch last := len(s.Backup) - 1; {
	case !found || s.Status.Code == stanzaMissing || s.Status.Code == stanzaMissingData:
		all = append(all, "no stanza in the backup repository: WAL cannot be archived")
	case s.Status.Code > stanzaMissingData:
		all = append(all, "the backup repository: "+s.Status.Message)
	case last < 0 && backup:
		all = append(all, "no backup: create one (pig pgsql-backup "+s.Name+")")
	case last >= 0 && s.Backup[last].Error:
		all = append(all, fmt.Sprintf("the last backup, %s, has errors: pages with a wrong checksum", s.Backup[last].Label))
	}
	return all
}
