package model

import "strings"

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
	Versions  map[string][]string     `json:"versions"`  // those of Available
	Share     string                  `json:"share"`     // the directory of which extension/NAME.control is a part
	Spaces    []string                `json:"spaces"`    // tablespaces
}

// Query reads all databases as one JSON object, then the inside of each of p.Read, a row each.
func (p DatabasePolicy) Query(databases []Database) string {
	var b strings.Builder
	b.WriteString(`SELECT jsonb_build_object(` + serverFields + `,
 'roles', (SELECT jsonb_agg(rolname) FROM pg_roles),
 'available', (SELECT jsonb_object_agg(name, default_version) FROM pg_available_extensions), 'share', (SELECT setting FROM pg_config WHERE name = 'SHAREDIR'),
 'versions', (SELECT jsonb_object_agg(name, versions) FROM (SELECT name, jsonb_agg(version ORDER BY version) AS versions FROM pg_available_extension_versions
   WHERE name = ANY (` + TextArray(versioned(databases)) + `) GROUP BY name) v),
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

// versioned are the extensions that are declared with a version.
func versioned(databases []Database) []string {
	var names []string
	for _, d := range databases {
		for _, e := range d.Extensions {
			if e.Version != "" && !e.Absent {
				names = append(names, e.Name)
			}
		}
	}
	return union(names)
}
