package modules

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	pgsql "pig/internal/products/pgsql/model"
	"pig/internal/value"
)

// recoveryArgs are the arguments of modules that bring a data directory back to a point: pitr has the fields of pg_pitr.
func recoveryArgs() []module.Arg {
	return []module.Arg{{Name: "stanza", Required: true}, {Name: "pitr", Type: module.Dict, Required: true}}
}

// recovery reads the point from the module's arguments. A time without a zone is the node's.
func recovery(c *module.Call) (pgsql.Recovery, error) {
	return pgsql.RecoveryOf(c.Args.Dict("pitr"), time.Local)
}

// pgbackrestTarget looks in a repository for the backup from which a point can be reached; it changes nothing. repo has the options
// of the repository. It returns fits, label (of the backup, "" for the latest), member (as given), kind (of the point), target (the
// point in words), why (what is missing), reach (the last segment of the log in the archive) and command (the
// arguments of what pgbackrest_restore runs).
func pgbackrestTarget() module.Module {
	return module.Module{
		Name: "pgbackrest_target",
		Spec: module.Spec{Args: append(recoveryArgs(), module.Arg{Name: "repo", Type: module.Dict, Required: true}, module.Arg{Name: "member", Required: true})},
		Run: func(ctx context.Context, c *module.Call) (*value.Dict, error) {
			r, err := recovery(c)
			if err != nil {
				return nil, err
			}
			result := value.DictOf("fits", false, "label", "", "member", c.Args.String("member"), "kind", r.Kind, "target", r.String(), "why", "", "reach", "", "command", value.NewList())
			backups, reach, err := repoBackups(ctx, c)
			result.Set("reach", reach)
			label := ""
			if err == nil {
				label, err = r.Choose(backups, time.Now())
			}
			if err != nil {
				result.Set("why", err.Error())
				return result, nil
			}
			result.Set("fits", true)
			result.Set("label", label)
			result.Set("command", value.Strings(restoreArgv(c, r, label)))
			return result, nil
		},
	}
}

// repoBackups are the backups of a stanza, and the last segment in its archive: names of later ones are greater. The options of
// the repository go by the environment, since some are secret.
func repoBackups(ctx context.Context, c *module.Call) (all []pgsql.Backup, reach string, err error) {
	stanza, env := c.Args.String("stanza"), map[string]string{}
	for k, v := range c.Args.Dict("repo").All() {
		name := "PGBACKREST_REPO1_" + strings.ToUpper(strings.ReplaceAll(value.KeyText(k), "-", "_"))
		env[name] = strings.ReplaceAll(optionText(v), "${pg_cluster}", stanza)
	}
	argv := []string{"pgbackrest", "--no-config", "--stanza=" + stanza, "--log-level-console=off", "--log-level-file=off", "--log-level-stderr=error", "info", "--output=json"}
	out, err := c.System.Exec(ctx, node.Cmd{Argv: argv, Env: env, ReadOnly: true})
	if err != nil {
		return nil, "", err
	}
	s, found, err := readStanza(out, stanza)
	if err != nil || !found {
		return nil, "", err
	}
	for _, a := range s.Archive {
		reach = max(reach, a.Max)
	}
	if len(s.Backup) == 0 {
		return nil, reach, fmt.Errorf("the backups of %s: %s", stanza, s.Status.Message)
	}
	for _, b := range s.Backup {
		if !b.Error {
			all = append(all, pgsql.Backup{Label: b.Label, Stop: time.Unix(b.Timestamp.Stop, 0), LSN: b.LSN.Stop})
		}
	}
	return all, reach, nil
}

// optionText is an option of a repository as pgBackRest takes it.
func optionText(v value.Value) string {
	switch v {
	case true:
		return "y"
	case false:
		return "n"
	}
	if text, ok := value.Plain(v); ok {
		return text
	}
	return value.Str(v)
}

// pgbackrestRestore makes the data directory what it was in a backup, from which PostgreSQL can recover to the point. Files that are
// the same already stay.
func pgbackrestRestore() module.Module {
	return module.Module{
		Name: "pgbackrest_restore",
		Spec: module.Spec{Args: append(recoveryArgs(),
			module.Arg{Name: "config", Type: module.Path, Required: true}, module.Arg{Name: "label"}, module.Arg{Name: "data", Type: module.Path, Required: true},
		)},
		Run: func(ctx context.Context, c *module.Call) (*value.Dict, error) {
			r, err := recovery(c)
			if err != nil {
				return nil, err
			}
			label := c.Args.String("label")
			change := node.Change{Kind: "data directory", ID: c.Args.String("data"), Action: "restore", Impact: node.ImpactDataLoss,
				Attrs: []node.Attr{{Name: "of", After: c.Args.String("stanza")}, {Name: "to", After: r.String()}}}
			if label != "" {
				change.Attrs = append(change.Attrs, node.Attr{Name: "from backup", After: label})
			}
			out, err := c.System.Exec(ctx, node.Cmd{Argv: append(restoreArgv(c, r, label), "--pg1-path="+c.Args.String("data"), "--config="+c.Args.String("config"), "--log-level-console=off", "--log-level-stderr=error"), Change: &change})
			if err == nil && out.RC != 0 {
				err = fmt.Errorf("pgbackrest restore: %s", lastWords(out))
			}
			return value.NewDict(), err
		},
	}
}

// restoreArgv is the part of the command that says what is restored.
func restoreArgv(c *module.Call, r pgsql.Recovery, label string) []string {
	d := c.Args.Dict("pitr")
	argv := append([]string{"pgbackrest", "--stanza=" + c.Args.String("stanza"), "--delta", "--force", "restore"}, r.Flags(label)...)
	for _, name := range []string{"db_include", "db_exclude"} {
		if l, ok := d.At(name).(*value.List); ok {
			for _, db := range l.Items {
				argv = append(argv, "--"+strings.ReplaceAll(name, "_", "-")+"="+value.Str(db))
			}
		}
	}
	if links, ok := d.At("link_map").(*value.Dict); ok {
		for from, to := range links.All() {
			argv = append(argv, "--link-map="+value.KeyText(from)+"="+value.Str(to))
		}
	}
	if n, ok := d.At("process").(int64); ok {
		argv = append(argv, "--process-max="+strconv.FormatInt(n, 10))
	}
	if d.Has("archive") && !module.Flag(d, "archive") {
		argv = append(argv, "--archive-mode=off")
	}
	return argv
}
