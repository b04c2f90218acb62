package cli

import (
	"fmt"
	"strings"

	"pig/internal/diag"
	"pig/internal/jinja"
	"pig/internal/params"
	"pig/internal/product"
	prpgsql "pig/internal/products/pgsql"
	"pig/internal/value"
)

// baselines tells baselines that are not there.
func (s *session) baselines(env *product.Environment) diag.List {
	var found diag.List
	for _, c := range prpgsql.Of(env) {
		vars := s.inventory.Vars(c.Members[0].Entry)
		list, ok := vars.At("pg_databases").(*value.List)
		if !ok {
			continue
		}
		for _, item := range list.Items {
			db, ok := item.(*value.Dict)
			if !ok {
				continue
			}
			name, ok := value.Plain(db.At("baseline"))
			if !ok || name == "" || params.IsTemplate(name) {
				continue
			}
			if _, looked, err := s.localFile(name); err != nil {
				found = append(found, diag.Errorf(db.ValuePos("baseline"), "baseline file %q of database %s not found", name, value.Str(db.At("name"))).
					WithHint("looked for %s", strings.Join(looked, ", ")))
			}
		}
	}
	return found
}

// pgBaselines is pg_databases with the SQL of baselines in place of the names of their files.
func (s *session) pgBaselines(_ *jinja.Scope, in value.Value, _ []value.Value, _ *value.Dict) (value.Value, error) {
	list, ok := in.(*value.List)
	if !ok {
		return nil, fmt.Errorf("pg_baselines takes a list, not %s", value.TypeName(in))
	}
	out := value.NewList()
	for _, item := range list.Items {
		db, ok := item.(*value.Dict)
		name := ""
		if ok {
			name, _ = value.Plain(db.At("baseline"))
		}
		if name == "" {
			out.Append(item)
			continue
		}
		path, looked, err := s.localFile(name)
		if err != nil {
			return nil, fmt.Errorf("baseline file %q not found: looked for %s", name, strings.Join(looked, ", "))
		}
		sql, err := s.files.Read(path)
		if err != nil {
			return nil, err
		}
		full := db.Clone()
		full.Set("baseline", string(sql))
		out.Append(full)
	}
	return out, nil
}
