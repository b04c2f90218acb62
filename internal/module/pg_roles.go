package module

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"pig/internal/node"
	pgsql "pig/internal/products/pgsql/model"
	"pig/internal/value"
)

// postgresRoles makes the roles of a cluster as they are declared.
//
// It acts on the leader: on a replica it does nothing and says so in on_replica. Where nothing runs yet, primary tells
// whether this is the node that will lead. What a definition leaves out is left as it is; so are settings and memberships
// that it does not name. A password in the clear is compared with the stored verifier and sent as one.
func postgresRoles() Module {
	return Module{
		Name: "postgres_roles",
		Spec: Spec{Args: append(psqlArgs(),
			Arg{Name: "roles", Type: List, Required: true},
			// known are roles that something else makes, such as replication users: they count as declared and are never dropped.
			Arg{Name: "known", Type: List, Elements: Str},
			Arg{Name: "prune", Type: Bool, Default: false},
			Arg{Name: "renew", Type: Bool, Default: false},
			Arg{Name: "primary", Type: Bool, Default: true},
			confirmedArg(), encryptionArg(),
		)},
		Run: runPostgresRoles,
	}
}

func runPostgresRoles(ctx context.Context, c *Call) (*value.Dict, error) {
	users, err := parseUsers(c.Args.List("roles"))
	if err != nil {
		return nil, err
	}
	p := newPsql(c)
	var live pgsql.UsersState
	skip, err := p.leader(ctx, pgsql.UsersQuery(users), &live.LiveServer, &live)
	if skip != nil || err != nil {
		return skip, err
	}
	live.Encryption = cmp.Or(c.Args.String("encryption"), live.Encryption)
	plan, err := pgsql.PlanUsers(users, live, pgsql.UserPolicy{Keep: c.Args.Strings("known"), Prune: c.Args.Bool("prune"), Renew: c.Args.Bool("renew")})
	if err != nil {
		return nil, err
	}
	if !c.Args.Bool("prune") {
		for _, name := range plan.Undeclared {
			c.Facts.Warn("role %s is no longer declared; declare it with state: absent to drop it", name)
		}
	}
	return value.DictOf("undeclared", value.Strings(plan.Undeclared), "on_replica", false), p.apply(ctx, letGo(c, plan.Steps))
}

// confirmedArg names what may be destroyed. Without it there is no limit: that is how a plan shows all that would go.
func confirmedArg() Arg { return Arg{Name: "confirmed", Type: List, Elements: Str} }

// encryptionArg is how passwords are stored once the server is configured as declared, which in a plan it is not yet.
func encryptionArg() Arg { return Arg{Name: "encryption", Choices: []string{"scram-sha-256", "md5"}} }

// roleOf is the fact which role a PostgreSQL has: that which Patroni has declared on this node at a port.
func roleOf(port int) string { return fmt.Sprintf("role of PostgreSQL on port %d", port) }

// promotes tells whether a plan makes this node's standby the leader: its cluster is promoted.
func promotes(c *Call) bool {
	role, ok := c.System.Foreseen(roleOf(c.Args.Int("port")))
	return ok && role == "primary"
}

// letGo leaves out the steps that would destroy what nobody confirmed.
func letGo(c *Call, steps []pgsql.Step) []pgsql.Step {
	if !c.Args.Has("confirmed") {
		return steps
	}
	confirmed := c.Args.Strings("confirmed")
	return slices.DeleteFunc(steps, func(s pgsql.Step) bool {
		lost := s.DataLoss && !slices.Contains(confirmed, s.Name)
		if lost {
			c.Facts.Warn("%s %s stays, since its data would be lost: to drop it, add --confirm %s", s.Kind, s.Name, s.Name)
		}
		return lost
	})
}

// leader reads the state of a server, whose general part is server. The result is not nil where there is nothing to do
// here: on a replica, or on a node that will be one.
func (p psql) leader(ctx context.Context, script string, server *pgsql.LiveServer, targets ...any) (*value.Dict, error) {
	nothing := value.DictOf("undeclared", value.NewList(), "on_replica", true)
	err := p.query(ctx, "postgres", script, targets...)
	switch {
	case errors.Is(err, node.ErrNotYet):
		if p.call.Args.Bool("primary") {
			return nil, nil
		}
		return nothing, nil
	case err != nil:
		return nil, err
	case server.Recovery && promotes(p.call):
		return nil, nil
	case server.Recovery:
		if p.call.Args.Bool("primary") {
			p.call.Facts.Warn("this PostgreSQL is a replica now: nothing was changed here")
		}
		return nothing, nil
	}
	return nil, nil
}

func parseUsers(items []value.Value) ([]pgsql.User, error) {
	var errs []error
	var users []pgsql.User
	for _, item := range items {
		users = append(users, parseUser(newFields("user", item, &errs)))
	}
	return users, joined(errs)
}

func parseUser(f fields) pgsql.User {
	u := pgsql.User{
		Name: f.text("name"), Absent: f.choice("state", "create", "present", "absent") == "absent",
		Password: f.optText("password"),
		Login:    f.optBool("login"), Superuser: f.optBool("superuser"), CreateDB: f.optBool("createdb"), CreateRole: f.optBool("createrole"),
		Inherit: f.optBool("inherit"), Replication: f.optBool("replication"), BypassRLS: f.optBool("bypassrls"),
		ConnLimit: f.optInt("connlimit"), ExpireIn: f.optInt("expire_in"), ExpireAt: f.text("expire_at"),
		Comment: f.optText("comment"), Settings: settings(f, "parameters"),
	}
	for _, item := range f.items("roles") {
		g := newFields(f.what+": role", item, f.errs)
		state := g.choice("state", "grant", "create", "present", "revoke", "absent")
		u.Member = append(u.Member, pgsql.Membership{
			Role: g.text("name"), Absent: state == "revoke" || state == "absent",
			Admin: g.optBool("admin"), Inherit: g.optBool("inherit"), Set: g.optBool("set"),
		})
	}
	return u
}
