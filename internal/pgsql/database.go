package pgsql

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Database is a database as an inventory declares it. Empty texts and nil leave a thing as it is, or as the server makes it.
type Database struct {
	Name           string
	Absent         bool
	Recreate       bool // drop it first
	Owner          string
	Template       string
	Encoding       string
	Locale         string
	Collate        string // lc_collate
	CType          string // lc_ctype
	LocaleProvider string // libc, icu, builtin
	ICULocale      string
	ICURules       string
	BuiltinLocale  string
	Strategy       string // wal_log, file_copy
	Tablespace     string
	IsTemplate     *bool
	AllowConn      *bool
	RevokeConn     *bool
	ConnLimit      *int
	Comment        *string
	Settings       []Setting
	Schemas        []Schema
	Extensions     []Extension
	Baseline       string // SQL that is run once, and again when it is another
	PoolUser       string // who looks passwords up for the connection pool
}

// LiveDatabase is a row of pg_database.
type LiveDatabase struct {
	Owner      string   `json:"owner"`
	Encoding   string   `json:"encoding"`
	Collate    string   `json:"collate"`
	CType      string   `json:"ctype"`
	Provider   string   `json:"provider"` // c, i, b; "" before version 15
	Locale     string   `json:"locale"`   // of the providers icu and builtin
	Tablespace string   `json:"tablespace"`
	IsTemplate bool     `json:"is_template"`
	AllowConn  bool     `json:"allowconn"`
	ConnLimit  int      `json:"connlimit"`
	Comment    string   `json:"comment"`
	Settings   []string `json:"settings"`
	ACL        ACL      `json:"acl"`
}

// DatabasesState is what the first row of a DatabasePolicy's Query has.
type DatabasesState struct {
	LiveServer
	Databases map[string]LiveDatabase `json:"databases"`
	Roles     []string                `json:"roles"`
	Available map[string]string       `json:"available"` // extensions that the node has, with their default versions
	Share     string                  `json:"share"`     // the directory of which extension/NAME.control is a part
	Spaces    []string                `json:"spaces"`    // tablespaces
}

// DatabasePolicy is what holds for all databases of a cluster.
type DatabasePolicy struct {
	Defaults    []DefaultPrivilege // of each owner
	Admin       string             // the role that may create: dbrole_admin
	Superadmin  string             // the user who passes CONNECT on where it is revoked
	Connectors  []string           // who may connect where it is revoked
	Keep        []string           // databases that others make
	Prune       bool
	MayRecreate []string // the databases whose state: recreate is to be obeyed
}

// baselineSetting is where a database keeps which baseline ran through last, so that an edit of it is noticed.
const baselineSetting = "pig.baseline"

// baselineMark stands for a baseline.
func baselineMark(sql string) string {
	sum := sha256.Sum256([]byte(sql))
	return hex.EncodeToString(sum[:8])
}

func (p DatabasePolicy) inside(d Database) Inside {
	w := Inside{Schemas: d.Schemas, Extensions: d.Extensions, Admin: p.Admin, PoolUser: d.PoolUser}
	if d.Owner != "" {
		w.Creators, w.Defaults = []string{d.Owner}, p.Defaults
	}
	return w
}

// Read names the databases whose inside must be known: those that are declared, and the templates of new ones.
func (p DatabasePolicy) Read(databases []Database) []string {
	var names []string
	for _, d := range databases {
		if !d.Absent {
			names = append(names, d.Name, d.template())
		}
	}
	return union(names)
}

func (d Database) template() string {
	if d.Template == "" {
		return "template1"
	}
	return d.Template
}

// Query reads all databases as one JSON object, then the inside of each of p.Read, a row each.
func (p DatabasePolicy) Query(databases []Database) string {
	var b strings.Builder
	b.WriteString(`SELECT jsonb_build_object(` + serverFields + `,
 'roles', (SELECT jsonb_agg(rolname) FROM pg_roles),
 'available', (SELECT jsonb_object_agg(name, default_version) FROM pg_available_extensions), 'share', (SELECT setting FROM pg_config WHERE name = 'SHAREDIR'),
 'spaces', (SELECT jsonb_agg(spcname) FROM pg_tablespace),
 'databases', (SELECT jsonb_object_agg(d.datname, jsonb_build_object('owner', pg_get_userbyid(d.datdba), 'encoding', pg_encoding_to_char(d.encoding),
   'collate', d.datcollate, 'ctype', d.datctype, 'provider', to_jsonb(d) ->> 'datlocprovider',
   'locale', coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale'), 'tablespace', t.spcname,
   'is_template', d.datistemplate, 'allowconn', d.datallowconn, 'connlimit', d.datconnlimit, 'comment', shobj_description(d.oid, 'pg_database'),
   'settings', (SELECT to_jsonb(s.setconfig) FROM pg_db_role_setting s WHERE s.setrole = 0 AND s.setdatabase = d.oid),
   'acl', ` + aclExpr("coalesce(d.datacl, acldefault('d', d.datdba))") + `))
   FROM pg_database d JOIN pg_tablespace t ON t.oid = d.dattablespace));
`)
	for _, name := range p.Read(databases) {
		b.WriteString(insideQuery(name, Inside{}))
	}
	return b.String()
}

// DatabasesPlan is what is to be done about databases.
type DatabasesPlan struct {
	Steps      []Step
	Undeclared []string
	Notes      []string // what differs and cannot be changed
}

// Plan compares declared databases with live ones. inside has what is in those of p.Read.
func (p DatabasePolicy) Plan(databases []Database, live DatabasesState, inside map[string]LiveInside) (DatabasesPlan, error) {
	var plan DatabasesPlan
	if err := p.check(databases, live, inside); err != nil {
		return plan, err
	}
	declared := map[string]bool{"postgres": true}
	for _, d := range databases {
		declared[d.Name] = true
		was, exists := live.Databases[d.Name]
		again := d.Recreate && exists && slices.Contains(p.MayRecreate, d.Name)
		if d.Recreate && exists && !again {
			plan.Notes = append(plan.Notes, fmt.Sprintf("database %s stays: state: recreate drops it only when its name is confirmed", d.Name))
		}
		switch {
		case d.Absent && exists:
			plan.Steps = append(plan.Steps, dropDatabase(d.Name, was, live.Version))
		case d.Absent:
		case !exists:
			plan.Steps = append(plan.Steps, p.create(d, live, inside))
		case again:
			plan.Steps = append(plan.Steps, dropDatabase(d.Name, was, live.Version), p.create(d, live, inside))
		default:
			p.alter(&plan, d, was, live, inside[d.Name])
		}
	}
	for name, l := range live.Databases {
		if !declared[name] && !strings.HasPrefix(name, "template") && !l.IsTemplate && !slices.Contains(p.Keep, name) {
			plan.Undeclared = append(plan.Undeclared, name)
		}
	}
	slices.Sort(plan.Undeclared)
	if p.Prune {
		for _, name := range plan.Undeclared {
			plan.Steps = append(plan.Steps, dropDatabase(name, live.Databases[name], live.Version))
		}
	}
	return plan, nil
}

// check finds what cannot work, before anything is changed.
func (p DatabasePolicy) check(databases []Database, live DatabasesState, inside map[string]LiveInside) error {
	var errs []string
	seen := map[string]bool{}
	for _, d := range databases {
		if seen[d.Name] {
			errs = append(errs, fmt.Sprintf("database %s is declared twice", d.Name))
		}
		seen[d.Name] = true
		if (d.Absent || d.Recreate) && slices.Contains([]string{"postgres", "template0", "template1"}, d.Name) {
			errs = append(errs, fmt.Sprintf("database %s cannot be dropped: the cluster itself needs it", d.Name))
		}
		if live.Available == nil || d.Absent {
			continue
		}
		if d.Tablespace != "" && live.Spaces != nil && !slices.Contains(live.Spaces, d.Tablespace) {
			errs = append(errs, fmt.Sprintf("database %s: there is no tablespace %s", d.Name, d.Tablespace))
		}
		for _, e := range d.Extensions {
			_, have := live.Available[e.Name]
			_, installed := inside[d.Name].Extensions[e.Name]
			if !have && !installed && !e.Absent {
				errs = append(errs, fmt.Sprintf("database %s: extension %s is not on this node: its package is not installed (pg_extensions), or its name is another", d.Name, e.Name))
			}
		}
		if _, there := live.Databases[d.template()]; !there && !seen[d.template()] {
			errs = append(errs, fmt.Sprintf("database %s: there is no database %s to be its template", d.Name, d.template()))
		}
	}
	if len(errs) > 0 {
		return fmt.Errorf("%s", strings.Join(errs, "\n"))
	}
	return nil
}

// create makes a database with all that is in it, as one step: what its template already has is no change of its own.
func (p DatabasePolicy) create(d Database, live DatabasesState, inside map[string]LiveInside) Step {
	s := Step{Kind: "database", Name: d.Name, Action: "create", Loose: true}
	if d.template() == "postgres" {
		s.DB = "template1"
	}
	if d.template() != "template0" && d.template() != "template1" {
		s.Outage = true
		s.do("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = " + Literal(d.template()))
	}
	s.do("CREATE DATABASE " + Ident(d.Name) + s.createClauses(d))
	owner := d.Owner
	if owner == "" {
		owner = cmp.Or(live.Self, "postgres")
	}
	was := LiveDatabase{Owner: owner, ConnLimit: -1, AllowConn: true, Tablespace: d.Tablespace, ACL: ACL{
		{"", "CONNECT", false}, {"", "TEMPORARY", false}, {owner, "CREATE", false}, {owner, "CONNECT", false}, {owner, "TEMPORARY", false}}}
	if d.Comment == nil {
		comment := "business database " + d.Name
		d.Comment = &comment
	}
	late := Step{}
	p.properties(&s, &late, d, was, live.Roles)
	s.do(Connect(d.Name))
	steps, _ := p.inside(d).plan(d.Name, inside[d.template()], live.Roles)
	for _, in := range steps {
		s.do(in.SQL...)
		if in.Kind == "schema" || in.Kind == "extension" {
			s.attr(in.Kind, "", strings.TrimPrefix(in.Name, d.Name+"/"))
		}
	}
	s.baseline(d)
	s.Attrs, s.SQL = append(s.Attrs, late.Attrs...), append(s.SQL, late.SQL...)
	return s
}

// baseline runs the declared SQL, and notes that it did when that has run through.
func (s *Step) baseline(d Database) {
	if d.Baseline != "" {
		s.attr("baseline", "", fmt.Sprintf("%d bytes of SQL", len(d.Baseline)))
		s.do(d.Baseline+"\n", "ALTER DATABASE "+Ident(d.Name)+" SET "+Ident(baselineSetting)+" = "+Literal(baselineMark(d.Baseline)))
	}
}

func (s *Step) createClauses(d Database) string {
	var b strings.Builder
	for _, c := range []struct{ name, sql, value string }{
		{"owner", "OWNER", Ident(d.Owner)}, {"template", "TEMPLATE", Ident(d.Template)}, {"strategy", "STRATEGY", Literal(d.Strategy)},
		{"encoding", "ENCODING", Literal(d.Encoding)}, {"locale", "LOCALE", Literal(d.Locale)}, {"lc_collate", "LC_COLLATE", Literal(d.Collate)},
		{"lc_ctype", "LC_CTYPE", Literal(d.CType)}, {"locale_provider", "LOCALE_PROVIDER", Literal(d.LocaleProvider)},
		{"icu_locale", "ICU_LOCALE", Literal(d.ICULocale)}, {"icu_rules", "ICU_RULES", Literal(d.ICURules)},
		{"builtin_locale", "BUILTIN_LOCALE", Literal(d.BuiltinLocale)}, {"tablespace", "TABLESPACE", Ident(d.Tablespace)},
	} {
		if c.value != "''" && c.value != `""` {
			b.WriteString(" " + c.sql + " " + strings.TrimSpace(c.value))
			s.attr(c.name, "", strings.Trim(strings.TrimSpace(c.value), `'"`))
		}
	}
	return b.String()
}

// alter makes a database that is there what it should be.
func (p DatabasePolicy) alter(plan *DatabasesPlan, d Database, was LiveDatabase, live DatabasesState, inside LiveInside) {
	plan.Notes = append(plan.Notes, immutable(d, was)...)
	s := Step{Kind: "database", Name: d.Name, Action: "update"}
	late := s
	if d.Owner != "" && d.Owner != was.Owner {
		s.attr("owner", was.Owner, d.Owner)
		s.do("ALTER DATABASE " + Ident(d.Name) + " OWNER TO " + Ident(d.Owner))
	}
	if d.Tablespace != "" && d.Tablespace != was.Tablespace {
		s.Loose, s.Outage = true, true
		s.attr("tablespace", was.Tablespace, d.Tablespace)
		s.do("ALTER DATABASE " + Ident(d.Name) + " SET TABLESPACE " + Ident(d.Tablespace))
	}
	p.properties(&s, &late, d, was, live.Roles)
	if !s.Empty() {
		plan.Steps = append(plan.Steps, s)
	}
	switch {
	case inside.Read:
		steps, notes := p.inside(d).plan(d.Name, inside, live.Roles)
		plan.Steps, plan.Notes = append(plan.Steps, steps...), append(plan.Notes, notes...)
	case d.AllowConn == nil || *d.AllowConn:
		plan.Notes = append(plan.Notes, fmt.Sprintf("database %s lets nobody in: what is in it was not looked at", d.Name))
	}
	if d.Baseline != "" && settingsMap(was.Settings)[baselineSetting] != baselineMark(d.Baseline) && inside.Read {
		b := Step{Kind: "baseline", Name: d.Name, Action: "run", DB: d.Name, Loose: true}
		b.baseline(d)
		plan.Steps = append(plan.Steps, b)
	}
	if !late.Empty() {
		plan.Steps = append(plan.Steps, late)
	}
}

// properties are what an existing database can be given. What shuts it comes late.
func (p DatabasePolicy) properties(s, late *Step, d Database, was LiveDatabase, roles []string) {
	db := "DATABASE " + Ident(d.Name)
	if d.ConnLimit != nil && *d.ConnLimit != was.ConnLimit {
		s.attr("connlimit", strconv.Itoa(was.ConnLimit), strconv.Itoa(*d.ConnLimit))
		s.do("ALTER " + db + " CONNECTION LIMIT " + strconv.Itoa(*d.ConnLimit))
	}
	if d.IsTemplate != nil && *d.IsTemplate != was.IsTemplate {
		s.attr("is_template", onOff(was.IsTemplate), onOff(*d.IsTemplate))
		s.do("ALTER " + db + " IS_TEMPLATE " + strconv.FormatBool(*d.IsTemplate))
	}
	if d.AllowConn != nil && *d.AllowConn != was.AllowConn {
		target := s
		if !*d.AllowConn {
			target = late
		}
		target.attr("allowconn", onOff(was.AllowConn), onOff(*d.AllowConn))
		target.do(Connect("postgres"), "ALTER "+db+" ALLOW_CONNECTIONS "+strconv.FormatBool(*d.AllowConn))
		target.Loose = true
	}
	s.diffSettings(db, d.Settings, was.Settings)
	s.comment(db, d.Comment, was.Comment)
	p.grants(s, d, was, roles)
}

// grants are the privileges on the database itself: only the admin role and the owner may make schemas in it, and where
// revokeconn says so, only they and the system's users may connect.
func (p DatabasePolicy) grants(s *Step, d Database, was LiveDatabase, roles []string) {
	db := "DATABASE " + Ident(d.Name)
	known := func(r string) bool { return r != "" && (roles == nil || slices.Contains(roles, r)) }
	grant := func(privilege, who string, passOn bool) {
		if !known(who) || was.ACL.has(who, privilege, passOn) {
			return
		}
		statement := "GRANT " + privilege + " ON " + db + " TO " + Ident(who)
		if passOn {
			statement += " WITH GRANT OPTION"
		}
		s.attr(strings.ToLower(privilege), "", who)
		s.do(statement)
	}
	if was.ACL.has("", "CREATE", false) {
		s.attr("create", "public", "(nobody)")
		s.do("REVOKE CREATE ON " + db + " FROM PUBLIC")
	}
	grant("CREATE", p.Admin, false)
	for _, privilege := range []string{"CREATE", "CONNECT", "TEMPORARY"} {
		if d.Owner == was.Owner { // a new owner takes over the old one's
			grant(privilege, d.Owner, false)
		}
	}
	switch {
	case d.RevokeConn == nil:
	case *d.RevokeConn:
		if was.ACL.has("", "CONNECT", false) {
			s.attr("connect", "public", "(nobody)")
			s.do("REVOKE CONNECT ON " + db + " FROM PUBLIC")
		}
		for _, who := range p.Connectors {
			grant("CONNECT", who, false)
		}
		grant("CONNECT", p.Superadmin, p.Superadmin != d.Owner)
	case !was.ACL.has("", "CONNECT", false):
		s.attr("connect", "", "public")
		s.do("GRANT CONNECT ON " + db + " TO PUBLIC")
	}
}

// immutable tells what of a declaration only making the database anew could bring about.
func immutable(d Database, was LiveDatabase) []string {
	var notes []string
	differ := func(what, want, have string) {
		if want != "" && have != "" && plainLocale(want) != plainLocale(have) {
			notes = append(notes, fmt.Sprintf("database %s has %s %s, not %s: that can only be chosen when it is made", d.Name, what, have, want))
		}
	}
	differ("encoding", d.Encoding, was.Encoding)
	differ("lc_collate", d.Collate, was.Collate)
	differ("lc_ctype", d.CType, was.CType)
	switch was.Provider {
	case "i":
		differ("icu_locale", d.ICULocale, was.Locale)
	case "b":
		differ("builtin_locale", d.BuiltinLocale, was.Locale)
	default:
		if d.Collate == "" {
			differ("locale", d.Locale, was.Collate)
		}
	}
	return notes
}

// plainLocale makes the spellings of a locale or encoding one: C.UTF-8 is C.utf8.
func plainLocale(s string) string {
	return strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(s))
}

func dropDatabase(name string, was LiveDatabase, version int) Step {
	s := Step{Kind: "database", Name: name, Action: "delete", DataLoss: true, Loose: true}
	if was.IsTemplate {
		s.do("ALTER DATABASE " + Ident(name) + " IS_TEMPLATE false")
	}
	if version >= 130000 {
		s.do("DROP DATABASE IF EXISTS " + Ident(name) + " WITH (FORCE)")
		return s
	}
	s.do("ALTER DATABASE "+Ident(name)+" ALLOW_CONNECTIONS false",
		"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = "+Literal(name), "DROP DATABASE IF EXISTS "+Ident(name))
	return s
}
