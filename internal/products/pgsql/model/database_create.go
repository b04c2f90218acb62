package model

import (
	"cmp"
	"strings"
)

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
	d.Comment = d.comment()
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
	if d.Name != p.Bootstrapped {
		s.baseline(d)
	}
	s.Attrs, s.SQL = append(s.Attrs, late.Attrs...), append(s.SQL, late.SQL...)
	return s
}

// comment is what a new database has.
func (d Database) comment() *string {
	if d.Comment != nil {
		return d.Comment
	}
	comment := "business database " + d.Name
	return &comment
}

// adopt makes a database that somebody else has just made for pig what a new one would be, as one step.
func (p DatabasePolicy) adopt(plan *DatabasesPlan, d Database, was LiveDatabase, live DatabasesState, inside LiveInside) {
	d.Comment = d.comment()
	baseline := d.Baseline
	d.Baseline = ""
	var found DatabasesPlan
	p.alter(&found, d, was, live, inside)
	s := Step{Kind: "database", Name: d.Name, Action: "create", Loose: true}
	for _, in := range found.Steps {
		s.do(Connect(cmp.Or(in.DB, "postgres")))
		s.do(in.SQL...)
		s.Attrs = append(s.Attrs, in.Attrs...)
		if in.Kind != s.Kind {
			s.attr(in.Kind, "", strings.TrimPrefix(in.Name, d.Name+"/"))
		}
		s.DataLoss, s.Outage = s.DataLoss || in.DataLoss, s.Outage || in.Outage
	}
	plan.Notes = append(plan.Notes, found.Notes...)
	if !s.Empty() {
		plan.Steps = append(plan.Steps, s)
	}
	d.Baseline = baseline
	if settingsMap(was.Settings)[baselineSetting] != baselineMark(baseline) {
		p.baselineApart(plan, d)
	}
}

// baselineApart runs the baseline of the database that Patroni makes after all else: it may distribute tables.
func (p DatabasePolicy) baselineApart(plan *DatabasesPlan, d Database) {
	if d.Name == p.Bootstrapped && d.Baseline != "" {
		b := Step{Kind: "baseline", Name: d.Name, Action: "run", DB: d.Name, Loose: true}
		b.baseline(d)
		plan.Steps = append(plan.Steps, b)
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
