package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"pig"
	"pig/internal/cmdb"
	"pig/internal/diag"
	"pig/internal/format"
	"pig/internal/playbook"
	"pig/internal/private"
	"pig/internal/secret"
)

// cmdbOptions are the flags of verbs that work on a CMDB.
type cmdbOptions struct {
	dsn       string
	passwords passwordOptions
}

func (a *app) cmdb() *cobra.Command {
	c := &cobra.Command{
		Use:   "cmdb",
		Short: "Manage an inventory in PostgreSQL tables",
		Long: `Manage an inventory in PostgreSQL tables, with every change in a version that has an author, a time and a reason.

  pig cmdb init && pig cmdb load pigsty.yml
  pig cmdb enable
  pig cmdb history pg-test

The tables and views have the names of Pigsty's. Verbs read the inventory of the tables with -i service=NAME or
-i postgres://HOST/DATABASE, and without -i after enable.

` + exitHelp,
	}
	c.AddCommand(a.cmdbInit(), a.cmdbLoad(), a.cmdbDump(), a.cmdbDiff(), a.cmdbHistory(), a.cmdbRollback(), a.cmdbStatus(), a.cmdbEnable(), a.cmdbDisable())
	return c
}

// cmdbVerb makes a verb that works on a CMDB.
func (a *app) cmdbVerb(use, short, more, example string, args cobra.PositionalArgs, run func(ctx context.Context, s *cmdbSession, args []string) error) *cobra.Command {
	o := &cmdbOptions{}
	c := &cobra.Command{
		Use: use, Short: short, Args: args,
		Long: short + "." + more + "\n\n  pig cmdb " + strings.ReplaceAll(example, "\n", "\n  pig cmdb ") + "\n\n" + exitHelp,
		RunE: func(c *cobra.Command, args []string) error {
			s, err := a.openCMDB(o)
			if err != nil {
				return err
			}
			return run(c.Context(), s, args)
		},
	}
	o.passwords.AddFlags(c.Flags())
	c.Flags().StringVarP(&o.dsn, "db", "d", "", "connection string of the database (default METADB_URL, "+enabledFile+", then service=meta)")
	return c
}

// cmdbSession is what a verb on a CMDB works with.
type cmdbSession struct {
	*source
	name, dsn string
	notes     cmdb.Notes
}

func (a *app) openCMDB(o *cmdbOptions) (*cmdbSession, error) {
	s := &cmdbSession{source: newSource(newScreen(a, &runOptions{passwords: o.passwords}, secret.NewRedactor()), playbook.NewFiles(pig.Content())), name: o.dsn}
	if s.name == "" {
		s.name = os.Getenv("METADB_URL")
	}
	if s.name == "" && enabled(".") {
		s.name = enabledFile
	}
	if s.name == "" {
		s.name = "service=meta"
	}
	a.redact = s.redactor.Redact
	dsn, ok, err := cmdb.Named(s.name)
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, diag.Errorf(diag.Pos{}, "invalid connection string %q", s.name).WithHint("give -d service=NAME, or -d postgres://HOST/DATABASE")
	}
	s.dsn = dsn
	s.redactor.Add(secret.Inside(dsn)...)
	s.notes, err = a.notes()
	return s, err
}

// with connects, and does something with the connection.
func (s *cmdbSession) with(ctx context.Context, do func(*cmdb.DB, *cmdb.Keys) error) error {
	keys, err := s.keys(ctx)
	if err != nil {
		return err
	}
	db, err := cmdb.Open(ctx, s.dsn)
	if err != nil {
		return s.down(s.name, s.dsn, err)
	}
	defer db.Close()
	return do(db, keys)
}

// hide makes the secrets of rows known to the redactor.
func (s *cmdbSession) hide(rows *cmdb.Rows, keys *cmdb.Keys) { s.redactor.Add(keys.Secrets(rows)...) }

func (a *app) cmdbInit() *cobra.Command {
	return a.cmdbVerb("init", "Create the tables of the CMDB", " Existing tables are upgraded; no rows are deleted.", "init -d service=meta", cobra.NoArgs,
		func(ctx context.Context, s *cmdbSession, _ []string) error {
			return s.with(ctx, func(db *cmdb.DB, _ *cmdb.Keys) error {
				created, err := db.Init(ctx)
				if err != nil {
					return err
				}
				what := "The tables are up to date"
				if created {
					what = "Created the tables"
				}
				_, err = fmt.Fprintf(a.out, "%s in schema pigsty of %s.\n", what, db.Name)
				return err
			})
		})
}

func (a *app) cmdbStatus() *cobra.Command {
	return a.cmdbVerb("status", "Show the CMDB, its newest version, and where this folder reads its inventory", "", "status", cobra.NoArgs,
		func(ctx context.Context, s *cmdbSession, _ []string) error {
			reads := "This folder reads " + defaultInventory + "."
			if enabled(".") {
				reads = "This folder reads its inventory from the CMDB (" + enabledFile + ")."
			}
			fmt.Fprintln(a.out, reads)
			return s.with(ctx, func(db *cmdb.DB, keys *cmdb.Keys) error {
				state, err := db.Read(ctx, 0)
				if err != nil {
					return err
				}
				s.hide(state.Rows, keys)
				if state.Version.ID == 0 {
					_, err = fmt.Fprintf(a.out, "CMDB %s: empty. Load an inventory: pig cmdb load pigsty.yml\n", db.Name)
					return err
				}
				fmt.Fprintf(a.out, "CMDB %s: version %d, %s\n", db.Name, state.Version.ID, s.redacted(byWhom(state.Version)))
				fmt.Fprintf(a.out, "  %s, %s, %s\n", format.Plural(state.Rows.Groups(), "group"), format.Plural(state.Rows.Hosts(), "host"), format.Plural(state.Rows.Len(), "row"))
				if n, first := state.Rows.Secrets(); n > 0 {
					fmt.Fprintln(a.err, a.paint.Yellow(fmt.Sprintf("warning: %s in clear text in the tables, %s first: pig cmdb dump FILE, then pig cmdb load FILE with a key", format.Plural(n, "secret"), first.What())))
				}
				if enabled(".") {
					s.tellStale(defaultInventory, state, keys)
				}
				return nil
			})
		})
}

func (a *app) cmdbEnable() *cobra.Command {
	return a.cmdbVerb("enable", "Read the inventory of this directory from the CMDB", " The file "+enabledFile+" says so. Remove it with pig cmdb disable.", "enable -d service=meta", cobra.NoArgs,
		func(ctx context.Context, s *cmdbSession, _ []string) error {
			if len(secret.Inside(s.dsn)) > 0 {
				return diag.Errorf(diag.Pos{}, "cannot save a connection string with a password").WithHint("store the password in ~/.pgpass or in the service file ~/.pg_service.conf")
			}
			return s.with(ctx, func(db *cmdb.DB, keys *cmdb.Keys) error {
				state, err := db.Read(ctx, 0)
				if err != nil {
					return err
				}
				if state.Version.ID == 0 {
					return diag.Errorf(diag.Pos{}, "the CMDB %s has no inventory", db.Name).WithHint("load one: pig cmdb load pigsty.yml")
				}
				text := "# pig reads the inventory of this folder from the CMDB. To read pigsty.yml again: pig cmdb disable\n" + s.dsn + "\n"
				if err := private.Write(enabledFile, []byte(text)); err != nil {
					return fmt.Errorf("cannot enable the CMDB: %w", err)
				}
				fmt.Fprintf(a.out, "This folder reads its inventory from the CMDB %s, version %d (%s).\n", db.Name, state.Version.ID, enabledFile)
				s.tellStale(defaultInventory, state, keys)
				return nil
			})
		})
}

func (a *app) cmdbDisable() *cobra.Command {
	return &cobra.Command{
		Use: "disable", Short: "Read the inventory of this directory from pigsty.yml", Args: cobra.NoArgs,
		Long: "Read the inventory of this directory from pigsty.yml. The tables of the CMDB stay.\n\n  pig cmdb dump pigsty.yml && pig cmdb disable\n\n" + exitHelp,
		RunE: func(*cobra.Command, []string) error {
			err := os.Remove(enabledFile)
			if errors.Is(err, os.ErrNotExist) {
				return fmt.Errorf("no %s in this folder: the inventory is read from %s", enabledFile, defaultInventory)
			}
			if err != nil {
				return fmt.Errorf("cannot disable the CMDB: %w", err)
			}
			fmt.Fprintf(a.out, "This folder reads %s.\n", defaultInventory)
			if _, err := os.Stat(defaultInventory); err != nil {
				fmt.Fprintln(a.err, a.paint.Yellow("warning: file "+defaultInventory+" not found: pig cmdb dump "+defaultInventory))
			}
			return nil
		},
	}
}

// absolutePath is a path for notes, which are read in other directories.
func absolutePath(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}
