package modules

import (
	"context"
	"slices"

	"pig/internal/module"
	pgsql "pig/internal/products/pgsql/model"
	"pig/internal/value"
)

// postgresDatabases makes the databases of a cluster, with their schemas, extensions and privileges, as they are declared.
//
// It acts on the leader, like postgres_roles. A new database is one change with all that is in it. The baseline is run once,
// and again when it is another or has failed. What the definition leaves out is left as it is.
// state: recreate is obeyed only for the names in recreate.
func postgresDatabases() module.Module {
	return module.Module{
		Name: "postgres_databases",
		Spec: module.Spec{Args: append(psqlArgs(),
			module.Arg{Name: "databases", Type: module.List, Required: true},
			module.Arg{Name: "default_privileges", Type: module.List, Elements: module.Str},
			module.Arg{Name: "known", Type: module.List, Elements: module.Str},
			module.Arg{Name: "prune", Type: module.Bool, Default: false},
			module.Arg{Name: "recreate", Type: module.List, Elements: module.Str},
			module.Arg{Name: "primary", Type: module.Bool, Default: true},
			// admin_role may make schemas and objects in schema public; the others are the users that may connect where that is
			// revoked from everybody.
			module.Arg{Name: "admin_role", Default: "dbrole_admin"},
			module.Arg{Name: "admin", Default: "dbuser_dba"},
			module.Arg{Name: "monitor", Default: "dbuser_monitor"},
			module.Arg{Name: "replication_user", Default: "replicator"},
			// bootstrapped is made by Patroni, as soon as it starts the server
			module.Arg{Name: "bootstrapped"},
			// baselines: false leaves them to another cluster, the coordinator of a distributed database
			module.Arg{Name: "baselines", Type: module.Bool, Default: true},
			// roles are the roles that are created before, which a plan does not find yet
			module.Arg{Name: "roles", Type: module.List, Elements: module.Str},
			confirmedArg(),
		)},
		Run: runPostgresDatabases,
	}
}

func runPostgresDatabases(ctx context.Context, c *module.Call) (*value.Dict, error) {
	databases, err := parseDatabases(c.Args.List("databases"))
	if err != nil {
		return nil, err
	}
	for i := range databases {
		if !c.Args.Bool("baselines") {
			databases[i].Baseline = ""
		}
	}
	policy := pgsql.DatabasePolicy{
		Admin: c.Args.String("admin_role"), Superadmin: c.Args.String("admin"), Connectors: []string{c.Args.String("replication_user"), c.Args.String("monitor")},
		Keep: c.Args.Strings("known"), Prune: c.Args.Bool("prune"), MayRecreate: c.Args.Strings("recreate"), Bootstrapped: c.Args.String("bootstrapped"),
		Roles: c.Args.Strings("roles"),
	}
	if policy.Defaults, err = parseDefaults(c.Args.Strings("default_privileges")); err != nil {
		return nil, err
	}
	p := newPsql(c)
	var live pgsql.DatabasesState
	names := policy.Read(databases)
	insides := make([]pgsql.LiveInside, len(names))
	skip, err := p.leader(ctx, policy.Query(databases), &live.LiveServer, insideTargets(&live, insides)...)
	if skip != nil || err != nil {
		return skip, err
	}
	for _, d := range databases {
		expectExtensions(c, live.Available, live.Share, d.Extensions)
		expectVersions(c, live.Versions, live.Share, d.Extensions)
	}
	plan, err := policy.Plan(databases, live, insideByName(names, insides))
	if err != nil {
		return nil, err
	}
	for _, note := range plan.Notes {
		c.Facts.Warn("%s", note)
	}
	if !policy.Prune {
		for _, name := range plan.Undeclared {
			c.Facts.Warn("database %s is no longer declared; declare it with state: absent to drop it", name)
		}
	}
	return value.DictOf("undeclared", value.Strings(plan.Undeclared), "on_replica", false), p.apply(ctx, letGo(c, plan.Steps))
}

// insideTargets are the places for a row about the server, then one about each database.
func insideTargets(first any, insides []pgsql.LiveInside) []any {
	targets := []any{first}
	for i := range insides {
		targets = append(targets, &insides[i])
	}
	return targets
}

func insideByName(names []string, insides []pgsql.LiveInside) map[string]pgsql.LiveInside {
	m := map[string]pgsql.LiveInside{}
	for i, n := range names {
		m[n] = insides[i]
	}
	return m
}

func parseDefaults(texts []string) ([]pgsql.DefaultPrivilege, error) {
	var errs []error
	var list []pgsql.DefaultPrivilege
	for _, t := range texts {
		d, err := pgsql.ParseDefaultPrivilege(t)
		if err != nil {
			errs = append(errs, err)
		}
		list = append(list, d)
	}
	return list, module.Joined(errs)
}

func parseDatabases(items []value.Value) ([]pgsql.Database, error) {
	var errs []error
	var list []pgsql.Database
	for _, item := range items {
		list = append(list, parseDatabase(module.NewFields("database", item, &errs)))
	}
	return list, module.Joined(errs)
}

func parseDatabase(f module.Fields) pgsql.Database {
	state := f.Choice("state", "create", "present", "absent", "recreate")
	return pgsql.Database{
		Name: f.Text("name"), Absent: state == "absent", Recreate: state == "recreate",
		Owner: f.Text("owner"), Template: f.Text("template"), Encoding: f.Text("encoding"), Locale: f.Text("locale"),
		Collate: f.Text("lc_collate"), CType: f.Text("lc_ctype"), LocaleProvider: f.Text("locale_provider"), ICULocale: f.Text("icu_locale"),
		ICURules: f.Text("icu_rules"), BuiltinLocale: f.Text("builtin_locale"), Strategy: f.Text("strategy"), Tablespace: f.Text("tablespace"),
		IsTemplate: f.OptBool("is_template"), AllowConn: f.OptBool("allowconn"), RevokeConn: f.OptBool("revokeconn"), ConnLimit: f.OptInt("connlimit"),
		Comment: f.OptText("comment"), Settings: settings(f, "parameters"), Baseline: f.Text("baseline"), PoolUser: f.Text("pool_auth_user"),
		Schemas: parseSchemas(f.What, f.Items("schemas"), f.Errs), Extensions: parseExtensions(f.What, f.Items("extensions"), f.Errs),
	}
}

func parseSchemas(of string, items []value.Value, errs *[]error) []pgsql.Schema {
	var list []pgsql.Schema
	for _, item := range items {
		f := module.NewFields(of+": schema", item, errs)
		list = append(list, pgsql.Schema{Name: f.Text("name"), Owner: f.Text("owner"), Absent: f.Choice("state", "create", "present", "absent") == "absent"})
	}
	return list
}

func parseExtensions(of string, items []value.Value, errs *[]error) []pgsql.Extension {
	var list []pgsql.Extension
	for _, item := range items {
		f := module.NewFields(of+": extension", item, errs)
		list = append(list, pgsql.Extension{
			Name: f.Text("name"), Schema: f.Text("schema"), Version: f.Text("version"), Absent: f.Choice("state", "create", "present", "absent") == "absent",
		})
	}
	return list
}

// expectExtensions adds what is not there yet and may come with a package that is planned.
func expectExtensions(c *module.Call, available map[string]string, share string, declared []pgsql.Extension) {
	if available == nil || share == "" {
		return
	}
	for _, e := range declared {
		if _, have := available[e.Name]; have {
			continue
		}
		if comes(c, share, e.Name+".control") {
			available[e.Name] = ""
		}
	}
}

// expectVersions adds versions that may come with a package that is planned.
func expectVersions(c *module.Call, known map[string][]string, share string, declared []pgsql.Extension) {
	for _, e := range declared {
		if e.Version == "" || known[e.Name] == nil || slices.Contains(known[e.Name], e.Version) {
			continue
		}
		if comes(c, share, e.Name+"--"+e.Version+".sql") {
			known[e.Name] = append(known[e.Name], e.Version)
		}
	}
}

// comes tells whether a file of an extension is there, or may come with a package that is planned.
func comes(c *module.Call, share, file string) bool {
	i, err := c.System.Files().Stat(share+"/extension/"+file, true)
	return err == nil && (i.Exists() || i.Assumed)
}
