package cmdb

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"pig/internal/private"
	"pig/internal/value"
)

// Notes are what this machine remembers of CMDBs: which version a file was made from, and the last inventory that was read, with its secrets sealed.
type Notes struct{ dir string }

// NewNotes keeps notes in a directory.
func NewNotes(dir string) Notes { return Notes{dir} }

func (n Notes) path(kind string, parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%q", p)
	}
	return filepath.Join(n.dir, kind+"-"+hex.EncodeToString(h.Sum(nil)[:12])+".json")
}

func (n Notes) write(path string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(n.dir, 0o700); err != nil {
		return err
	}
	return private.Write(path, text)
}

// base is which version a file was made from, and a digest of its text then.
type base struct {
	File    string
	Version int64
	Sum     string
}

// Base is the version of a CMDB that a file was made from: loaded or dumped last.
func (n Notes) Base(id, file string) (version int64, ok bool) {
	b, ok := n.base(id, file)
	return b.Version, ok
}

func (n Notes) base(id, file string) (b base, ok bool) {
	text, err := os.ReadFile(n.path("base", id, file))
	return b, err == nil && json.Unmarshal(text, &b) == nil
}

// SetBase notes that a file with this text is a version of a CMDB.
func (n Notes) SetBase(id, file, text string, version int64) error {
	return n.write(n.path("base", id, file), base{file, version, digest(text)})
}

// Edited tells whether a file has what no version has that this machine knows of: its text is neither text nor what was loaded from it or dumped to it.
func (n Notes) Edited(id, file, text string) bool {
	now, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) || err == nil && string(now) == text {
		return false
	}
	b, ok := n.base(id, file)
	return err != nil || !ok || b.Sum != digest(string(now))
}

// kept is a state as a file.
type kept struct {
	Read    time.Time
	ID      string
	Name    string
	Version Version
	Layout  Layout
	Rows    []keptRow
}

type keptRow struct {
	Table, Group, Host, Key, Comment string
	Value                            json.RawMessage `json:",omitempty"`
}

// Keep keeps a state that was read. Its secrets stay as the database has them.
func (n Notes) Keep(dsn, name string, s *State) error {
	k := kept{Read: time.Now().UTC(), ID: s.ID, Name: name, Version: s.Version, Layout: s.Layout}
	for _, row := range s.Rows.All() {
		r := keptRow{Table: row.Table, Group: row.Group, Host: row.Host, Key: row.Key, Comment: row.Comment}
		if row.variable() {
			text, err := encode(row.Value, refuseSecret)
			if errors.Is(err, ErrNoKey) {
				return nil // somebody wrote a password into the tables in the clear: no copy of it is made
			}
			if err != nil {
				return err
			}
			r.Value = text
		}
		k.Rows = append(k.Rows, r)
	}
	return n.write(n.path("last", dsn), k)
}

// Last is the state that was read last from a CMDB, and when.
func (n Notes) Last(dsn string) (*State, time.Time, error) {
	text, err := os.ReadFile(n.path("last", dsn))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, time.Time{}, errors.New("no inventory of this CMDB was read on this machine")
	}
	var k kept
	if err == nil {
		err = json.Unmarshal(text, &k)
	}
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("cannot read the last inventory: %w", err)
	}
	s := &State{ID: k.ID, Version: k.Version, Layout: k.Layout, Rows: newRows()}
	for _, r := range k.Rows {
		row := Row{ID: ID{r.Table, r.Group, r.Host, r.Key}, Comment: r.Comment}
		if r.Value != nil {
			var v value.Value
			if v, err = fromTable(row.ID, r.Value); err != nil {
				return nil, time.Time{}, err
			}
			row.Value = v
		}
		s.Rows.Set(row)
	}
	return s, k.Read, nil
}
