package cmdb

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"pig/internal/diag"
	"pig/internal/value"
)

// Load is what is to be written.
type Load struct {
	Text   string
	Source string // the file, for people
	Author string
	Reason string
	Kind   string
	// Base is the version that the text was made from: a newer one is a conflict. Negative is whatever there is.
	Base int64
}

// Loaded is what came of it. Version is that of before if nothing was to be done.
type Loaded struct {
	ID      string
	Version int64
	Changes []Change
	Layout  bool // the text was written anew
}

// Conflict is why nothing was written: others wrote since the base.
type Conflict struct {
	Base   int64
	Behind []Entry
}

func (c *Conflict) Error() string {
	newest := c.Behind[len(c.Behind)-1]
	return fmt.Sprintf("the CMDB is at version %d, but the text is based on version %d", newest.ID, c.Base)
}

// errNothing ends a transaction that has nothing to write.
var errNothing = errors.New("nothing to write")

// Load writes a text to the tables: one transaction, one version, and only rows that differ. A reader sees all of it or nothing.
func (db *DB) Load(ctx context.Context, l Load, keys *Keys) (*Loaded, error) {
	text, err := ReadText(l.Source, []byte(l.Text))
	if err != nil {
		return nil, err
	}
	if err := sealable(l, text, keys); err != nil {
		return nil, err
	}
	done := &Loaded{}
	err = pgx.BeginFunc(ctx, db.conn, func(tx pgx.Tx) error {
		return write(ctx, tx, l, text, keys, done)
	})
	if errors.Is(err, errNothing) {
		return done, nil
	}
	if err != nil {
		return nil, message(err)
	}
	return done, nil
}

// sealable refuses to send secrets in the clear.
func sealable(l Load, text *Text, keys *Keys) error {
	if keys.Given() {
		return nil
	}
	const hint = "give --vault-password-file or --age-identity to encrypt secrets, or remove them from the inventory: pig generates passwords that the inventory does not set"
	if n, first := text.Rows.Secrets(); n > 0 {
		return diag.Errorf(text.Place(first), "cannot load secrets in clear text (%s, %d in all)", first.What(), n).WithHint(hint)
	}
	if line := text.SecretComment(); line > 0 {
		return diag.Errorf(diag.Pos{File: l.Source, Line: line}, "cannot load a comment that may hold a secret in clear text").WithHint(hint)
	}
	return nil
}

func write(ctx context.Context, tx pgx.Tx, l Load, text *Text, keys *Keys, done *Loaded) error {
	if err := begin(ctx, tx, l); err != nil {
		return err
	}
	was, err := readState(ctx, tx, 0)
	if err != nil {
		return err
	}
	done.ID = was.ID
	before := was.Version.ID - 1 // the newest is this transaction's own
	if err := conflicts(ctx, tx, l, before); err != nil {
		return err
	}
	layout, err := was.Layout.open(keys)
	if err != nil {
		layout = ""
	}
	done.Version = was.Version.ID
	done.Changes = Compare(was.Rows, text.Rows, keys)
	SortChanges(done.Changes)
	done.Layout = layout != l.Text || was.Layout.Sealed != keys.Given() || was.Layout.Version == 0
	if len(done.Changes) == 0 && !done.Layout {
		done.Version = before
		return errNothing
	}
	done.Layout = true
	seals, err := sealAll(text.Rows, was.Rows, keys)
	if err != nil {
		return err
	}
	if err := stage(ctx, tx, text.Rows, seals); err != nil {
		return err
	}
	body, err := sealedLayout(l.Text, seals, keys)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO pigsty.layout (version, source, text, sealed) VALUES ($1, $2, $3, $4)`, done.Version, l.Source, body, keys.Given())
	return err
}

// begin takes the place of the one who writes, and begins a version.
func begin(ctx context.Context, tx pgx.Tx, l Load) error {
	_, err := tx.Exec(ctx, `SELECT set_config('lock_timeout', '10s', true), set_config('pigsty.author', $1, true), set_config('pigsty.kind', $2, true),
		set_config('pigsty.reason', $3, true), set_config('pigsty.base', '', true)`, l.Author, l.Kind, l.Reason)
	if err == nil {
		_, err = tx.Exec(ctx, `SELECT pigsty.version_begin()`)
	}
	return err
}

// conflicts refuses to write over what others wrote since the base.
func conflicts(ctx context.Context, tx pgx.Tx, l Load, newest int64) error {
	if l.Base < 0 || l.Base == newest {
		return nil
	}
	list, err := history(ctx, tx, Filter{After: l.Base, Until: newest})
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return noVersion(l.Base, newest)
	}
	return &Conflict{l.Base, list}
}

const staging = `CREATE TEMPORARY TABLE cmdb_load (what text, cls text, name text, key text, value jsonb, written json, comment text, seq bigint) ON COMMIT DROP`

// applied brings the tables to what was staged. Rows that do not differ are not touched but for their place and comment.
var applied = []string{
	`DELETE FROM pigsty.global_var t WHERE NOT EXISTS (SELECT FROM cmdb_load s WHERE s.what = 'global_var' AND s.key = t.key)`,
	`DELETE FROM pigsty.host_var t WHERE NOT EXISTS (SELECT FROM cmdb_load s WHERE s.what = 'host_var' AND (s.cls, s.name, s.key) = (t.cls, t.name, t.key))`,
	`DELETE FROM pigsty.group_var t WHERE NOT EXISTS (SELECT FROM cmdb_load s WHERE s.what = 'group_var' AND (s.cls, s.key) = (t.cls, t.key))`,
	`DELETE FROM pigsty.host t WHERE NOT EXISTS (SELECT FROM cmdb_load s WHERE s.what = 'host' AND (s.cls, s.name) = (t.cls, t.name))`,
	`DELETE FROM pigsty.group_child t WHERE NOT EXISTS (SELECT FROM cmdb_load s WHERE s.what = 'group_child' AND (s.cls, s.key) = (t.cls, t.child))`,
	`DELETE FROM pigsty.group t WHERE NOT EXISTS (SELECT FROM cmdb_load s WHERE s.what = 'group' AND s.cls = t.cls)`,

	`INSERT INTO pigsty.group AS t (cls, comment, seq) SELECT cls, comment, seq FROM cmdb_load WHERE what = 'group' ORDER BY seq
		ON CONFLICT (cls) DO UPDATE SET comment = excluded.comment, seq = excluded.seq WHERE (t.comment, t.seq) IS DISTINCT FROM (excluded.comment, excluded.seq)`,
	`INSERT INTO pigsty.group_child AS t (cls, child, seq) SELECT cls, key, seq FROM cmdb_load WHERE what = 'group_child' ORDER BY seq
		ON CONFLICT (cls, child) DO UPDATE SET seq = excluded.seq WHERE t.seq <> excluded.seq`,
	`INSERT INTO pigsty.host AS t (cls, name, comment, seq) SELECT cls, name, comment, seq FROM cmdb_load WHERE what = 'host' ORDER BY seq
		ON CONFLICT (cls, name) DO UPDATE SET comment = excluded.comment, seq = excluded.seq WHERE (t.comment, t.seq) IS DISTINCT FROM (excluded.comment, excluded.seq)`,
	`INSERT INTO pigsty.global_var AS t (key, value, written, comment, seq) SELECT key, value, written, comment, seq FROM cmdb_load WHERE what = 'global_var' ORDER BY seq
		ON CONFLICT (key) DO UPDATE SET value = excluded.value, written = excluded.written, comment = excluded.comment, seq = excluded.seq
		WHERE (t.value, t.written::text, t.comment, t.seq) IS DISTINCT FROM (excluded.value, excluded.written::text, excluded.comment, excluded.seq)`,
	`INSERT INTO pigsty.group_var AS t (cls, key, value, written, comment, seq) SELECT cls, key, value, written, comment, seq FROM cmdb_load WHERE what = 'group_var' ORDER BY seq
		ON CONFLICT (cls, key) DO UPDATE SET value = excluded.value, written = excluded.written, comment = excluded.comment, seq = excluded.seq
		WHERE (t.value, t.written::text, t.comment, t.seq) IS DISTINCT FROM (excluded.value, excluded.written::text, excluded.comment, excluded.seq)`,
	`INSERT INTO pigsty.host_var AS t (cls, name, key, value, written, comment, seq) SELECT cls, name, key, value, written, comment, seq FROM cmdb_load WHERE what = 'host_var' ORDER BY seq
		ON CONFLICT (cls, name, key) DO UPDATE SET value = excluded.value, written = excluded.written, comment = excluded.comment, seq = excluded.seq
		WHERE (t.value, t.written::text, t.comment, t.seq) IS DISTINCT FROM (excluded.value, excluded.written::text, excluded.comment, excluded.seq)`,
	`SELECT setval('pigsty.place', greatest((SELECT max(seq) FROM cmdb_load), (SELECT last_value FROM pigsty.place)))`,
}

// stage sends all rows in one go, and then compares there.
func stage(ctx context.Context, tx pgx.Tx, rows *Rows, seals seals) error {
	if _, err := tx.Exec(ctx, staging); err != nil {
		return err
	}
	list := make([][]any, 0, rows.Len())
	for i, row := range rows.All() {
		fields := []any{row.Table, null(row.Group), null(row.Host), null(row.Key), nil, nil, nil, int64(i + 1)}
		if row.variable() {
			text, err := encode(row.Value, seals.of(row.ID))
			if err != nil {
				return fmt.Errorf("cannot write %s: %w", row.What(), err)
			}
			fields[4] = text
			if ordered(row.Value) {
				fields[5] = text
			}
		}
		if row.Comment != "" && !secretive(row.Comment) {
			fields[6] = strings.ReplaceAll(row.Comment, "\x00", "")
		}
		list = append(list, fields)
	}
	if _, err := tx.CopyFrom(ctx, pgx.Identifier{"cmdb_load"}, []string{"what", "cls", "name", "key", "value", "written", "comment", "seq"}, pgx.CopyFromRows(list)); err != nil {
		return err
	}
	for _, statement := range append([]string{`ANALYZE cmdb_load`}, applied...) {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// ordered tells whether a value has mappings, whose order jsonb does not keep.
func ordered(v value.Value) (found bool) {
	value.Walk(v, func(v value.Value) {
		if d, ok := v.(*value.Dict); ok && d.Len() > 1 {
			found = true
		}
	})
	return found
}

func null(s string) any {
	if s == "" {
		return nil
	}
	return s
}
