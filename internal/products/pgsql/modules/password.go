package modules

import (
	"cmp"
	"context"
	"errors"
	"path"

	"pig/internal/module"
	"pig/internal/node"
	pgsql "pig/internal/products/pgsql/model"
	"pig/internal/value"
)

// postgresPassword changes the password of a user that is there already, on the member that leads; elsewhere, and where no server
// runs, it does nothing. It is for passwords that members use among themselves: the server has to know a new one before any of
// them does. Its name is none that sounds like a secret: all that stands behind such a name is one.
func postgresPassword() module.Module {
	return module.Module{
		Name: "postgres_authentication",
		Spec: module.Spec{Args: append(psqlArgs(),
			module.Arg{Name: "user", Required: true}, module.Arg{Name: "password", Required: true}, encryptionArg(),
		)},
		Run: runPostgresPassword,
	}
}

func runPostgresPassword(ctx context.Context, c *module.Call) (*value.Dict, error) {
	if i, err := c.System.Files().Stat(path.Join(c.Args.String("data"), "postmaster.pid"), true); err != nil || i.Kind != node.File {
		return nil, err
	}
	p := newPsql(c)
	var live pgsql.UsersState
	if err := p.query(ctx, "postgres", pgsql.UsersQuery(nil), &live); err != nil || live.Recovery {
		if errors.Is(err, node.ErrNotYet) {
			err = nil
		}
		return nil, err
	}
	live.Encryption = cmp.Or(c.Args.String("encryption"), live.Encryption)
	step, err := pgsql.PlanPassword(c.Args.String("user"), c.Args.String("password"), live)
	if err != nil || step.Empty() {
		return nil, err
	}
	return nil, p.apply(ctx, []pgsql.Step{step})
}
