package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"pig/internal/cmdb"
	"pig/internal/diag"
	"pig/internal/format"
	"pig/internal/private"
)

func (a *app) cmdbLoad() *cobra.Command {
	var reason string
	var base int64
	var force bool
	c := a.cmdbVerb("load [FILE]", "Load an inventory into the CMDB",
		" One transaction makes one version; only rows that differ are\nwritten. Versions that the file was not made from are a conflict: nothing is written.", "load pigsty.yml -m \"add pg-test\"", cobra.MaximumNArgs(1),
		func(ctx context.Context, s *cmdbSession, args []string) error {
			file := defaultInventory
			if len(args) > 0 {
				file = args[0]
			}
			text, err := os.ReadFile(file)
			if err != nil {
				return fmt.Errorf("cannot read the inventory: %w", err)
			}
			return s.with(ctx, func(db *cmdb.DB, keys *cmdb.Keys) error {
				id, err := db.ID(ctx)
				if err != nil {
					return err
				}
				if base < 0 {
					base, _ = s.notes.Base(id, absolutePath(file))
				}
				if force {
					base = -1
				}
				done, err := db.Load(ctx, cmdb.Load{Text: string(text), Source: file, Author: who(), Reason: reason, Kind: "load", Base: base}, keys)
				if err != nil {
					return s.conflict(err, file)
				}
				if err := s.notes.SetBase(id, absolutePath(file), string(text), done.Version); err != nil {
					return err
				}
				return s.tellLoaded(db.Name, done)
			})
		})
	c.Flags().StringVarP(&reason, "reason", "m", "", "reason of the change, for the history")
	c.Flags().Int64Var(&base, "base", -1, "version that the file is based on; -1 is the version last dumped to the file or loaded from it on this machine")
	c.Flags().BoolVar(&force, "force", false, "replace versions later than the one that the file is based on")
	return c
}

// tellLoaded says what became of the tables.
func (s *cmdbSession) tellLoaded(name string, done *cmdb.Loaded) error {
	added, changed, removed := 0, 0, 0
	for _, c := range done.Changes {
		switch c.Action() {
		case "insert":
			added++
		case "delete":
			removed++
		default:
			changed++
		}
	}
	if len(done.Changes) == 0 && !done.Layout {
		_, err := fmt.Fprintf(s.app.out, "Nothing to load: CMDB %s is at version %d.\n", name, done.Version)
		return err
	}
	_, err := fmt.Fprintf(s.app.out, "CMDB %s is at version %d: %s added, %d changed, %d removed.\n", name, done.Version, format.Plural(added, "row"), changed, removed)
	return err
}

// conflict tells who wrote what since the version that a file was made from.
func (s *cmdbSession) conflict(err error, file string) error {
	var c *cmdb.Conflict
	if !errors.As(err, &c) {
		return err
	}
	d := diag.Errorf(diag.Pos{}, "nothing was loaded: the CMDB has versions that %s is not based on", file)
	if c.Base > 0 {
		d.Summary = fmt.Sprintf("nothing was loaded: the CMDB has versions after version %d, which %s is based on", c.Base, file)
	}
	d.Cause = err
	return d.WithDetail("%s", historyText(c.Behind, false)).
		WithHint("see pig cmdb diff %s; merge the versions after pig cmdb dump to another file, or replace them with --force", file)
}

func (a *app) cmdbDump() *cobra.Command {
	var version int64
	var last, force bool
	c := a.cmdbVerb("dump [FILE]", "Write the inventory of the CMDB as YAML", " What was loaded is written as it was, comments too.\nWithout the key of the secrets, encrypted values stand in their place.", "dump pigsty.yml\ndump --version 12", cobra.MaximumNArgs(1),
		func(ctx context.Context, s *cmdbSession, args []string) error {
			state, err := s.stateOf(ctx, version, last)
			if err != nil {
				return err
			}
			keys, err := s.keys(ctx)
			if err != nil {
				return err
			}
			text, err := state.Text(keys)
			if err != nil {
				return err
			}
			if len(args) == 0 || args[0] == "-" {
				_, err = fmt.Fprint(a.out, text)
				return err
			}
			file := absolutePath(args[0])
			if !force && s.notes.Edited(state.ID, file, text) {
				return diag.Errorf(diag.Pos{}, "cannot replace %s: it was edited since it was loaded or dumped", args[0]).WithHint("load it first, name another file, or give --force")
			}
			if err := private.Write(args[0], []byte(text)); err != nil {
				return fmt.Errorf("cannot write %s: %w", args[0], err)
			}
			fmt.Fprintf(a.err, "Wrote version %d of the CMDB to %s.\n", state.Version.ID, args[0])
			if version > 0 {
				return nil
			}
			return s.notes.SetBase(state.ID, file, text, state.Version.ID)
		})
	c.Flags().Int64Var(&version, "version", 0, "version to write (default the newest)")
	c.Flags().BoolVar(&force, "force", false, "replace a file that was edited since it was loaded or dumped")
	c.Flags().BoolVar(&last, "last", false, "inventory last read on this machine, without a connection to the database")
	return c
}

// stateOf reads a version, or what was read last.
func (s *cmdbSession) stateOf(ctx context.Context, version int64, last bool) (state *cmdb.State, err error) {
	if last {
		state, _, err = s.notes.Last(s.dsn)
		return state, err
	}
	err = s.with(ctx, func(db *cmdb.DB, _ *cmdb.Keys) error {
		if state, err = db.Read(ctx, version); err == nil && state.Version.ID == 0 {
			return diag.Errorf(diag.Pos{}, "the CMDB %s has no inventory", db.Name).WithHint("load one: pig cmdb load pigsty.yml")
		}
		return err
	})
	return state, err
}

func (a *app) cmdbRollback() *cobra.Command {
	var reason string
	var force bool
	c := a.cmdbVerb("rollback VERSION", "Restore an earlier version of the inventory", " The content is stored as a new version; the history is preserved.", "rollback 12 -m \"undo add pg-test\"", cobra.ExactArgs(1),
		func(ctx context.Context, s *cmdbSession, args []string) error {
			version, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil || version < 1 {
				return fmt.Errorf("invalid version %q: want a number from 1", args[0])
			}
			if reason == "" {
				reason = fmt.Sprintf("rollback to version %d", version)
			}
			return s.with(ctx, func(db *cmdb.DB, keys *cmdb.Keys) error {
				newest, err := db.Read(ctx, 0)
				if err != nil {
					return err
				}
				state, err := db.Read(ctx, version)
				if err != nil {
					return err
				}
				if state.Layout.Sealed && !keys.Given() && !force {
					return diag.Errorf(diag.Pos{}, "the text of version %d is encrypted", version).WithHint("give --vault-password-file or --age-identity; --force restores the rows without comments")
				}
				text, err := state.Text(keys)
				if err != nil {
					return err
				}
				done, err := db.Load(ctx, cmdb.Load{Text: text, Source: state.Layout.Source, Author: who(), Reason: reason, Kind: "rollback", Base: newest.Version.ID}, keys)
				if err != nil {
					return s.conflict(err, "the rollback")
				}
				return s.tellLoaded(db.Name, done)
			})
		})
	c.Flags().StringVarP(&reason, "reason", "m", "", "reason of the change, for the history")
	c.Flags().BoolVar(&force, "force", false, "restore only the rows, without comments and order, if no key is given for an encrypted text")
	return c
}
