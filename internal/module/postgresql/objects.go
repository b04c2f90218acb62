package postgresql

import (
	"context"
	"fmt"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// extension keeps an extension of a database.
func extension() module.Module {
	return module.Module{
		Name: "postgresql_ext",
		Spec: module.Spec{Args: withLogin([]module.Arg{
			{Name: "name", Required: true, Aliases: []string{"ext"}}, {Name: "state", Default: "present", Choices: []string{"absent", "present"}},
			{Name: "schema"}, {Name: "version"}, {Name: "cascade", Type: module.Bool}, {Name: "comment"},
		}, "db")},
		Run: runExtension,
	}
}

func runExtension(ctx context.Context, c *module.Call) (*value.Dict, error) {
	s, err := newSession(c, "postgres")
	if err != nil {
		return nil, err
	}
	name, present := c.Args.String("name"), c.Args.String("state") == "present"
	var rows []struct{ Version, Schema, Newest, Comment string }
	err = s.ask(ctx, `SELECT json_build_array(json_build_object('Version', e.extversion, 'Schema', n.nspname, 'Newest', coalesce(a.default_version, ''), 'Comment', coalesce(obj_description(e.oid, 'pg_extension'), '')))
 FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace LEFT JOIN pg_available_extensions a ON a.name = e.extname WHERE e.extname = `+literal(name), &rows)
	if err != nil {
		return nil, err
	}
	full := s.db + "." + name
	there := len(rows) > 0
	if state, ok := s.System.Foreseen(factOf("extension", full)); ok {
		there = state == "there"
	}
	id := node.Change{Kind: "extension", ID: full, Action: "create", Makes: makes("extension", full, present)}
	cascade := map[bool]string{true: " CASCADE"}[c.Args.Bool("cascade")]
	version := c.Args.String("version")
	switch {
	case !present && there:
		id.Action = "delete"
		err = s.change(ctx, id, "DROP EXTENSION "+ident(name)+cascade, "")
	case present && !there:
		sql := "CREATE EXTENSION " + ident(name)
		if schema := c.Args.String("schema"); schema != "" {
			sql += " WITH SCHEMA " + ident(schema)
		}
		if version != "" && version != "latest" {
			sql += " VERSION " + literal(version)
		}
		if err = s.change(ctx, id, sql+cascade, ""); err == nil && c.Args.String("comment") != "" {
			id.Action, id.Makes = "update", nil
			err = s.change(ctx, id, "COMMENT ON EXTENSION "+ident(name)+" IS "+literal(c.Args.String("comment")), "")
		}
	case present && len(rows) > 0:
		id.Action, id.Makes = "update", nil
		row := rows[0]
		if wanted := map[bool]string{true: row.Newest, false: version}[version == "latest"]; wanted != "" && wanted != row.Version {
			if err = s.change(ctx, id, "ALTER EXTENSION "+ident(name)+" UPDATE TO "+literal(wanted), ""); err != nil {
				break
			}
		}
		if schema := c.Args.String("schema"); schema != "" && schema != row.Schema {
			if err = s.change(ctx, id, "ALTER EXTENSION "+ident(name)+" SET SCHEMA "+ident(schema), ""); err != nil {
				break
			}
		}
		if wanted := c.Args.String("comment"); c.Args.Has("comment") && wanted != row.Comment {
			err = s.change(ctx, id, "COMMENT ON EXTENSION "+ident(name)+" IS "+literal(wanted), "")
		}
	}
	return s.done("db", s.db, "ext", name), err
}

// schema keeps a schema of a database.
func schema() module.Module {
	return module.Module{
		Name: "postgresql_schema",
		Spec: module.Spec{Args: withLogin([]module.Arg{
			{Name: "name", Required: true, Aliases: []string{"schema"}}, {Name: "state", Default: "present", Choices: []string{"absent", "present"}},
			{Name: "owner", Default: ""}, {Name: "cascade_drop", Type: module.Bool}, {Name: "comment"},
		}, "db", "database")},
		Run: runSchema,
	}
}

func runSchema(ctx context.Context, c *module.Call) (*value.Dict, error) {
	s, err := newSession(c, "postgres")
	if err != nil {
		return nil, err
	}
	name, owner, present := c.Args.String("name"), c.Args.String("owner"), c.Args.String("state") == "present"
	var rows []struct{ Owner, Comment string }
	err = s.ask(ctx, "SELECT json_build_array(json_build_object('Owner', pg_get_userbyid(nspowner), 'Comment', coalesce(obj_description(oid, 'pg_namespace'), ''))) FROM pg_namespace WHERE nspname = "+literal(name), &rows)
	if err != nil {
		return nil, err
	}
	full := s.db + "." + name
	there := len(rows) > 0
	if state, ok := s.System.Foreseen(factOf("schema", full)); ok {
		there = state == "there"
	}
	id := node.Change{Kind: "schema", ID: full, Action: "create", Makes: makes("schema", full, present)}
	switch {
	case !present && there:
		id.Action, id.Impact = "delete", node.ImpactDataLoss
		err = s.change(ctx, id, "DROP SCHEMA "+ident(name)+map[bool]string{true: " CASCADE"}[c.Args.Bool("cascade_drop")], "")
	case present && !there:
		sql := "CREATE SCHEMA " + ident(name)
		if owner != "" {
			sql += " AUTHORIZATION " + ident(owner)
		}
		if err = s.change(ctx, id, sql, ""); err == nil && c.Args.String("comment") != "" {
			id.Action, id.Makes = "update", nil
			err = s.change(ctx, id, "COMMENT ON SCHEMA "+ident(name)+" IS "+literal(c.Args.String("comment")), "")
		}
	case present && len(rows) > 0:
		id.Action, id.Makes = "update", nil
		if owner != "" && owner != rows[0].Owner {
			err = s.change(ctx, id, "ALTER SCHEMA "+ident(name)+" OWNER TO "+ident(owner), "")
		}
		if wanted := c.Args.String("comment"); err == nil && c.Args.Has("comment") && wanted != rows[0].Comment {
			err = s.change(ctx, id, "COMMENT ON SCHEMA "+ident(name)+" IS "+literal(wanted), "")
		}
	}
	return s.done("schema", name), err
}

// tablespace keeps a tablespace.
func tablespace() module.Module {
	return module.Module{
		Name: "postgresql_tablespace",
		Spec: module.Spec{Args: withLogin([]module.Arg{
			{Name: "tablespace", Required: true, Aliases: []string{"name"}}, {Name: "state", Default: "present", Choices: []string{"absent", "present"}},
			{Name: "location", Type: module.Path, Aliases: []string{"path"}}, {Name: "owner"}, {Name: "rename_to"}, {Name: "set", Type: module.Dict},
		}, "db"), Exclusive: [][]string{{"rename_to", "set"}}},
		Run: runTablespace,
	}
}

func runTablespace(ctx context.Context, c *module.Call) (*value.Dict, error) {
	s, err := newSession(c, "postgres")
	if err != nil {
		return nil, err
	}
	name, present := c.Args.String("tablespace"), c.Args.String("state") == "present"
	var rows []struct {
		Owner, Location string
		Options         []string
	}
	err = s.ask(ctx, "SELECT json_build_array(json_build_object('Owner', pg_get_userbyid(spcowner), 'Location', pg_tablespace_location(oid), 'Options', coalesce(to_json(spcoptions), '[]'))) FROM pg_tablespace WHERE spcname = "+literal(name), &rows)
	if err != nil {
		return nil, err
	}
	there := len(rows) > 0
	if state, ok := s.System.Foreseen(factOf("tablespace", name)); ok {
		there = state == "there"
	}
	id := node.Change{Kind: "tablespace", ID: name, Action: "create", Makes: makes("tablespace", name, present)}
	location, owner := c.Args.String("location"), c.Args.String("owner")
	switch {
	case !present && there:
		id.Action, id.Impact = "delete", node.ImpactDataLoss
		err = s.change(ctx, id, "DROP TABLESPACE "+ident(name), "")
	case present && !there && location == "":
		err = fmt.Errorf("Tablespace %s does not exist. Parameter 'location' is needed to create it", name) //nolint:staticcheck // Ansible's words
	case present && !there:
		err = s.change(ctx, id, "CREATE TABLESPACE "+ident(name)+" LOCATION "+literal(location), "")
	case present && len(rows) > 0 && location != "" && location != rows[0].Location:
		err = fmt.Errorf("Tablespace '%s' exists with different location '%s'", name, rows[0].Location) //nolint:staticcheck // Ansible's words
	}
	if err != nil || !present {
		return s.done("tablespace", name), err
	}
	row := struct {
		Owner, Location string
		Options         []string
	}{}
	if len(rows) > 0 {
		row = rows[0]
	}
	id.Action, id.Makes = "update", nil
	if owner != "" && owner != row.Owner {
		if err := s.change(ctx, id, "ALTER TABLESPACE "+ident(name)+" OWNER TO "+ident(owner), ""); err != nil {
			return nil, err
		}
	}
	if err := s.tablespaceOptions(ctx, id, row.Options); err != nil {
		return nil, err
	}
	if to := c.Args.String("rename_to"); to != "" && to != name {
		id.Makes = map[string]string{factOf("tablespace", name): "absent", factOf("tablespace", to): "there"}
		err = s.change(ctx, id, "ALTER TABLESPACE "+ident(name)+" RENAME TO "+ident(to), "")
	}
	return s.done("tablespace", name), err
}

func (s *session) tablespaceOptions(ctx context.Context, id node.Change, have []string) error {
	is := map[string]string{}
	for _, o := range have {
		k, v, _ := strings.Cut(o, "=")
		is[k] = v
	}
	wanted := dictOf(s.Args.Dict("set"))
	for _, k := range sorted(wanted) {
		sql := fmt.Sprintf("ALTER TABLESPACE %s SET (%s = %s)", ident(id.ID), ident(k), literal(wanted[k]))
		if wanted[k] == "reset" {
			if is[k] == "" {
				continue
			}
			sql = fmt.Sprintf("ALTER TABLESPACE %s RESET (%s)", ident(id.ID), ident(k))
		} else if is[k] == wanted[k] {
			continue
		}
		if err := s.change(ctx, id, sql, ""); err != nil {
			return err
		}
	}
	return nil
}
