package cmdb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"pig/internal/diag"
	"pig/internal/params"
	"pig/internal/value"
)

// Version is one transaction that wrote to the tables.
type Version struct {
	ID           int64
	Time         time.Time
	Author, Role string
	Client, Kind string
	Reason       string
}

// Layout is the text that was loaded last, sealed if it may hold a secret.
type Layout struct {
	Version int64
	Source  string
	Text    string
	Sealed  bool
}

// State is an inventory at a version.
type State struct {
	ID      string // of the CMDB
	Version Version
	Rows    *Rows
	Layout  Layout
}

// Text is the state as the text of an inventory. Without the key of a sealed layout the text is made of the rows alone, with its secrets sealed.
func (s *State) Text(keys *Keys) (string, error) {
	base, err := s.Layout.open(keys)
	if err != nil && !errors.Is(err, ErrNoKey) {
		return "", fmt.Errorf("cannot open the layout of version %d: %w", s.Layout.Version, err)
	}
	return Write(s.Rows, base, keys)
}

// Read gives the inventory at a version, the newest one for 0.
func (db *DB) Read(ctx context.Context, version int64) (s *State, err error) {
	err = pgx.BeginTxFunc(ctx, db.conn, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		s, err = readState(ctx, tx, version)
		return err
	})
	if err != nil {
		return nil, message(err)
	}
	return s, nil
}

// ID is what tells the CMDB from others.
func (db *DB) ID(ctx context.Context) (id string, err error) {
	err = db.conn.QueryRow(ctx, `SELECT id::text FROM pigsty.cmdb`).Scan(&id)
	return id, message(err)
}

func readState(ctx context.Context, tx pgx.Tx, version int64) (*State, error) {
	s := &State{}
	var err error
	if err = tx.QueryRow(ctx, `SELECT id::text FROM pigsty.cmdb`).Scan(&s.ID); err != nil {
		return nil, err
	}
	newest, err := versions(ctx, tx, `ORDER BY id DESC LIMIT 1`)
	if err != nil || len(newest) == 0 {
		s.Rows = newRows()
		if version > 0 {
			return nil, noVersion(version, 0)
		}
		return s, err
	}
	s.Version = newest[0]
	if s.Rows, err = readRows(ctx, tx); err != nil {
		return nil, err
	}
	if version > 0 && version != s.Version.ID {
		list, err := versions(ctx, tx, `WHERE id = $1`, version)
		if err != nil {
			return nil, err
		}
		if len(list) == 0 {
			return nil, noVersion(version, s.Version.ID)
		}
		if err := takeBack(ctx, tx, s.Rows, version); err != nil {
			return nil, err
		}
		s.Version = list[0]
	}
	s.Rows.normalize()
	err = tx.QueryRow(ctx, `SELECT version, source, text, sealed FROM pigsty.layout WHERE version <= $1 ORDER BY version DESC LIMIT 1`, s.Version.ID).
		Scan(&s.Layout.Version, &s.Layout.Source, &s.Layout.Text, &s.Layout.Sealed)
	if errors.Is(err, pgx.ErrNoRows) {
		err = nil
	}
	return s, err
}

func noVersion(version, newest int64) error {
	return diag.Errorf(diag.Pos{}, "version %d not found in the CMDB", version).WithHint("the newest version is %d: pig cmdb history", newest)
}

const allRows = `
SELECT 'group', cls, NULL, NULL, NULL, comment, seq FROM pigsty.group UNION ALL
SELECT 'group_child', cls, NULL, child, NULL, NULL, seq FROM pigsty.group_child UNION ALL
SELECT 'host', cls, name, NULL, NULL, comment, seq FROM pigsty.host UNION ALL
SELECT 'global_var', NULL, NULL, key, coalesce(CASE WHEN written::jsonb = value THEN written::text ELSE value::text END, 'null'), comment, seq FROM pigsty.global_var UNION ALL
SELECT 'group_var', cls, NULL, key, coalesce(CASE WHEN written::jsonb = value THEN written::text ELSE value::text END, 'null'), comment, seq FROM pigsty.group_var UNION ALL
SELECT 'host_var', cls, name, key, coalesce(CASE WHEN written::jsonb = value THEN written::text ELSE value::text END, 'null'), comment, seq FROM pigsty.host_var
ORDER BY 7`

func readRows(ctx context.Context, tx pgx.Tx) (*Rows, error) {
	found, err := tx.Query(ctx, allRows)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	rows := newRows()
	for found.Next() {
		var group, host, key, text, comment *string
		var row Row
		if err := found.Scan(&row.Table, &group, &host, &key, &text, &comment, nil); err != nil {
			return nil, err
		}
		row.Group, row.Host, row.Key, row.Comment = deref(group), deref(host), deref(key), deref(comment)
		if text != nil {
			if row.Value, err = fromTable(row.ID, []byte(*text)); err != nil {
				return nil, err
			}
		}
		rows.Set(row)
	}
	return rows, found.Err()
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// fromTable is a value of a table. A password that somebody wrote there in the clear is a secret as well.
func fromTable(id ID, text []byte) (value.Value, error) {
	v, err := decode(text)
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", id.What(), err)
	}
	return params.Protect(value.DictOf(id.Key, v)).At(id.Key), nil
}

// takeBack undoes all that came behind a version, the newest first.
func takeBack(ctx context.Context, tx pgx.Tx, rows *Rows, version int64) error {
	found, err := tx.Query(ctx, `SELECT action, what, cls, host, key, before::text, comment FROM pigsty.change WHERE version > $1 ORDER BY n DESC`, version)
	if err != nil {
		return err
	}
	defer found.Close()
	for found.Next() {
		var action string
		var group, host, key, before, comment *string
		var row Row
		if err := found.Scan(&action, &row.Table, &group, &host, &key, &before, &comment); err != nil {
			return err
		}
		row.Group, row.Host, row.Key, row.Comment = deref(group), deref(host), deref(key), deref(comment)
		if action == "insert" {
			rows.Delete(row.ID)
			continue
		}
		if before != nil {
			if row.Value, err = fromTable(row.ID, []byte(*before)); err != nil {
				return err
			}
		}
		rows.Set(row)
	}
	return found.Err()
}

func versions(ctx context.Context, tx pgx.Tx, where string, args ...any) ([]Version, error) {
	found, err := tx.Query(ctx, `SELECT id, time, author, role, coalesce(client, ''), kind, reason FROM pigsty.version `+where, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(found, func(row pgx.CollectableRow) (v Version, err error) {
		err = row.Scan(&v.ID, &v.Time, &v.Author, &v.Role, &v.Client, &v.Kind, &v.Reason)
		return v, err
	})
}
