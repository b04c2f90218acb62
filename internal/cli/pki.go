package cli

import (
	"crypto/x509"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"pig/internal/pki"
)

// caDays is how long an authority counts, as role ca has it.
const caDays = 3650

func (a *app) pki() *cobra.Command {
	c := &cobra.Command{
		Use: "pki", Short: "Certificates of the environment",
		Long: `The certificates of an environment are in files/pki beside the inventory.

  pig pki status                 list certificates, their issuers and their ends
  pig pki revoke NAME...         revoke certificates of what is in no inventory any more
  pig pki rotate                 change the CA, one step at a time, with pig apply after each

` + exitHelp,
	}
	c.AddCommand(
		a.pkiVerb("status", "List the certificates of the environment", "status", cobra.NoArgs, func(dir string, _ []string) error { return a.pkiStatus(dir) }),
		a.pkiVerb("revoke NAME|FILE...", "Revoke certificates: by their names in pig pki status, or by a file", "revoke pgsql/pg-test-3 && pig apply\n  pig pki revoke alice.crt && pig apply",
			cobra.MinimumNArgs(1), a.pkiRevoke),
		a.pkiVerb("rotate", "Take the change of the CA one step further",
			"rotate && pig apply      everybody trusts the new CA too\n  pig pki rotate && pig apply      the new CA signs all certificates\n  pig pki rotate && pig apply      nobody trusts the old CA", cobra.NoArgs, func(dir string, _ []string) error { return a.pkiRotate(dir) }),
	)
	return c
}

func (a *app) pkiVerb(use, short, example string, args cobra.PositionalArgs, run func(dir string, args []string) error) *cobra.Command {
	o := &sourceOptions{}
	c := &cobra.Command{
		Use: use, Short: short, Args: args,
		Long: short + ".\n\n  pig pki " + example + "\n\n" + exitHelp,
		RunE: func(c *cobra.Command, args []string) error {
			s, err := a.read(c.Context(), o)
			if err != nil {
				return err
			}
			defer s.close()
			return run(filepath.Join(s.home(), "files", "pki"), args)
		},
	}
	o.AddFlags(c.Flags())
	return c
}

func (a *app) pkiStatus(dir string) error {
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "CERTIFICATE\tNAME\tISSUER\tENDS\tDAYS")
	err := certificates(dir, func(name string, c *x509.Certificate) {
		days := int(time.Until(c.NotAfter).Hours() / 24)
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\n", strings.TrimSuffix(name, ".crt"), c.Subject.CommonName, c.Issuer.CommonName, c.NotAfter.Format("2006-01-02"), days)
	})
	if err != nil {
		return err
	}
	return w.Flush()
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

func (a *app) pkiRotate(dir string) error {
	at := func(name string) string { return filepath.Join(dir, "ca", name) }
	var leaves []*x509.Certificate
	err := certificates(dir, func(name string, c *x509.Certificate) {
		if top, _, _ := strings.Cut(name, string(filepath.Separator)); top != "ca" && top != "revoked" {
			leaves = append(leaves, c)
		}
	})
	if err != nil {
		return err
	}
	var ca pki.Authority
	for name, into := range map[string]*[]byte{"ca.crt": &ca.Certs, "ca.key": &ca.Key, "next.key": &ca.Next} {
		if *into, err = os.ReadFile(at(name)); err != nil && (name != "next.key" || !os.IsNotExist(err)) {
			return err
		}
	}
	ca, step, err := pki.Rotate(ca, leaves, caDays, time.Now())
	if err != nil {
		return fmt.Errorf("cannot change the CA: %w", err)
	}
	switch step {
	case pki.Trusted: // the key first: without the certificate it is made again
		if err = replaceFile(at("next.key"), ca.Next, 0o600); err == nil {
			err = replaceFile(at("ca.crt"), ca.Certs, 0o644)
		}
	case pki.Signing: // the former key stays for the list of what it signed
		if err = replaceFile(at("last.key"), ca.Last, 0o600); err == nil {
			err = os.Rename(at("next.key"), at("ca.key"))
		}
	case pki.Alone:
		if err = replaceFile(at("ca.crt"), ca.Certs, 0o644); err == nil {
			err = remove(at("last.key"))
		}
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.out, map[pki.Step]string{
		pki.Trusted: "Step 1 of 3: the new CA is trusted beside the old one. Run pig apply on all hosts, then pig pki rotate.",
		pki.Signing: "Step 2 of 3: the new CA signs. Run pig apply on all hosts, then pig pki rotate.",
		pki.Alone:   "Step 3 of 3: the old CA is trusted no more. Run pig apply on all hosts.",
	}[step])
	return err
}

// remove removes a file that may be gone.
func remove(path string) error {
	if err := os.Remove(path); !os.IsNotExist(err) {
		return err
	}
	return nil
}

// replaceFile writes a file as a whole: who reads it finds the old text or the new one.
func replaceFile(path string, text []byte, mode fs.FileMode) error {
	temp, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	if err := temp.Chmod(mode); err != nil {
		return err
	}
	if _, err := temp.Write(text); err != nil {
		return err
	}
	if err := temp.Close(); err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}
