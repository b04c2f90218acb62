package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"pig/internal/cmdb"
	"pig/internal/credential"
	"pig/internal/diag"
	"pig/internal/format"
	"pig/internal/inventory"
	"pig/internal/journal"
	"pig/internal/plan"
	"pig/internal/secret"
)

// enabledFile makes a folder read its inventory from a CMDB: its one line is the connection string.
const enabledFile = "inventory" + cmdb.Suffix

// enabled tells whether a folder reads its inventory from a CMDB.
func enabled(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, enabledFile))
	return err == nil
}

// cmdbRead is what was read from a CMDB. A nil one is of an inventory of files.
type cmdbRead struct {
	name, dsn string
	state     *cmdb.State
}

func (r *cmdbRead) String() string {
	return fmt.Sprintf("CMDB %s version %d", r.name, r.state.Version.ID)
}

// tables is what a plan keeps of it.
func (r *cmdbRead) tables() *plan.Tables {
	if r == nil {
		return nil
	}
	return &plan.Tables{ID: r.state.ID, Name: r.name, Version: r.state.Version.ID}
}

// tables reads sources that are CMDBs. Files of the environment are beside the file that names one, else in the current directory.
func (s *source) tables(ctx context.Context) func(string) (*inventory.Tables, error) {
	return func(name string) (*inventory.Tables, error) {
		dsn, ok, err := cmdb.Named(name)
		if !ok || err != nil {
			return nil, err
		}
		s.redactor.Add(secret.Inside(dsn)...)
		text, err := s.readTables(ctx, name, dsn)
		if err != nil {
			return nil, err
		}
		decrypt, err := s.decrypt(ctx)
		if err != nil {
			return nil, err
		}
		s.app.tables = text
		read := &inventory.Tables{File: enabledFile}
		if strings.HasSuffix(name, cmdb.Suffix) {
			read.File = name
		}
		read.Root, read.Warnings, err = cmdb.Inventory(text, decrypt)
		return read, err
	}
}

func (s *source) readTables(ctx context.Context, name, dsn string) (string, error) {
	db, err := cmdb.Open(ctx, dsn)
	if err != nil {
		return "", s.down(name, dsn, err)
	}
	defer db.Close()
	state, err := db.Read(ctx, 0)
	if err != nil {
		return "", err
	}
	if state.Version.ID == 0 {
		return "", diag.Errorf(diag.Pos{}, "the CMDB %s has no inventory", db.Name).WithHint("load one: pig cmdb load pigsty.yml")
	}
	keys, err := s.keys(ctx)
	if err != nil {
		return "", err
	}
	text, err := state.Text(keys)
	if err != nil {
		return "", err
	}
	s.cmdb = &cmdbRead{db.Name, dsn, state}
	fmt.Fprintf(s.app.err, "Inventory: CMDB %s, version %d, %s\n", db.Name, state.Version.ID, byWhom(state.Version))
	if strings.HasSuffix(name, cmdb.Suffix) {
		s.tellStale(filepath.Join(filepath.Dir(name), defaultInventory), state, keys)
	}
	notes, err := s.app.notes()
	if err == nil {
		err = notes.Keep(dsn, db.Name, state)
	}
	if err != nil {
		fmt.Fprintln(s.app.err, s.app.paint.Yellow("warning: cannot save a copy of the inventory for times when the CMDB is down: "+err.Error()))
	}
	return text, nil
}

// byWhom says who made a version, when and why.
func byWhom(v cmdb.Version) string {
	text := fmt.Sprintf("by %s at %s", v.Author, v.Time.UTC().Format(time.RFC3339))
	if v.Reason != "" {
		text += ": " + v.Reason
	}
	return diag.OneLine(text)
}

// down tells that a CMDB does not answer, and what there is in its place.
func (s *source) down(name, dsn string, err error) error {
	if !errors.Is(err, cmdb.ErrDown) {
		return err
	}
	d := diag.Errorf(diag.Pos{}, "%v", err)
	notes, bad := s.app.notes()
	if bad != nil {
		return d
	}
	last, when, bad := notes.Last(dsn)
	if bad != nil {
		return d.WithHint("start the database, or name a file with -i")
	}
	return d.WithHint("version %d was read at %s: pig cmdb dump --last -d %s last.yml, then -i last.yml", last.Version.ID, when.Format(time.RFC3339), shellWord(hiddenPassword(name)))
}

// shellWord quotes a word for a shell where it has to be.
func shellWord(text string) string {
	if strings.ContainsAny(text, " '\"?&$;|<>()") {
		return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
	}
	return text
}

// hiddenPassword is a connection string without its password.
func hiddenPassword(dsn string) string { return secret.NewRedactor(secret.Inside(dsn)...).Redact(dsn) }

// tellStale warns of a file beside that is not read and says something else.
func (s *source) tellStale(path string, state *cmdb.State, keys *cmdb.Keys) {
	text, err := os.ReadFile(path)
	if err != nil {
		return
	}
	file, err := cmdb.ReadText(path, text)
	if err == nil {
		changes := cmdb.Compare(state.Rows, file.Rows, keys)
		n := len(slices.DeleteFunc(changes, func(c cmdb.Change) bool { return c.Undecided(keys) }))
		if n == 0 {
			return
		}
		fmt.Fprintln(s.app.err, s.app.paint.Yellow(fmt.Sprintf("warning: %s is not read and differs from the CMDB in %s: see pig cmdb diff", path, format.Plural(n, "row"))))
		return
	}
	fmt.Fprintln(s.app.err, s.app.paint.Yellow("warning: "+path+" is not read: the inventory is in the CMDB"))
}

// keys are what seals and opens secrets of a CMDB: those of the file of passwords.
func (s *source) keys(ctx context.Context) (*cmdb.Keys, error) {
	c, err := s.passwordCipher(ctx, "")
	if err != nil {
		return nil, err
	}
	if _, none := c.(credential.Plain); none {
		return cmdb.NewKeys(nil), nil
	}
	return cmdb.NewKeys(c), nil
}

// notes are kept beside the journal.
func (a *app) notes() (cmdb.Notes, error) {
	dir, err := journal.Dir()
	return cmdb.NewNotes(filepath.Join(filepath.Dir(dir), "cmdb")), err
}

// tellNewer tells what came to the CMDB since a plan was made.
func (s *source) tellNewer(was *plan.Tables) {
	switch {
	case was == nil || s.cmdb == nil:
		if was != nil {
			fmt.Fprintf(s.app.err, "The plan was made from version %d of the CMDB %s; the inventory is another one now.\n", was.Version, was.Name)
		}
		return
	case was.ID != s.cmdb.state.ID:
		fmt.Fprintf(s.app.err, "The plan was made from version %d of another CMDB, %s.\n", was.Version, was.Name)
		return
	case was.Version == s.cmdb.state.Version.ID:
		return
	}
	fmt.Fprintf(s.app.err, "The plan was made from version %d of the CMDB. Since then:\n", was.Version)
	db, err := cmdb.Open(context.Background(), s.cmdb.dsn)
	if err != nil {
		fmt.Fprintln(s.app.err, "  "+err.Error())
		return
	}
	defer db.Close()
	list, err := db.History(context.Background(), cmdb.Filter{After: was.Version, Until: s.cmdb.state.Version.ID})
	if err != nil {
		fmt.Fprintln(s.app.err, "  "+err.Error())
		return
	}
	fmt.Fprint(s.app.err, s.redacted(historyText(list, false)))
}
