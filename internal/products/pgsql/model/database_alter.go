package model

import (
	"fmt"
	"strconv"
	"strings"
)

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
		plan.Notes = append(plan.Notes, fmt.Sprintf("database %s allows no connections: contents not checked", d.Name))
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

// immutable tells what of a declaration only making the database anew could bring about.
func immutable(d Database, was LiveDatabase) []string {
	var notes []string
	differ := func(what, want, have string) {
		if want != "" && have != "" && plainLocale(want) != plainLocale(have) {
			notes = append(notes, fmt.Sprintf("database %s has %s %s, not %s: only a new database can have another one", d.Name, what, have, want))
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
