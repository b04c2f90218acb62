package cmdb

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Entry is a version with the rows that it changed.
type Entry struct {
	Version
	Changes []Change
}

// Filter selects versions and changes.
type Filter struct {
	After, Until int64 // versions; 0: no bound
	Last         int   // the newest so many; 0: all
	Subject      string
	Key          string
}

// History gives the versions that a filter selects, the oldest first.
func (db *DB) History(ctx context.Context, f Filter) (list []Entry, err error) {
	err = pgx.BeginTxFunc(ctx, db.conn, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		list, err = history(ctx, tx, f)
		return err
	})
	return list, message(err)
}

const selectedChanges = `
SELECT c.version, c.action, c.what, coalesce(c.cls, ''), coalesce(c.host, ''), coalesce(c.key, ''), c.before::text, c.after::text
FROM pigsty.change c WHERE c.version = ANY ($1) AND ($2 = '' OR c.cls = $2 OR c.host = $2 OR $2 = 'all' AND c.cls IS NULL) AND ($3 = '' OR c.key = $3) ORDER BY c.n`

const selectedVersions = `
WHERE ($1 = 0 OR id > $1) AND ($2 = 0 OR id <= $2) AND (($3 = '' AND $4 = '') OR EXISTS (
	SELECT FROM pigsty.change c WHERE c.version = version.id AND ($3 = '' OR c.cls = $3 OR c.host = $3 OR $3 = 'all' AND c.cls IS NULL) AND ($4 = '' OR c.key = $4)))
ORDER BY id DESC LIMIT nullif($5, 0)`

func history(ctx context.Context, tx pgx.Tx, f Filter) ([]Entry, error) {
	newest, err := versions(ctx, tx, selectedVersions, f.After, f.Until, f.Subject, f.Key, int64(f.Last))
	if err != nil {
		return nil, err
	}
	list := make([]Entry, len(newest))
	at := map[int64]*Entry{}
	var ids []int64
	for i, v := range newest {
		e := &list[len(newest)-1-i]
		e.Version = v
		at[v.ID] = e
		ids = append(ids, v.ID)
	}
	found, err := tx.Query(ctx, selectedChanges, ids, f.Subject, f.Key)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	for found.Next() {
		var version int64
		var action string
		var id ID
		var before, after *string
		if err := found.Scan(&version, &action, &id.Table, &id.Group, &id.Host, &id.Key, &before, &after); err != nil {
			return nil, err
		}
		c := Change{ID: id}
		if action != "insert" {
			if c.Before, err = sideOf(id, before); err != nil {
				return nil, err
			}
		}
		if action != "delete" {
			if c.After, err = sideOf(id, after); err != nil {
				return nil, err
			}
		}
		at[version].Changes = append(at[version].Changes, c)
	}
	return list, found.Err()
}

func sideOf(id ID, text *string) (*Row, error) {
	row := &Row{ID: id}
	if text == nil {
		return row, nil
	}
	var err error
	row.Value, err = fromTable(id, []byte(*text))
	return row, err
}
