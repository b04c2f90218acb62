package cmdb

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/jackc/pgx/v5"

	"pig/internal/diag"
	"pig/internal/params"
	"pig/internal/value"
)

//go:embed schema.sql
var schemaSQL string

//go:embed views.sql
var viewsSQL string

//go:embed shown.sql
var shownSQL string

// Init creates the tables, or brings those of an earlier pig up to date. No row of an inventory is deleted. It takes effect as a whole or not at all.
func (db *DB) Init(ctx context.Context) (created bool, err error) {
	err = pgx.BeginFunc(ctx, db.conn, func(tx pgx.Tx) error {
		var schema, ours bool
		if err := tx.QueryRow(ctx, `SELECT to_regnamespace('pigsty') IS NOT NULL, to_regclass('pigsty.version') IS NOT NULL`).Scan(&schema, &ours); err != nil {
			return err
		}
		created = !ours
		if schema && !ours {
			var tables int
			if err := tx.QueryRow(ctx, `SELECT count(*) FROM pg_class WHERE relnamespace = 'pigsty'::regnamespace AND relkind IN ('r', 'v')`).Scan(&tables); err != nil {
				return err
			}
			if tables > 0 {
				return diag.Errorf(diag.Pos{}, "the schema pigsty of %s has tables that pig did not create", db.Name).
					WithHint("move the schema aside: ALTER SCHEMA pigsty RENAME TO pigsty_old, then pig cmdb init")
			}
		}
		if _, err := tx.Exec(ctx, schemaSQL); err != nil {
			return fmt.Errorf("create the tables: %w", err)
		}
		if _, err := tx.Exec(ctx, viewsSQL); err != nil {
			return fmt.Errorf("create the views: %w", err)
		}
		if _, err := tx.Exec(ctx, shownSQL); err != nil {
			return fmt.Errorf("create the views without secrets: %w", err)
		}
		return defaults(ctx, tx)
	})
	return created, message(err)
}

// defaults fills the table of parameters from the catalog.
func defaults(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, `DELETE FROM pigsty.default_var`); err != nil {
		return err
	}
	var rows [][]any
	for i, p := range params.Load().Params {
		var def, rule any
		if p.Default != nil {
			text, err := encode(p.Default, func(s string) (string, error) { return s, nil })
			if err != nil {
				return err
			}
			if !p.Secret { // a known password is no default
				def = text
			}
		}
		if r := ruleOf(p); r != nil {
			rule = value.JSON(r)
		}
		rows = append(rows, []any{i + 1, p.Name, def, p.Module, p.Section, p.Type.String(), p.Levels, p.Doc, nil, rule, p.Secret || p.Type.Kind == "password"})
	}
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"pigsty", "default_var"}, []string{"id", "key", "value", "module", "section", "type", "level", "summary", "detail", "rule", "secret"}, pgx.CopyFromRows(rows))
	return err
}

// ruleOf is what SQL checks of a parameter's values; nil for nothing.
func ruleOf(p *params.Param) *value.Dict {
	switch {
	case p.Type.Kind == "csv":
		return nil
	case p.Type.List || p.Type.Map || p.Type.Object != nil || p.Type.Kind == "dict":
		return value.DictOf("kind", "many", "type", p.Type.String(), "forms", value.NewList(formsOf(p.Type)...))
	case p.Type.Kind == "bool", p.Type.Kind == "int":
	case p.Type.Kind == "port":
		return value.DictOf("kind", "port", "min", int64(1), "max", int64(65535))
	case p.Type.Kind == "enum" && len(p.Values) > 0:
		return value.DictOf("kind", "enum", "values", value.NewList(p.Values...))
	default:
		return nil
	}
	rule := value.DictOf("kind", p.Type.Kind)
	if p.Min != nil {
		rule.Set("min", *p.Min)
	}
	if p.Max != nil {
		rule.Set("max", *p.Max)
	}
	return rule
}

// formsOf are the forms that jsonb may have for values of a list, mapping or object; a lone text counts as a list of texts.
func formsOf(t params.Type) []value.Value {
	switch {
	case t.List && t.Object == nil:
		return []value.Value{"array", "string"}
	case t.List:
		return []value.Value{"array"}
	case !t.Map && t.Object != nil && t.Object.Short != "":
		return []value.Value{"object", "string"}
	}
	return []value.Value{"object"}
}
