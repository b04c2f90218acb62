package imitation

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	pgsql "pig/internal/products/pgsql/model"
)

// rules are the statements that pig makes.
var rules = []rule{
	{form(`BEGIN|COMMIT|SET .*|SELECT count\(pg_terminate_backend.*|DROP OWNED .*|REASSIGN OWNED .*`), nothing},
	{form(`CREATE ROLE IDENT LOGIN`), func(p *postgres, _ string, m []string) error {
		if _, there := p.users[m[1]]; there {
			return fmt.Errorf("ERROR:  role %q already exists", m[1])
		}
		p.users[m[1]] = &pgsql.LiveUser{Login: true, Inherit: true, ConnLimit: -1}
		return nil
	}},
	{form(`DROP ROLE IDENT`), func(p *postgres, _ string, m []string) error { delete(p.users, m[1]); return nil }},
	{form(`ALTER ROLE IDENT PASSWORD\s+(\S+)`), ofRole(func(_ *postgres, u *pgsql.LiveUser, m []string) { u.Password = m[2] })},
	{form(`ALTER ROLE IDENT VALID UNTIL\s+(.+)`), ofRole(func(_ *postgres, u *pgsql.LiveUser, m []string) {
		u.Until, u.UntilDate = until(m[2]), m[2]
	})},
	{form(`ALTER ROLE IDENT SET IDENT = (.+)`), ofRole(func(_ *postgres, u *pgsql.LiveUser, m []string) { u.Settings = set(u.Settings, m[2], m[3]) })},
	{form(`ALTER ROLE IDENT RESET IDENT`), ofRole(func(_ *postgres, u *pgsql.LiveUser, m []string) { u.Settings = reset(u.Settings, m[2]) })},
	{form(`COMMENT ON ROLE IDENT IS\s+(.+)`), ofRole(func(_ *postgres, u *pgsql.LiveUser, m []string) { u.Comment = m[2] })},
	{form(`ALTER ROLE IDENT ([A-Z0-9 -]+)`), ofRole(func(_ *postgres, u *pgsql.LiveUser, m []string) { roleAttributes(u, m[2]) })},

	{form(`CREATE DATABASE IDENT\s*(.*)`), createDatabase},
	{form(`DROP DATABASE IF EXISTS IDENT.*`), func(p *postgres, _ string, m []string) error {
		delete(p.databases, m[1])
		delete(p.insides, m[1])
		return nil
	}},
	{form(`ALTER DATABASE IDENT OWNER TO IDENT`), ofDatabase(func(_ *postgres, d *pgsql.LiveDatabase, m []string) {
		for i := range d.ACL {
			if d.ACL[i].Who == d.Owner {
				d.ACL[i].Who = m[2]
			}
		}
		d.Owner = m[2]
	})},
	{form(`ALTER DATABASE IDENT CONNECTION LIMIT (-?\d+)`), ofDatabase(func(_ *postgres, d *pgsql.LiveDatabase, m []string) { d.ConnLimit = number(m[2]) })},
	{form(`ALTER DATABASE IDENT IS_TEMPLATE (\w+)`), ofDatabase(func(_ *postgres, d *pgsql.LiveDatabase, m []string) { d.IsTemplate = m[2] == "true" })},
	{form(`ALTER DATABASE IDENT ALLOW_CONNECTIONS (\w+)`), ofDatabase(func(_ *postgres, d *pgsql.LiveDatabase, m []string) { d.AllowConn = m[2] == "true" })},
	{form(`ALTER DATABASE IDENT SET IDENT = (.+)`), ofDatabase(func(_ *postgres, d *pgsql.LiveDatabase, m []string) { d.Settings = set(d.Settings, m[2], m[3]) })},
	{form(`ALTER DATABASE IDENT RESET IDENT`), ofDatabase(func(_ *postgres, d *pgsql.LiveDatabase, m []string) { d.Settings = reset(d.Settings, m[2]) })},
	{form(`COMMENT ON DATABASE IDENT IS\s+(.+)`), ofDatabase(func(_ *postgres, d *pgsql.LiveDatabase, m []string) { d.Comment = m[2] })},
	{form(`GRANT (\w+) ON DATABASE IDENT TO IDENT( WITH GRANT OPTION)?`), func(p *postgres, _ string, m []string) error {
		d, err := p.database(m[2])
		if err == nil {
			d.ACL = grant(d.ACL, m[3], m[1], m[4] != "")
		}
		return err
	}},
	{form(`REVOKE (\w+) ON DATABASE IDENT FROM IDENT`), func(p *postgres, _ string, m []string) error {
		d, err := p.database(m[2])
		if err == nil {
			d.ACL = revoke(d.ACL, m[3], m[1])
		}
		return err
	}},

	{form(`CREATE SCHEMA IF NOT EXISTS IDENT(?: AUTHORIZATION IDENT)?`), inside(func(in *pgsql.LiveInside, m []string) { createSchema(in, m[1], m[2]) })},
	{form(`DROP SCHEMA IDENT CASCADE`), inside(func(in *pgsql.LiveInside, m []string) { delete(in.Schemas, m[1]) })},
	{form(`ALTER SCHEMA IDENT OWNER TO IDENT`), inside(func(in *pgsql.LiveInside, m []string) {
		s := in.Schemas[m[1]]
		s.Owner = m[2]
		in.Schemas[m[1]] = s
	})},
	{form(`GRANT (\w+) ON SCHEMA IDENT TO IDENT`), inside(func(in *pgsql.LiveInside, m []string) {
		s := in.Schemas[m[2]]
		s.ACL = grant(s.ACL, m[3], m[1], false)
		in.Schemas[m[2]] = s
	})},
	{form(`REVOKE (\w+) ON SCHEMA IDENT FROM IDENT`), inside(func(in *pgsql.LiveInside, m []string) {
		s := in.Schemas[m[2]]
		s.ACL = revoke(s.ACL, m[3], m[1])
		in.Schemas[m[2]] = s
	})},
	{form(`CREATE EXTENSION IF NOT EXISTS IDENT(?: SCHEMA IDENT)?(?: VERSION\s+(\S+))? CASCADE`), func(p *postgres, db string, m []string) error {
		version, have := extensions[m[1]]
		if !have {
			return fmt.Errorf("ERROR:  extension %q is not available", m[1])
		}
		if m[3] != "" {
			version = m[3]
		}
		schema := m[2]
		if schema == "" {
			schema = "public"
		}
		if in := p.insides[db]; in.Extensions[m[1]].Version == "" {
			in.Extensions[m[1]] = pgsql.LiveExtension{Version: version, Schema: schema, Relocatable: true}
		}
		return nil
	}},
	{form(`DROP EXTENSION IDENT CASCADE`), inside(func(in *pgsql.LiveInside, m []string) { delete(in.Extensions, m[1]) })},
	{form(`ALTER EXTENSION IDENT SET SCHEMA IDENT`), inside(func(in *pgsql.LiveInside, m []string) {
		e := in.Extensions[m[1]]
		e.Schema = m[2]
		in.Extensions[m[1]] = e
	})},
	{form(`ALTER DEFAULT PRIVILEGES FOR ROLE IDENT (.+)`), alterDefaults},
	{form(`CREATE OR REPLACE FUNCTION ([\w.]+)\(.*? AS\s+('.*')`), inside(func(in *pgsql.LiveInside, m []string) { in.Bodies[m[1]] = m[2] })},
	{form(`GRANT EXECUTE ON FUNCTION monitor.pgbouncer_auth\(text\) TO IDENT`), inside(func(in *pgsql.LiveInside, m []string) { in.Poolers = append(in.Poolers, m[1]) })},
	{form(`GRANT EXECUTE ON FUNCTION pg_catalog\.(.+) TO IDENT`), inside(func(in *pgsql.LiveInside, m []string) { in.Callable = append(in.Callable, m[2]+" "+m[1]) })},
	{form(`REVOKE ALL ON FUNCTION .*`), nothing},

	{form(`REVOKE IDENT FROM IDENT`), func(p *postgres, _ string, m []string) error {
		u, err := p.role(m[2])
		if err == nil {
			u.Member = slices.DeleteFunc(u.Member, func(l pgsql.LiveMembership) bool { return l.Role == m[1] })
		}
		return err
	}},
	{form(`GRANT IDENT TO IDENT(?: WITH (\w+) (\w+))?`), grantRole},
}

// until is a date as PostgreSQL tells it in seconds.
func until(text string) string {
	if strings.EqualFold(text, "infinity") {
		return "Infinity"
	}
	return fmt.Sprint(dateSeconds(text))
}

func roleAttributes(u *pgsql.LiveUser, clauses string) {
	fields := map[string]*bool{
		"LOGIN": &u.Login, "SUPERUSER": &u.Superuser, "CREATEDB": &u.CreateDB, "CREATEROLE": &u.CreateRole, "INHERIT": &u.Inherit, "REPLICATION": &u.Replication, "BYPASSRLS": &u.BypassRLS,
	}
	words := strings.Fields(clauses)
	for i, w := range words {
		if f, ok := fields[w]; ok {
			*f = true
		} else if f, ok := fields[strings.TrimPrefix(w, "NO")]; ok {
			*f = false
		} else if w == "LIMIT" && i+1 < len(words) {
			u.ConnLimit = number(words[i+1])
		}
	}
}

func grantRole(p *postgres, _ string, m []string) error {
	u, err := p.role(m[2])
	if err == nil {
		_, err = p.role(m[1])
		if strings.HasPrefix(m[1], "pg_") { // one of the predefined roles
			err = nil
		}
	}
	if err != nil {
		return err
	}
	i := slices.IndexFunc(u.Member, func(l pgsql.LiveMembership) bool { return l.Role == m[1] })
	if i < 0 {
		yes, inherit := true, u.Inherit
		u.Member = append(u.Member, pgsql.LiveMembership{Role: m[1], Inherit: &inherit, Set: &yes})
		i = len(u.Member) - 1
	}
	on := strings.EqualFold(m[4], "true") || strings.EqualFold(m[4], "option")
	switch strings.ToUpper(m[3]) {
	case "ADMIN":
		u.Member[i].Admin = on
	case "INHERIT":
		u.Member[i].Inherit = &on
	case "SET":
		u.Member[i].Set = &on
	}
	return nil
}

func createDatabase(p *postgres, _ string, m []string) error {
	if _, there := p.databases[m[1]]; there {
		return fmt.Errorf("ERROR:  database %q already exists", m[1])
	}
	clause := func(name, otherwise string) string {
		words := strings.Fields(m[2])
		if i := slices.Index(words, name); i >= 0 && i+1 < len(words) {
			return unquote(words[i+1])
		}
		return otherwise
	}
	template := clause("TEMPLATE", "template1")
	was, ok := p.insides[template]
	if !ok {
		return fmt.Errorf("ERROR:  template database %q does not exist", template)
	}
	d := newDatabase(clause("OWNER", "postgres"))
	d.Encoding = clause("ENCODING", d.Encoding)
	d.Tablespace = clause("TABLESPACE", d.Tablespace)
	if locale := clause("LOCALE", ""); locale != "" {
		d.Collate, d.CType, d.Provider = locale, locale, "c"
	}
	d.Collate, d.CType = clause("LC_COLLATE", d.Collate), clause("LC_CTYPE", d.CType)
	p.databases[m[1]] = d
	in := pgsql.LiveInside{}
	copyJSON(was, &in)
	if in.Bodies == nil {
		in.Bodies = map[string]string{}
	}
	in.Schemas, in.Extensions, in.Bodies = maps.Clone(in.Schemas), maps.Clone(in.Extensions), maps.Clone(in.Bodies)
	p.insides[m[1]] = &in
	return nil
}

func createSchema(in *pgsql.LiveInside, name, owner string) {
	if _, there := in.Schemas[name]; there {
		return
	}
	if owner == "" {
		owner = "postgres"
	}
	in.Schemas[name] = pgsql.LiveSchema{Owner: owner, ACL: pgsql.ACL{{Who: owner, Privilege: "USAGE"}, {Who: owner, Privilege: "CREATE"}}}
}

// alterDefaults changes a row of pg_default_acl, which begins with what is built in.
func alterDefaults(p *postgres, db string, m []string) error {
	d, err := pgsql.ParseDefaultPrivilege(m[2])
	if err != nil {
		return err
	}
	in := p.insides[db]
	i := slices.IndexFunc(in.Defaults, func(l pgsql.LiveDefault) bool { return l.Role == m[1] && l.Schema == d.Schema && l.Type == d.Type })
	if i < 0 {
		row := pgsql.LiveDefault{Role: m[1], Schema: d.Schema, Type: d.Type}
		builtin := map[string]string{"f": "EXECUTE", "T": "USAGE"}
		if what, ok := builtin[d.Type]; ok && d.Schema == "" {
			row.ACL = append(row.ACL, pgsql.Grant{Privilege: what})
		}
		if d.Schema == "" {
			for _, privilege := range []string{"INSERT", "SELECT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "USAGE", "EXECUTE", "CREATE"} {
				row.ACL = append(row.ACL, pgsql.Grant{Who: m[1], Privilege: privilege})
			}
		}
		in.Defaults = append(in.Defaults, row)
		i = len(in.Defaults) - 1
	}
	row := &in.Defaults[i]
	for _, who := range d.Who {
		for _, privilege := range d.Privileges {
			row.ACL = slices.DeleteFunc(row.ACL, func(g pgsql.Grant) bool { return g.Who == who && g.Privilege == privilege })
			if !d.Revoke {
				row.ACL = append(row.ACL, pgsql.Grant{Who: who, Privilege: privilege, Grantable: d.Grantable})
			}
		}
	}
	return nil
}
