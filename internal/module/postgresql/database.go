package postgresql

import (
	"context"
	"fmt"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// database keeps a database.
func database() module.Module {
	return module.Module{
		Name: "postgresql_db",
		Spec: module.Spec{Args: withLogin([]module.Arg{
			{Name: "name", Required: true, Aliases: []string{"db"}}, {Name: "state", Default: "present", Choices: []string{"absent", "present", "rename"}},
			{Name: "owner", Default: ""}, {Name: "template", Default: ""}, {Name: "encoding", Default: ""}, {Name: "lc_collate", Default: ""}, {Name: "lc_ctype", Default: ""},
			{Name: "icu_locale", Default: ""}, {Name: "locale_provider", Default: ""}, {Name: "tablespace", Default: ""}, {Name: "conn_limit", Default: ""}, {Name: "comment"},
			{Name: "maintenance_db", Default: "postgres"}, {Name: "target", Default: ""}, {Name: "force", Type: module.Bool},
		})},
		Run: runDatabase,
	}
}

// databaseRow is what a server knows of a database.
type databaseRow struct {
	Owner, Encoding, Collate, Ctype, Tablespace, Comment string
	Limit                                                int
}

func runDatabase(ctx context.Context, c *module.Call) (*value.Dict, error) {
	s, err := newSession(c, c.Args.String("maintenance_db"))
	if err != nil {
		return nil, err
	}
	name, state := c.Args.String("name"), c.Args.String("state")
	row, there, err := s.database(ctx, name)
	if err != nil {
		return nil, err
	}
	id := node.Change{Kind: "database", ID: name}
	switch {
	case state == "rename":
		err = s.renameDatabase(ctx, id, there)
	case state == "absent" && there:
		id.Action, id.Impact, id.Makes = "delete", node.ImpactDataLoss, makes("database", name, false)
		sql := "DROP DATABASE " + ident(name)
		if c.Args.Bool("force") {
			sql += " WITH (FORCE)"
		}
		err = s.change(ctx, id, sql, "")
	case state == "present" && !there:
		id.Action, id.Makes = "create", makes("database", name, true)
		if err = s.change(ctx, id, s.createDatabase(name), ""); err == nil {
			err = s.commentDatabase(ctx, id, "")
		}
	case state == "present":
		err = s.alterDatabase(ctx, id, row)
	}
	d := s.done("db", name)
	d.Set("executed_commands", d.At("queries"))
	return d, err
}

func (s *session) database(ctx context.Context, name string) (row databaseRow, there bool, err error) {
	if state, ok := s.System.Foreseen(factOf("database", name)); ok {
		a := s.Args
		return databaseRow{Owner: a.String("owner"), Encoding: a.String("encoding"), Collate: a.String("lc_collate"), Ctype: a.String("lc_ctype"), Tablespace: a.String("tablespace"), Comment: a.String("comment"), Limit: limitOf(a)}, state == "there", nil
	}
	var rows []databaseRow
	err = s.ask(ctx, `SELECT json_build_array(json_build_object('Owner', pg_get_userbyid(d.datdba), 'Encoding', pg_encoding_to_char(d.encoding), 'Collate', d.datcollate, 'Ctype', d.datctype,
 'Tablespace', t.spcname, 'Comment', coalesce(shobj_description(d.oid, 'pg_database'), ''), 'Limit', d.datconnlimit)) FROM pg_database d JOIN pg_tablespace t ON t.oid = d.dattablespace WHERE d.datname = `+literal(name), &rows)
	if err != nil || len(rows) == 0 {
		return row, false, err
	}
	return rows[0], true, nil
}

func limitOf(a module.Args) int {
	n := -1
	_, _ = fmt.Sscan(a.String("conn_limit"), &n)
	return n
}

func (s *session) createDatabase(name string) string {
	sql := []string{"CREATE DATABASE " + ident(name)}
	for _, o := range []struct{ arg, word string }{{"owner", "OWNER"}, {"template", "TEMPLATE"}, {"tablespace", "TABLESPACE"}} {
		if v := s.Args.String(o.arg); v != "" {
			sql = append(sql, o.word+" "+ident(v))
		}
	}
	for _, o := range []struct{ arg, word string }{{"encoding", "ENCODING"}, {"lc_collate", "LC_COLLATE"}, {"lc_ctype", "LC_CTYPE"}, {"icu_locale", "ICU_LOCALE"}, {"locale_provider", "LOCALE_PROVIDER"}} {
		if v := s.Args.String(o.arg); v != "" {
			sql = append(sql, o.word+" "+literal(v))
		}
	}
	if s.Args.String("conn_limit") != "" {
		sql = append(sql, fmt.Sprintf("CONNECTION LIMIT %d", limitOf(s.Args)))
	}
	return strings.Join(sql, " ")
}

func (s *session) commentDatabase(ctx context.Context, id node.Change, have string) error {
	wanted := s.Args.String("comment")
	if !s.Args.Has("comment") || wanted == have {
		return nil
	}
	id.Action, id.Makes = "update", nil
	return s.change(ctx, id, "COMMENT ON DATABASE "+ident(id.ID)+" IS "+literal(wanted), "")
}

// alterDatabase sets what can be changed, and refuses what cannot.
func (s *session) alterDatabase(ctx context.Context, id node.Change, row databaseRow) error {
	a := s.Args
	fold := func(e string) string { return strings.ReplaceAll(strings.ToUpper(e), "-", "") }
	for _, fixed := range []struct{ arg, name, have string }{{"encoding", "encoding", row.Encoding}, {"lc_collate", "LC_COLLATE", row.Collate}, {"lc_ctype", "LC_CTYPE", row.Ctype}} {
		if v := a.String(fixed.arg); v != "" && v != fixed.have && (fixed.arg != "encoding" || fold(v) != fold(fixed.have)) {
			return fmt.Errorf("Changing %s is not supported. Current %s: %s", fixed.name, fixed.name, fixed.have) //nolint:staticcheck // Ansible's words
		}
	}
	id.Action = "update"
	name := ident(id.ID)
	for _, step := range []struct {
		wanted bool
		sql    string
	}{
		{a.String("owner") != "" && a.String("owner") != row.Owner, "ALTER DATABASE " + name + " OWNER TO " + ident(a.String("owner"))},
		{a.String("conn_limit") != "" && limitOf(a) != row.Limit, fmt.Sprintf("ALTER DATABASE %s CONNECTION LIMIT %d", name, limitOf(a))},
		{a.String("tablespace") != "" && a.String("tablespace") != row.Tablespace, "ALTER DATABASE " + name + " SET TABLESPACE " + ident(a.String("tablespace"))},
	} {
		if step.wanted {
			if err := s.change(ctx, id, step.sql, ""); err != nil {
				return err
			}
		}
	}
	return s.commentDatabase(ctx, id, row.Comment)
}

func (s *session) renameDatabase(ctx context.Context, id node.Change, there bool) error {
	to := s.Args.String("target")
	if to == "" || to == id.ID {
		return fmt.Errorf("The \"target\" option must be set, and must differ from \"name\", when the state is \"rename\".") //nolint:staticcheck,revive // Ansible's words
	}
	_, taken, err := s.database(ctx, to)
	switch {
	case err != nil:
		return err
	case there && taken:
		return fmt.Errorf("Both the source and the target databases exist") //nolint:staticcheck // Ansible's words
	case !there && !taken:
		return fmt.Errorf("The source and the target databases do not exist") //nolint:staticcheck // Ansible's words
	case taken:
		return nil
	}
	id.Action, id.Makes = "update", map[string]string{factOf("database", id.ID): "absent", factOf("database", to): "there"}
	return s.change(ctx, id, "ALTER DATABASE "+ident(id.ID)+" RENAME TO "+ident(to), "")
}
