package cli

import (
	"context"
	"crypto/x509"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"pig/internal/pki"
	"pig/internal/product"
	"pig/internal/value"
)

// caDays is how long an authority counts, as role ca has it.
const caDays = 3650

func (a *app) pki() *cobra.Command {
	c := &cobra.Command{
		Use: "pki", Short: "Manage the certificates of the environment",
		Long: `Manage the certificates of the environment, in files/pki beside the inventory.

  pig pki status                 list certificates, and which hosts trust the CA
  pig pki fetch                  copy certificates from hosts to a folder without them
  pig pki import FOLDER          import the CA, keys and passwords of another folder
  pig pki revoke NAME...         revoke certificates of removed members
  pig pki rotate                 rotate the CA, one step at a time, with pig apply after each

` + exitHelp,
	}
	c.AddCommand(a.pkiStatusVerb(), a.pkiFetchVerb(), a.pkiImportVerb(), a.pkiRevokeVerb(), a.pkiRotateVerb())
	return c
}

func (a *app) pkiStatusVerb() *cobra.Command {
	return a.askingVerb("status", "List the certificates of the environment, and which hosts trust the CA", "status", cobra.NoArgs,
		func(ctx context.Context, s *session, env *product.Environment, _ []string) error {
			return s.pkiStatus(ctx, env)
		})
}

func (a *app) pkiFetchVerb() *cobra.Command {
	return a.askingVerb("fetch", "Copy certificates and keys from hosts to files/pki", "fetch && pig pki import ca.tar.gz", cobra.NoArgs,
		func(ctx context.Context, s *session, env *product.Environment, _ []string) error {
			return s.pkiFetch(ctx, env)
		})
}

func (a *app) pkiImportVerb() *cobra.Command {
	var force bool
	c := a.askingVerb("import FOLDER|ARCHIVE", "Import the CA, keys and passwords of another folder, or of a tar archive", "import ../old && pig plan\n  pig pki import pki.tar.gz",
		cobra.ExactArgs(1), func(ctx context.Context, s *session, env *product.Environment, args []string) error {
			return s.pkiImport(ctx, env, args[0], force)
		})
	c.Flags().BoolVar(&force, "force", false, "replacement of existing files, also where hosts trust another CA")
	return c
}

// askingVerb is a verb that asks hosts, also from a folder that lacks what they have.
func (a *app) askingVerb(use, short, example string, args cobra.PositionalArgs, run pkiRun) *cobra.Command {
	o := &runOptions{}
	c := pkiCommand(use, short, example, args, func(ctx context.Context) (*session, error) { return a.open(ctx, o) },
		func(ctx context.Context, s *session, env *product.Environment, args []string) error {
			s.know(env, value.NewDict())
			return run(ctx, s, env, args)
		})
	o.reachFlags(c.Flags())
	return c
}

func (a *app) pkiRevokeVerb() *cobra.Command {
	var force bool
	c := a.pkiVerb("revoke NAME|FILE...", "Revoke certificates, by the names of pig pki status or by a file", "revoke pgsql/pg-test-3 && pig apply\n  pig pki revoke alice.crt && pig apply",
		cobra.MinimumNArgs(1), func(s *session, env *product.Environment, names []string) error {
			return s.pkiRevoke(env, names, force)
		})
	c.Flags().BoolVar(&force, "force", false, "certificates of current members too: the next apply issues new keys and certificates")
	return c
}

func (a *app) pkiRotateVerb() *cobra.Command {
	var force bool
	c := a.pkiVerb("rotate", "Rotate the CA by one step",
		"rotate && pig apply      hosts trust the old and the new CA\n  pig pki rotate && pig apply      the new CA signs all certificates\n  pig pki rotate && pig apply      hosts trust only the new CA", cobra.NoArgs,
		func(s *session, env *product.Environment, _ []string) error { return s.pkiRotate(env, force) })
	c.Flags().BoolVar(&force, "force", false, "next step also where hosts lack the step before: these hosts lose access until applied")
	return c
}

// pkiVerb is a verb that reads the inventory and asks nobody.
func (a *app) pkiVerb(use, short, example string, args cobra.PositionalArgs, run func(s *session, env *product.Environment, args []string) error) *cobra.Command {
	o := &sourceOptions{}
	c := pkiCommand(use, short, example, args, func(ctx context.Context) (*session, error) { return a.read(ctx, o) },
		func(_ context.Context, s *session, env *product.Environment, args []string) error {
			return run(s, env, args)
		})
	o.AddFlags(c.Flags())
	return c
}

// pkiRun is what a verb of pki does in an environment.
type pkiRun func(ctx context.Context, s *session, env *product.Environment, args []string) error

func pkiCommand(use, short, example string, args cobra.PositionalArgs, open func(context.Context) (*session, error), run pkiRun) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: args,
		Long: short + ".\n\n  pig pki " + example + "\n\n" + exitHelp,
		RunE: func(c *cobra.Command, args []string) error {
			s, err := open(c.Context())
			if err != nil {
				return err
			}
			defer s.close()
			env, err := s.environment()
			if err != nil {
				return err
			}
			return run(c.Context(), s, env, args)
		},
	}
}

// certificates visits every certificate below dir.
func certificates(dir string, visit func(name string, c *x509.Certificate)) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".crt" {
			return err
		}
		text, err := os.ReadFile(path) //nolint:gosec // the operator's own directory, which nobody else can write
		if err != nil {
			return err
		}
		bundle, err := pki.Bundle(text)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		name, err := filepath.Rel(dir, path)
		for _, c := range bundle {
			visit(name, c)
		}
		return err
	})
}

// remove removes a file that may be gone.
func remove(path string) error {
	if err := os.Remove(path); !os.IsNotExist(err) {
		return err
	}
	return nil
}
