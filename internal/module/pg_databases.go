package module

import (
	"context"

	pgsql "pig/internal/products/pgsql/model"
	"pig/internal/value"
)

// postgresDatabases makes the databases of a cluster, with their schemas, extensions and privileges, as they are declared.
//
// It acts on the leader, like postgres_roles. A new database is one change with all that is in it. The baseline is run once,
// and again when it is another or has failed. What the definition leaves out is left as it is.
// state: recreate is obeyed only for the names in recreate.
func postgresDatabases() Module {
	return Module{
		Name: "postgres_databases",
		Spec: Spec{Args: append(psqlArgs(),
			Arg{Name: "databases", Type: List, Required: true},
			Arg{Name: "default_privileges", Type: List, Elements: Str},
			Arg{Name: "known", Type: List, Elements: Str},
			Arg{Name: "prune", Type: Bool, Default: false},
			Arg{Name: "recreate", Type: List, Elements: Str},
			Arg{Name: "primary", Type: Bool, Default: true},
			// admin_role may make schemas and objects in schema public; the others are the users that may connect where that is
			// revoked from everybody.
			Arg{Name: "admin_role", Default: "dbrole_admin"},
			Arg{Name: "admin", Default: "dbuser_dba"},
			Arg{Name: "monitor", Default: "dbuser_monitor"},
			Arg{Name: "replication_user", Default: "replicator"},
			confirmedArg(),
		)},
		Run: runPostgresDatabases,
	}
}

func runPostgresDatabases(ctx context.Context, c *Call) (*value.Dict, error) {
	databases, err := parseDatabases(c.Args.List("databases"))
	if err != nil {
		return nil, err
	}
	policy := pgsql.DatabasePolicy{
		Admin: c.Args.String("admin_role"), Superadmin: c.Args.String("admin"), Connectors: []string{c.Args.String("replication_user"), c.Args.String("monitor")},
		Keep: c.Args.Strings("known"), Prune: c.Args.Bool("prune"), MayRecreate: c.Args.Strings("recreate"),
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
	return list, joined(errs)
}

func parseDatabases(items []value.Value) ([]pgsql.Database, error) {
	var errs []error
	var list []pgsql.Database
	for _, item := range items {
		list = append(list, parseDatabase(newFields("database", item, &errs)))
	}
	return list, joined(errs)
}

func parseDatabase(f fields) pgsql.Database {
	state := f.choice("state", "create", "present", "absent", "recreate")
	return pgsql.Database{
		Name: f.text("name"), Absent: state == "absent", Recreate: state == "recreate",
		Owner: f.text("owner"), Template: f.text("template"), Encoding: f.text("encoding"), Locale: f.text("locale"),
		Collate: f.text("lc_collate"), CType: f.text("lc_ctype"), LocaleProvider: f.text("locale_provider"), ICULocale: f.text("icu_locale"),
		ICURules: f.text("icu_rules"), BuiltinLocale: f.text("builtin_locale"), Strategy: f.text("strategy"), Tablespace: f.text("tablespace"),
		IsTemplate: f.optBool("is_template"), AllowConn: f.optBool("allowconn"), RevokeConn: f.optBool("revokeconn"), ConnLimit: f.optInt("connlimit"),
		Comment: f.optText("comment"), Settings: settings(f, "parameters"), Baseline: f.text("baseline"), PoolUser: f.text("pool_auth_user"),
		Schemas: parseSchemas(f.what, f.items("schemas"), f.errs), Extensions: parseExtensions(f.what, f.items("extensions"), f.errs),
	}
}

func parseSchemas(of string, items []value.Value, errs *[]error) []pgsql.Schema {
	var list []pgsql.Schema
	for _, item := range items {
		f := newFields(of+": schema", item, errs)
		list = append(list, pgsql.Schema{Name: f.text("name"), Owner: f.text("owner"), Absent: f.choice("state", "create", "present", "absent") == "absent"})
	}
	return list
}

func parseExtensions(of string, items []value.Value, errs *[]error) []pgsql.Extension {
	var list []pgsql.Extension
	for _, item := range items {
		f := newFields(of+": extension", item, errs)
		list = append(list, pgsql.Extension{
			Name: f.text("name"), Schema: f.text("schema"), Version: f.text("version"), Absent: f.choice("state", "create", "present", "absent") == "absent",
		})
	}
	return list
}

// expectExtensions adds what is not there yet and may come with a package that is planned.
func expectExtensions(c *Call, available map[string]string, share string, declared []pgsql.Extension) {
	if available == nil || share == "" {
		return
	}
	for _, e := range declared {
		if _, have := available[e.Name]; have {
			continue
		}
		i, err := c.System.Files().Stat(share+"/extension/"+e.Name+".control", true)
		if err == nil && (i.Exists() || i.Assumed) {
			available[e.Name] = ""
		}
	}
}
