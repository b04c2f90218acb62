package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"pig/internal/credential"
	"pig/internal/diag"
	"pig/internal/format"
	"pig/internal/params"
	"pig/internal/value"
)

func (a *app) secret() *cobra.Command {
	c := &cobra.Command{
		Use:   "secret",
		Short: "Manage generated passwords",
		Long: `Manage generated passwords. A password that the inventory does not set is generated once for an environment, and kept in
files/secrets.yml beside the inventory, readable for its owner only. Name another file with --secrets or PIG_SECRETS.
With a vault password the file is an Ansible Vault; with --age-identity the file is encrypted with age.

  pig secret list
  pig secret show pg_admin_password
  pig secret rotate pg_monitor_password && pig apply
  pig secret export --out moved.yml
  pig secret import moved.yml

Passwords that the inventory sets take precedence, and are not listed here.

` + exitHelp,
	}
	c.AddCommand(a.secretList(), a.secretShow(), a.secretRotate(), a.secretExport(), a.secretImport())
	return c
}

// secretVerb is a verb that works on the file of generated passwords.
func (a *app) secretVerb(use, short, example string, args cobra.PositionalArgs, run func(s *session, args []string) error) *cobra.Command {
	o := &sourceOptions{}
	c := &cobra.Command{
		Use: use, Short: short, Args: args,
		Long: short + ".\n\n  pig secret " + example + "\n\n" + exitHelp,
		RunE: func(c *cobra.Command, args []string) error {
			s, err := a.read(c.Context(), o)
			if err != nil {
				return err
			}
			defer s.close()
			if _, err := s.environment(); err != nil { // what the inventory needs is made here
				return err
			}
			return run(s, args)
		},
	}
	o.AddFlags(c.Flags())
	return c
}

func (a *app) secretList() *cobra.Command {
	return a.secretVerb("list", "List the names of generated passwords", "list", cobra.NoArgs, func(s *session, _ []string) error {
		made := map[string]bool{}
		for _, name := range s.passwords.Made() {
			made[name] = true
		}
		for _, name := range s.passwords.Names() {
			state := ""
			if made[name] {
				state = "  (not generated yet: run pig apply, or pig plan without --offline)"
			}
			if _, err := fmt.Fprintln(a.out, name+state); err != nil {
				return err
			}
		}
		return nil
	})
}

func (a *app) secretShow() *cobra.Command {
	return a.secretVerb("show NAME", "Show one generated password in clear text", "show pg_admin_password", cobra.ExactArgs(1), func(s *session, args []string) error {
		if err := s.generated(args[0]); err != nil {
			return err
		}
		password, _ := s.passwords.Lookup(args[0])
		_, err := fmt.Fprintln(a.out, password)
		return err
	})
}

// generated refuses a name that the file does not have, or that the inventory writes.
func (s *source) generated(name string) error {
	if !slices.Contains(s.passwords.Asked(), name) {
		if pos := s.writes(name); pos.Known() {
			return diag.Errorf(pos, "password %s is not generated: the inventory sets it", name)
		}
	}
	if slices.Contains(s.passwords.Made(), name) {
		return fmt.Errorf("password %s is not generated yet: run pig apply, or pig plan without --offline", name)
	}
	if _, ok := s.passwords.Lookup(name); !ok {
		return diag.Errorf(diag.Pos{}, "password %q not found in %s", name, s.passwords.Path()).WithHint("%s", diag.DidYouMean(name, s.passwords.Names()))
	}
	return nil
}

// writes is where the inventory writes what would be generated under a name: PARAMETER, or CLUSTER.PARAMETER.
func (s *source) writes(name string) diag.Pos {
	cluster, param := "", name
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		cluster, param = name[:i], name[i+1:]
	}
	p := params.Lookup(param)
	if p == nil {
		return diag.Pos{}
	}
	for _, h := range s.inventory.Hosts() {
		vars := s.inventory.Vars(h)
		if vars.Has(param) && (cluster == "" || value.Str(vars.At(p.Generated)) == cluster || value.Str(vars.At("pg_shard")) == cluster) {
			return vars.KeyPos(param)
		}
	}
	return diag.Pos{}
}

func (a *app) secretRotate() *cobra.Command {
	return a.secretVerb("rotate NAME...", "Replace generated passwords by new ones", "rotate pg_monitor_password", cobra.MinimumNArgs(1), func(s *session, args []string) error {
		for _, name := range args {
			if err := s.generated(name); err != nil {
				return err
			}
			if err := rotatable(name); err != nil {
				return err
			}
		}
		for _, name := range args {
			s.passwords.Set(name, credential.Generate())
		}
		if err := s.passwords.Save(); err != nil {
			return err
		}
		_, err := fmt.Fprintf(a.out, "Generated %s. Run pig apply to use the new ones: %s\n", format.Plural(len(args), "password"), strings.Join(args, ", "))
		return err
	})
}

func (a *app) secretExport() *cobra.Command {
	var out string
	c := a.secretVerb("export", "Export all generated passwords in clear text", "export --out moved.yml", cobra.NoArgs, func(s *session, _ []string) error {
		saved := s.passwords.Saved()
		if len(saved) == 0 {
			return fmt.Errorf("%s holds no passwords", s.passwords.Path())
		}
		text := credential.Format(saved)
		if out == "" || out == "-" {
			_, err := a.out.Write(text)
			return errors.Join(err, s.tellExport(len(saved), "standard output"))
		}
		f, err := os.OpenFile(filepath.Clean(out), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return fmt.Errorf("cannot export passwords: %w", err)
		}
		_, err = f.Write(text)
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
		return s.tellExport(len(saved), out)
	})
	c.Flags().StringVar(&out, "out", "", "new file to write to, instead of standard output")
	return c
}

// tellExport says what was written where, beside the passwords themselves.
func (s *session) tellExport(n int, where string) error {
	_, err := fmt.Fprintf(s.app.err, "Wrote %s of %s in clear text to %s.\n", format.Plural(n, "password"), s.passwords.Path(), where)
	return err
}

func (a *app) readAll(path string) ([]byte, error) {
	if path == "-" {
		return io.ReadAll(io.LimitReader(a.in, 1<<20))
	}
	return os.ReadFile(filepath.Clean(path))
}
