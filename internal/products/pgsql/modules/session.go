package modules

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// postgresSession tells whether a PostgreSQL that runs refuses a session to its superuser (refused: what it says, else ""): rules that let
// nobody in, or a library that each session wants and that is not there. Only what is declared now can mend that.
func postgresSession() module.Module {
	return module.Module{Name: "postgres_session", Spec: module.Spec{Args: psqlArgs()}, Run: runPostgresSession}
}

// refusal is what psql tells of a server that answers and takes no session.
var refusal = regexp.MustCompile(`FATAL: +(.*)`)

func runPostgresSession(ctx context.Context, c *module.Call) (*value.Dict, error) {
	p := newPsql(c)
	p.port = livePort(c)
	cmd := p.cmd("postgres", roleSQL, "")
	cmd.ReadOnly, cmd.Needs = true, p.unit
	out, err := c.System.Exec(ctx, cmd)
	if errors.Is(err, node.ErrUnknown) || errors.Is(err, node.ErrNotYet) {
		err = nil
	}
	if err != nil {
		return nil, err
	}
	refused := ""
	if out.RC != 0 && !notYetUp.Match(out.Stderr) && !nobodyThere.Match(out.Stderr) {
		if m := refusal.FindSubmatch(out.Stderr); m != nil {
			refused = strings.TrimSpace(string(m[1]))
		}
	}
	return value.DictOf("refused", refused, "changed", false), nil
}
