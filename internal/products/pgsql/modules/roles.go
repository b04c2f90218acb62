package modules

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"pig/internal/module"
	"pig/internal/node"
	pgsql "pig/internal/products/pgsql/model"
	"pig/internal/value"
)

// postgresRoles makes the roles of a cluster as they are declared.
//
// It acts on the leader: on a replica it does nothing and says so in on_replica. Where nothing runs yet, primary tells
// whether this is the node that will lead. What a definition leaves out is left as it is; so are settings and memberships
// that it does not name. A password in the clear is compared with the stored verifier and sent as one.
func postgresRoles() module.Module {
	return module.Module{
		Name: "postgres_roles",
		Spec: module.Spec{Args: append(psqlArgs(),
			module.Arg{Name: "roles", Type: module.List, Required: true},
			// known are roles that something else makes, such as replication users: they count as declared and are never dropped.
			module.Arg{Name: "known", Type: module.List, Elements: module.Str},
			module.Arg{Name: "prune", Type: module.Bool, Default: false},
			module.Arg{Name: "renew", Type: module.Bool, Default: false},
			module.Arg{Name: "primary", Type: module.Bool, Default: true},
			confirmedArg(), encryptionArg(),
		)},
		Run: runPostgresRoles,
	}
}

func runPostgresRoles(ctx context.Context, c *module.Call) (*value.Dict, error) {
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
func confirmedArg() module.Arg {
	return module.Arg{Name: "confirmed", Type: module.List, Elements: module.Str}
}

// encryptionArg is how passwords are stored once the server is configured as declared, which in a plan it is not yet.
func encryptionArg() module.Arg {
	return module.Arg{Name: "encryption", Choices: []string{"scram-sha-256", "md5"}}
}

// roleOf is the fact which role a PostgreSQL has: that which Patroni has declared on this node at a port.
func roleOf(port int) string { return fmt.Sprintf("role of PostgreSQL on port %d", port) }

// promotes tells whether a plan makes this node's standby the leader: its cluster is promoted.
func promotes(c *module.Call) bool {
	role, ok := c.System.Foreseen(roleOf(c.Args.Int("port")))
	return ok && role == "primary"
}

// letGo leaves out the steps that would destroy what nobody confirmed.
func letGo(c *module.Call, steps []pgsql.Step) []pgsql.Step {
	if !c.Args.Has("confirmed") {
		return steps
	}
	confirmed := c.Args.Strings("confirmed")
	return slices.DeleteFunc(steps, func(s pgsql.Step) bool {
		lost := s.DataLoss && !slices.Contains(confirmed, s.Name)
		if lost {
			c.Facts.Warn("%s %s was not dropped, because its data would be lost: to drop it, add --confirm %s", s.Kind, s.Name, s.Name)
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
	case errors.Is(err, node.ErrUnknown) && !p.call.Args.Bool("primary"):
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
		users = append(users, parseUser(module.NewFields("user", item, &errs)))
	}
	return users, module.Joined(errs)
}

func parseUser(f module.Fields) pgsql.User {
	u := pgsql.User{
		Name: f.Text("name"), Absent: f.Choice("state", "create", "present", "absent") == "absent",
		Password: f.OptText("password"),
		Login:    f.OptBool("login"), Superuser: f.OptBool("superuser"), CreateDB: f.OptBool("createdb"), CreateRole: f.OptBool("createrole"),
		Inherit: f.OptBool("inherit"), Replication: f.OptBool("replication"), BypassRLS: f.OptBool("bypassrls"),
		ConnLimit: f.OptInt("connlimit"), ExpireIn: f.OptInt("expire_in"), ExpireAt: f.Text("expire_at"),
		Comment: f.OptText("comment"), Settings: settings(f, "parameters"),
	}
	for _, item := range f.Items("roles") {
		g := module.NewFields(f.What+": role", item, f.Errs)
		state := g.Choice("state", "grant", "create", "present", "revoke", "absent")
		u.Member = append(u.Member, pgsql.Membership{
			Role: g.Text("name"), Absent: state == "revoke" || state == "absent",
			Admin: g.OptBool("admin"), Inherit: g.OptBool("inherit"), Set: g.OptBool("set"),
		})
	}
	return u
}
