package modules

import (
	"cmp"
	"context"
	"errors"
	"path"
	"time"

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
	live, err := usersOnceLetIn(ctx, p)
	if err != nil || live.Recovery {
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

// usersOnceLetIn reads the users. A member that takes no sessions by its rules of before has been told to read those of now.
func usersOnceLetIn(ctx context.Context, p psql) (live pgsql.UsersState, err error) {
	const limit = time.Minute
	late := p.call.System.Await(ctx, node.Wait{
		Limit: limit,
		Met: func(ctx context.Context) error {
			if err = p.query(ctx, "postgres", pgsql.UsersQuery(nil), &live); err != nil && refusal.MatchString(err.Error()) {
				return err
			}
			return nil
		},
		Assume: func(error) { live.Recovery, err = true, nil }, // a plan that changes this is at its end
	})
	return live, cmp.Or(late, err)
}
