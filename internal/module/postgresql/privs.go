package postgresql

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// privs keeps privileges of roles.
func privs() module.Module {
	return module.Module{
		Name: "postgresql_privs",
		Spec: module.Spec{Args: withLogin([]module.Arg{
			{Name: "roles", Required: true, Aliases: []string{"role"}}, {Name: "state", Default: "present", Choices: []string{"absent", "present"}}, {Name: "privs", Aliases: []string{"priv"}},
			{Name: "type", Default: "table", Choices: []string{"database", "default_privs", "group", "schema", "sequence", "table", "tablespace"}},
			{Name: "objs", Aliases: []string{"obj"}}, {Name: "schema"}, {Name: "target_roles"}, {Name: "grant_option", Type: module.Bool, Aliases: []string{"admin_option"}},
			{Name: "fail_on_role", Type: module.Bool, Default: true},
		}, "db", "database")},
		Run: runPrivs,
	}
}

// privilegeKind is a kind of object that privileges are for.
type privilegeKind struct {
	word string   // in GRANT ... ON
	all  []string // what ALL means
	// sql gives the name, as GRANT has it, and the list of each object that is meant; %s is the condition.
	sql string
}

var privilegeKinds = map[string]privilegeKind{
	"table": {"TABLE", []string{"SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"},
		"SELECT format('%%I.%%I', n.nspname, c.relname) AS name, coalesce(c.relacl, acldefault('r', c.relowner)) AS acl FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r','v','m','f','p') AND n.nspname = %[2]s AND (%[1]s)"},
	"sequence": {"SEQUENCE", []string{"USAGE", "SELECT", "UPDATE"},
		"SELECT format('%%I.%%I', n.nspname, c.relname) AS name, coalesce(c.relacl, acldefault('s', c.relowner)) AS acl FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'S' AND n.nspname = %[2]s AND (%[1]s)"},
	"schema": {"SCHEMA", []string{"CREATE", "USAGE"},
		"SELECT quote_ident(c.nspname) AS name, coalesce(c.nspacl, acldefault('n', c.nspowner)) AS acl FROM pg_namespace c WHERE %[2]s IS NOT NULL AND (%[1]s)"},
	"database": {"DATABASE", []string{"CREATE", "CONNECT", "TEMPORARY"},
		"SELECT quote_ident(c.datname) AS name, coalesce(c.datacl, acldefault('d', c.datdba)) AS acl FROM pg_database c WHERE %[2]s IS NOT NULL AND (%[1]s)"},
	"tablespace": {"TABLESPACE", []string{"CREATE"},
		"SELECT quote_ident(c.spcname) AS name, coalesce(c.spcacl, acldefault('t', c.spcowner)) AS acl FROM pg_tablespace c WHERE %[2]s IS NOT NULL AND (%[1]s)"},
}

// nameColumns are the columns with the names of objects.
var nameColumns = map[string]string{"table": "c.relname", "sequence": "c.relname", "schema": "c.nspname", "database": "c.datname", "tablespace": "c.spcname"}

// holding is what a role has of an object.
type holding struct {
	Name    string
	Has     []string
	Options []string // with GRANT OPTION
}

func runPrivs(ctx context.Context, c *module.Call) (*value.Dict, error) {
	s, err := newSession(c, "postgres")
	if err != nil {
		return nil, err
	}
	kind := c.Args.String("type")
	if kind != "group" && !c.Args.Has("privs") {
		return nil, fmt.Errorf("missing required arguments: privs")
	}
	for _, role := range listed(c.Args.String("roles")) {
		if !strings.EqualFold(role, "PUBLIC") {
			there, err := s.there(ctx, "role", role, "SELECT 1 FROM pg_roles WHERE rolname = "+literal(role))
			if err != nil {
				return nil, err
			}
			if !there && c.Args.Bool("fail_on_role") {
				return nil, fmt.Errorf("Role '%s' does not exist", role) //nolint:staticcheck // Ansible's words
			}
			if !there {
				c.Facts.Warn("Role '%s' does not exist, nothing to do", role)
				continue
			}
		}
		switch kind {
		case "group":
			err = s.grantGroups(ctx, role)
		case "default_privs":
			err = s.grantDefaults(ctx, role)
		default:
			err = s.grantObjects(ctx, role, kind)
		}
		if err != nil {
			return nil, err
		}
	}
	return s.done(), nil
}

// listed are the parts of a text with commas between them.
func listed(text string) (all []string) {
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			all = append(all, part)
		}
	}
	return all
}

// grantee is a role as GRANT has it.
func grantee(role string) string {
	if strings.EqualFold(role, "PUBLIC") {
		return "PUBLIC"
	}
	return ident(role)
}

// oid is the condition that an entry of a list is for a role.
func oid(role string) string {
	if strings.EqualFold(role, "PUBLIC") {
		return "0"
	}
	return "(SELECT oid FROM pg_roles WHERE rolname = " + literal(role) + ")"
}

// wantedPrivileges reads SELECT,INSERT or ALL.
func (s *session) wantedPrivileges(all []string) (words []string, err error) {
	for _, word := range listed(strings.ToUpper(s.Args.String("privs"))) {
		word = strings.Join(strings.Fields(word), " ")
		switch {
		case word == "ALL" || word == "ALL PRIVILEGES":
			return all, nil
		case word == "TEMP":
			word = "TEMPORARY"
		}
		if !slices.Contains(all, word) && word != "MAINTAIN" {
			return nil, fmt.Errorf("Invalid privs specified: %s", word) //nolint:staticcheck // Ansible's words
		}
		words = append(words, word)
	}
	return words, nil
}

// grantObjects gives a role privileges on objects of a kind, or takes them.
func (s *session) grantObjects(ctx context.Context, role, kind string) error {
	k := privilegeKinds[kind]
	wanted, err := s.wantedPrivileges(k.all)
	if err != nil {
		return err
	}
	schema := s.Args.String("schema")
	if schema == "" {
		schema = "public"
	}
	condition, names := "", listed(s.Args.String("objs"))
	switch {
	case len(names) == 0 && kind == "database":
		names = []string{s.db}
	case len(names) == 0:
		return fmt.Errorf("argument \"objs\" is required for type \"%s\"", kind)
	}
	if s.Args.String("objs") == "ALL_IN_SCHEMA" {
		if kind != "table" && kind != "sequence" {
			return fmt.Errorf("invalid objs \"ALL_IN_SCHEMA\": it is for tables and sequences")
		}
		condition, names = "true", nil
	} else {
		quoted := make([]string, len(names))
		for i, n := range names {
			quoted[i] = literal(n)
		}
		condition = nameColumns[kind] + " IN (" + strings.Join(quoted, ", ") + ")"
	}
	var have []holding
	sql := fmt.Sprintf(k.sql, condition, literal(schema))
	err = s.ask(ctx, fmt.Sprintf(`SELECT json_agg(json_build_object('Name', o.name, 'Has', (SELECT coalesce(json_agg(privilege_type), '[]') FROM aclexplode(o.acl) WHERE grantee = %[1]s),
 'Options', (SELECT coalesce(json_agg(privilege_type), '[]') FROM aclexplode(o.acl) WHERE grantee = %[1]s AND is_grantable)) ORDER BY o.name) FROM (%[2]s) o`, oid(role), sql), &have)
	if err != nil {
		return err
	}
	if len(have) < len(names) {
		if have, err = s.plannedObjects(kind, schema, names, have); err != nil {
			return err
		}
	}
	for _, h := range have {
		if err := s.grant(ctx, role, k.word+" "+h.Name, wanted, h); err != nil {
			return err
		}
	}
	return nil
}

// plannedObjects adds objects that the plan makes; others that are not there are an error.
func (s *session) plannedObjects(kind, schema string, names []string, have []holding) ([]holding, error) {
	for _, n := range names {
		full := n
		if kind == "schema" {
			full = s.db + "." + n
		}
		name := ident(n)
		if kind == "table" || kind == "sequence" {
			name = ident(schema) + "." + name
		}
		if slices.ContainsFunc(have, func(h holding) bool { return strings.ReplaceAll(h.Name, `"`, "") == strings.ReplaceAll(name, `"`, "") }) {
			continue
		}
		if state, ok := s.System.Foreseen(factOf(kind, full)); ok && state == "there" {
			have = append(have, holding{Name: name})
			continue
		}
		if s.planned(s.db) {
			return nil, fmt.Errorf("objects of database %s: %w", s.db, node.ErrUnknown)
		}
		return nil, fmt.Errorf("%s %q not found in database %s", kind, n, s.db)
	}
	return have, nil
}

// grant gives what is missing, or takes what is there.
func (s *session) grant(ctx context.Context, role, on string, wanted []string, h holding) error {
	id := node.Change{Kind: "privileges", ID: role + " on " + strings.ToLower(on[:strings.IndexByte(on, ' ')]) + on[strings.IndexByte(on, ' '):]}
	fact := func(p string) string { return factOf("privilege", role+" "+on+" "+p) }
	option := s.Args.Bool("grant_option")
	var words []string
	for _, p := range wanted {
		has := slices.Contains(h.Has, p)
		if state, ok := s.System.Foreseen(fact(p)); ok {
			has = state == "there"
		} else if option && s.Args.String("state") == "present" {
			has = slices.Contains(h.Options, p)
		}
		if has == (s.Args.String("state") == "absent") {
			words = append(words, p)
		}
	}
	if len(words) == 0 {
		return nil
	}
	id.Makes = map[string]string{}
	list := strings.Join(words, ", ")
	if s.Args.String("state") == "absent" {
		for _, p := range words {
			id.Makes[fact(p)] = "absent"
		}
		id.Action = "delete"
		return s.change(ctx, id, "REVOKE "+list+" ON "+on+" FROM "+grantee(role), "")
	}
	for _, p := range words {
		id.Makes[fact(p)] = "there"
	}
	id.Action = "create"
	sql := "GRANT " + list + " ON " + on + " TO " + grantee(role)
	if option {
		sql += " WITH GRANT OPTION"
	}
	return s.change(ctx, id, sql, "")
}

// grantGroups makes a role a member of the roles that objs names.
func (s *session) grantGroups(ctx context.Context, role string) error {
	for _, group := range listed(s.Args.String("objs")) {
		name := role + " of " + group
		in, err := s.there(ctx, "member", name, "SELECT 1 FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid WHERE g.rolname = "+literal(group)+" AND a.member = "+oid(role))
		if err != nil {
			return err
		}
		present := s.Args.String("state") == "present"
		if in == present {
			continue
		}
		id := node.Change{Kind: "member", ID: name, Action: "create", Makes: makes("member", name, present)}
		sql := "GRANT " + ident(group) + " TO " + ident(role)
		if s.Args.Bool("grant_option") {
			sql += " WITH ADMIN OPTION"
		}
		if !present {
			id.Action, sql = "delete", "REVOKE "+ident(group)+" FROM "+ident(role)
		}
		if err := s.change(ctx, id, sql, ""); err != nil {
			return err
		}
	}
	return nil
}

// defaultKinds are objects of default privileges: the letter in the catalog, and what ALL means.
var defaultKinds = map[string]struct {
	letter string
	all    []string
}{
	"TABLES": {"r", privilegeKinds["table"].all}, "SEQUENCES": {"S", privilegeKinds["sequence"].all}, "FUNCTIONS": {"f", []string{"EXECUTE"}}, "TYPES": {"T", []string{"USAGE"}}, "SCHEMAS": {"n", privilegeKinds["schema"].all},
}

// grantDefaults sets what a role gets of objects that others will make.
func (s *session) grantDefaults(ctx context.Context, role string) error {
	makers := listed(s.Args.String("target_roles"))
	if len(makers) == 0 {
		makers = []string{s.Args.String("login_user")}
	}
	objects := listed(s.Args.String("objs"))
	if len(objects) == 1 && objects[0] == "ALL_DEFAULT" {
		objects = []string{"TABLES", "SEQUENCES", "TYPES"}
	}
	if len(objects) == 0 {
		return fmt.Errorf(`argument "objs" is required for type "default_privs"`)
	}
	for _, maker := range makers {
		for _, object := range objects {
			k, ok := defaultKinds[object]
			if !ok {
				return fmt.Errorf("invalid objs %q: want TABLES, SEQUENCES, FUNCTIONS, TYPES, SCHEMAS or ALL_DEFAULT", object)
			}
			wanted, err := s.wantedPrivileges(k.all)
			if err != nil {
				return err
			}
			namespace, in := "0", ""
			if schema := s.Args.String("schema"); schema != "" {
				namespace, in = "(SELECT oid FROM pg_namespace WHERE nspname = "+literal(schema)+")", " IN SCHEMA "+ident(schema)
			}
			var have []string
			err = s.ask(ctx, fmt.Sprintf("SELECT coalesce(json_agg(x.privilege_type), '[]') FROM pg_default_acl d, aclexplode(d.defaclacl) x WHERE d.defaclrole = %s AND d.defaclnamespace = %s AND d.defaclobjtype = '%s' AND x.grantee = %s",
				oid(maker), namespace, k.letter, oid(role)), &have)
			if err != nil {
				return err
			}
			if err := s.alterDefaults(ctx, role, "FOR ROLE "+ident(maker)+in, object, wanted, have); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *session) alterDefaults(ctx context.Context, role, of, object string, wanted, have []string) error {
	present := s.Args.String("state") == "present"
	full := role + " " + of + " " + object
	if state, ok := s.System.Foreseen(factOf("default privileges", full)); ok {
		have = nil
		if state == "there" {
			have = wanted
		}
	}
	words := slices.DeleteFunc(slices.Clone(wanted), func(p string) bool { return slices.Contains(have, p) == present })
	if len(words) == 0 {
		return nil
	}
	id := node.Change{Kind: "default privileges", ID: full, Action: "create", Makes: makes("default privileges", full, present)}
	sql := "ALTER DEFAULT PRIVILEGES " + of
	if !present {
		id.Action = "delete"
		return s.change(ctx, id, sql+" REVOKE "+strings.Join(words, ", ")+" ON "+object+" FROM "+grantee(role), "")
	}
	sql += " GRANT " + strings.Join(words, ", ") + " ON " + object + " TO " + grantee(role)
	if s.Args.Bool("grant_option") {
		sql += " WITH GRANT OPTION"
	}
	return s.change(ctx, id, sql, "")
}
