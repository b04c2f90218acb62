package modules

import (
	"cmp"
	"context"
	"errors"

	"pig/internal/module"
	pgsql "pig/internal/products/pgsql/model"
	"pig/internal/value"
)

// postgresInit gives a cluster what every cluster has: the default roles with the passwords of system users, and in
// template1 and postgres the default schemas, extensions and privileges. It acts on the leader, like postgres_roles, and
// drops nothing.
func postgresInit() module.Module {
	return module.Module{
		Name: "postgres_init",
		Spec: module.Spec{Args: append(psqlArgs(),
			module.Arg{Name: "default_roles", Type: module.List, Required: true},
			module.Arg{Name: "default_privileges", Type: module.List, Elements: module.Str},
			module.Arg{Name: "default_schemas", Type: module.List},
			module.Arg{Name: "default_extensions", Type: module.List},
			// passwords of system users by name; they win over those in default_roles.
			module.Arg{Name: "passwords", Type: module.Dict},
			// initial names system users whose password counts only when they are created: postgres_authentication changes it.
			module.Arg{Name: "initial", Type: module.List, Elements: module.Str},
			module.Arg{Name: "databases", Type: module.List, Elements: module.Str, Default: value.NewList("template1", "postgres")},
			module.Arg{Name: "replication_user", Default: "replicator"},
			module.Arg{Name: "admin", Default: "dbuser_dba"},
			module.Arg{Name: "monitor", Default: "dbuser_monitor"},
			module.Arg{Name: "admin_role", Default: "dbrole_admin"},
			module.Arg{Name: "primary", Type: module.Bool, Default: true},
			encryptionArg(),
		)},
		Run: runPostgresInit,
	}
}

func runPostgresInit(ctx context.Context, c *module.Call) (*value.Dict, error) {
	init, err := parseInit(c)
	if err != nil {
		return nil, err
	}
	p := newPsql(c)
	var live pgsql.InitState
	names := c.Args.Strings("databases")
	insides := make([]pgsql.LiveInside, len(names))
	skip, err := p.leader(ctx, init.Query(names), &live.LiveServer, insideTargets(&live, insides)...)
	if skip != nil || err != nil {
		return skip, err
	}
	expectExtensions(c, live.Available, live.Share, init.Extensions)
	live.Encryption = cmp.Or(c.Args.String("encryption"), live.Encryption)
	steps, notes, err := init.Plan(names, live, insideByName(names, insides))
	if err != nil {
		return nil, err
	}
	for _, n := range notes {
		c.Facts.Warn("%s", n)
	}
	return value.DictOf("on_replica", false), p.apply(ctx, steps)
}

func parseInit(c *module.Call) (pgsql.Init, error) {
	init := pgsql.Init{
		Self: c.Args.String("dbsu"), Replicator: c.Args.String("replication_user"), Monitor: c.Args.String("monitor"), Admin: c.Args.String("admin"), AdminRole: c.Args.String("admin_role"),
		Initial: c.Args.Strings("initial"),
	}
	var err, failed error
	var errs []error
	if init.Users, err = parseUsers(c.Args.List("default_roles")); err != nil {
		errs = append(errs, err)
	}
	if init.Defaults, failed = parseDefaults(c.Args.Strings("default_privileges")); failed != nil {
		errs = append(errs, failed)
	}
	init.Schemas = parseSchemas("default", c.Args.List("default_schemas"), &errs)
	init.Extensions = parseExtensions("default", c.Args.List("default_extensions"), &errs)
	if passwords := c.Args.Dict("passwords"); passwords != nil {
		for name, password := range passwords.All() {
			if password != nil {
				init.SetPassword(value.KeyText(name), value.Str(password))
			}
		}
	}
	return init, errors.Join(errs...)
}
