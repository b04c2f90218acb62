package model

import (
	"fmt"
	"slices"
	"strings"
)

// Inside is what is declared to be in one database.
type Inside struct {
	Schemas    []Schema
	Extensions []Extension
	Creators   []string // roles whose default privileges are set
	Defaults   []DefaultPrivilege
	Admin      string   // the role that may make objects in schema public, which nobody else may by default; "" leaves that alone
	Callers    []Caller // who may run functions that only superusers may by default
	Functions  []Function
	PoolUser   string // who may look passwords up for the connection pool, beside those in Functions
}

// Schema is a schema as an inventory declares it.
type Schema struct {
	Name   string
	Owner  string // "" leaves it
	Absent bool
}

// Extension is an extension as an inventory declares it; empty texts leave a thing as it is.
type Extension struct {
	Name, Schema, Version string
	Absent                bool
}

// Caller is a role with the functions that it must be able to run, as in pg_ls_dir(text, boolean, boolean).
type Caller struct {
	Role      string
	Functions []string
}

// Function is a function that is kept as it is here.
type Function struct {
	Schema, Name string
	Body         string // as pg_proc.prosrc has it
	Create       string // CREATE OR REPLACE FUNCTION ...
	Grants       []string
}

// LiveInside is what is in one database.
type LiveInside struct {
	Schemas    map[string]LiveSchema    `json:"schemas"`
	Extensions map[string]LiveExtension `json:"extensions"`
	Defaults   []LiveDefault            `json:"defaults"`
	Callable   []string                 `json:"callable"` // "role function" of the Callers that may
	Missing    []string                 `json:"missing"`  // functions that this version does not have
	Bodies     map[string]string        `json:"bodies"`   // schema.name -> source
	Poolers    []string                 `json:"poolers"`  // who may call monitor.pgbouncer_auth; nil if there is no such function
	Read       bool                     `json:"read"`     // false for a database that was not there to be read
}

// LiveSchema is a row of pg_namespace.
type LiveSchema struct {
	Owner string `json:"owner"`
	ACL   ACL    `json:"acl"`
}

// LiveExtension is a row of pg_extension.
type LiveExtension struct {
	Version     string `json:"version"`
	Schema      string `json:"schema"`
	Relocatable bool   `json:"relocatable"`
}

// insideQuery goes into a database, if it is there and lets anybody in, and reads it as one JSON object; else it gives an
// empty row.
func insideQuery(db string, w Inside) string {
	return "SELECT EXISTS (SELECT FROM pg_database WHERE datname = " + Literal(db) + ` AND datallowconn) AS pig_there \gset
\if :pig_there
` + Connect(db) + `
SELECT jsonb_build_object('read', true,
 'schemas', (SELECT jsonb_object_agg(n.nspname, jsonb_build_object('owner', pg_get_userbyid(n.nspowner),
   'acl', ` + aclExpr("coalesce(n.nspacl, acldefault('n', n.nspowner))") + `)) FROM pg_namespace n WHERE n.nspname !~ '^pg_(toast|temp)'),
 'extensions', (SELECT jsonb_object_agg(e.extname, jsonb_build_object('version', e.extversion, 'schema', n.nspname, 'relocatable', e.extrelocatable))
   FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace),
 'defaults', (SELECT jsonb_agg(jsonb_build_object('role', pg_get_userbyid(d.defaclrole), 'schema', coalesce(n.nspname, ''), 'type', d.defaclobjtype,
   'acl', ` + aclExpr("d.defaclacl") + `)) FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace)` +
		w.callersQuery() + w.bodiesQuery() + poolersQuery + `);
\else
SELECT '';
\endif
`
}

// poolersQuery finds who may look passwords up for the connection pool.
const poolersQuery = `,
 'poolers', (SELECT jsonb_agg(g.rolname) FROM pg_roles g, (SELECT to_regprocedure('monitor.pgbouncer_auth(text)') AS f, to_regnamespace('monitor') AS n) x
   WHERE x.f IS NOT NULL AND has_schema_privilege(g.oid, x.n, 'USAGE') AND has_function_privilege(g.oid, x.f, 'EXECUTE'))`

func (w Inside) callersQuery() string {
	var pairs, functions []string
	for _, c := range w.Callers {
		for _, f := range c.Functions {
			pairs = append(pairs, "("+Literal(c.Role)+", "+Literal(f)+")")
			functions = append(functions, f)
		}
	}
	if len(pairs) == 0 {
		return ""
	}
	return `,
 'callable', (SELECT jsonb_agg(v.r || ' ' || v.f) FROM (VALUES ` + strings.Join(pairs, ", ") + `) v(r, f) JOIN pg_roles g ON g.rolname = v.r
   JOIN pg_proc p ON p.oid = to_regprocedure('pg_catalog.' || v.f) WHERE has_function_privilege(g.oid, p.oid, 'EXECUTE')),
 'missing', (SELECT jsonb_agg(f) FROM unnest(` + TextArray(union(functions)) + `) f WHERE to_regprocedure('pg_catalog.' || f) IS NULL)`
}

func (w Inside) bodiesQuery() string {
	if len(w.Functions) == 0 {
		return ""
	}
	var names []string
	for _, f := range w.Functions {
		names = append(names, f.Schema+"."+f.Name)
	}
	return `,
 'bodies', (SELECT jsonb_object_agg(n.nspname || '.' || p.proname, p.prosrc) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
   WHERE n.nspname || '.' || p.proname = ANY (` + TextArray(names) + `))`
}

// plan compares what is in a database with what is declared to be. notes tell what cannot be made so.
func (w Inside) plan(db string, live LiveInside, roles []string) (steps []Step, notes []string) {
	add := func(s Step) {
		if !s.Empty() {
			s.DB = db
			steps = append(steps, s)
		}
	}
	made := map[string]bool{"pg_catalog": true, "public": !live.Read}
	for name := range live.Schemas {
		made[name] = true
	}
	for _, s := range w.Schemas {
		add(planSchema(db, s, live))
		made[s.Name] = !s.Absent
	}
	for _, e := range w.Extensions {
		s, note := planExtension(db, e, live, made)
		add(s)
		if note != "" {
			notes = append(notes, note)
		}
	}
	if w.Admin != "" {
		add(planPublic(db, w.Admin, live, roles))
	}
	for _, role := range w.Creators {
		add(planDefaults(db, role, w.Defaults, live.Defaults))
	}
	for _, c := range w.Callers {
		add(planCaller(db, c, live))
	}
	for _, f := range w.Functions {
		if made[f.Schema] && strings.TrimSpace(live.Bodies[f.Schema+"."+f.Name]) != strings.TrimSpace(f.Body) {
			s := Step{Kind: "function", Name: db + "/" + f.Schema + "." + f.Name, Action: "update"}
			if live.Bodies[f.Schema+"."+f.Name] == "" {
				s.Action = "create"
			}
			s.do(f.Create)
			s.do(f.Grants...)
			add(s)
		}
	}
	if w.PoolUser != "" {
		s, note := planPooler(db, w.PoolUser, live)
		add(s)
		if note != "" {
			notes = append(notes, note)
		}
	}
	return steps, notes
}

// planPooler lets user ask for the verifiers of others on behalf of the connection pool.
func planPooler(db, user string, live LiveInside) (s Step, note string) {
	s = Step{Kind: "privileges", Name: db + " of " + user, Action: "update"}
	switch {
	case live.Read && live.Poolers == nil:
		return s, fmt.Sprintf("function monitor.pgbouncer_auth not found in database %s: pool_auth_user %s cannot read passwords", db, user)
	case slices.Contains(live.Poolers, user):
		return s, ""
	}
	s.attr("execute", "", "monitor.pgbouncer_auth(text)")
	s.do("GRANT USAGE ON SCHEMA monitor TO "+Ident(user), "GRANT EXECUTE ON FUNCTION monitor.pgbouncer_auth(text) TO "+Ident(user))
	return s, ""
}

func planSchema(db string, want Schema, live LiveInside) Step {
	was, exists := live.Schemas[want.Name]
	s := Step{Kind: "schema", Name: db + "/" + want.Name, Action: "create"}
	switch {
	case want.Absent && exists:
		s.Action, s.DataLoss = "delete", true
		s.do("DROP SCHEMA " + Ident(want.Name) + " CASCADE")
	case want.Absent:
	case !exists:
		statement := "CREATE SCHEMA IF NOT EXISTS " + Ident(want.Name)
		if want.Owner != "" {
			statement += " AUTHORIZATION " + Ident(want.Owner)
			s.attr("owner", "", want.Owner)
		}
		s.do(statement)
	case want.Owner != "" && want.Owner != was.Owner:
		s.Action = "update"
		s.attr("owner", was.Owner, want.Owner)
		s.do("ALTER SCHEMA " + Ident(want.Name) + " OWNER TO " + Ident(want.Owner))
	}
	return s
}

func planExtension(db string, want Extension, live LiveInside, made map[string]bool) (s Step, note string) {
	was, exists := live.Extensions[want.Name]
	s = Step{Kind: "extension", Name: db + "/" + want.Name, Action: "update"}
	name := Ident(want.Name)
	switch {
	case want.Absent && exists:
		s.Action, s.DataLoss = "delete", true
		s.do("DROP EXTENSION " + name + " CASCADE")
		return s, ""
	case want.Absent:
		return s, ""
	case !exists:
		s.Action = "create"
		s.create(want, made)
		return s, ""
	}
	if want.Version != "" && want.Version != was.Version {
		s.attr("version", was.Version, want.Version)
		s.do("ALTER EXTENSION " + name + " UPDATE TO " + Literal(want.Version))
	}
	switch {
	case want.Schema == "" || want.Schema == was.Schema:
	case !was.Relocatable:
		note = fmt.Sprintf("extension %s of database %s is in schema %s, and cannot be moved to %s", want.Name, db, was.Schema, want.Schema)
	default:
		s.attr("schema", was.Schema, want.Schema)
		if !made[want.Schema] {
			s.do("CREATE SCHEMA IF NOT EXISTS " + Ident(want.Schema))
			made[want.Schema] = true
		}
		s.do("ALTER EXTENSION " + name + " SET SCHEMA " + Ident(want.Schema))
	}
	return s, note
}

func (s *Step) create(want Extension, made map[string]bool) {
	statement := "CREATE EXTENSION IF NOT EXISTS " + Ident(want.Name)
	if want.Schema != "" {
		if !made[want.Schema] {
			s.do("CREATE SCHEMA IF NOT EXISTS " + Ident(want.Schema))
			made[want.Schema] = true
		}
		statement += " SCHEMA " + Ident(want.Schema)
		s.attr("schema", "", want.Schema)
	}
	if want.Version != "" {
		statement += " VERSION " + Literal(want.Version)
		s.attr("version", "", want.Version)
	}
	s.do(statement + " CASCADE")
}

// planPublic lets only admin make objects in schema public.
func planPublic(db, admin string, live LiveInside, roles []string) Step {
	s := Step{Kind: "privileges", Name: db + "/public", Action: "update"}
	public, exists := live.Schemas["public"]
	if live.Read && !exists {
		return s
	}
	if public.ACL.has("", "CREATE", false) {
		s.attr("create", "public", "(nobody)")
		s.do("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
	}
	if (roles == nil || slices.Contains(roles, admin)) && !public.ACL.has(admin, "CREATE", false) {
		s.attr("create", "", admin)
		s.do("GRANT CREATE ON SCHEMA public TO " + Ident(admin))
	}
	return s
}

func planCaller(db string, c Caller, live LiveInside) Step {
	s := Step{Kind: "privileges", Name: db + " of " + c.Role, Action: "update"}
	for _, f := range c.Functions {
		if slices.Contains(live.Missing, f) || slices.Contains(live.Callable, c.Role+" "+f) {
			continue
		}
		s.attr("execute", "", f)
		s.do("GRANT EXECUTE ON FUNCTION pg_catalog." + f + " TO " + Ident(c.Role))
	}
	return s
}
