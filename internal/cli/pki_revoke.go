package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"pig/internal/pki"
)

// pkiRevoke revokes certificates: those of files/pki by their names, which loses their keys too, and others by their files. Who is gone from the
// inventory before it was removed, or had a certificate that somebody made by hand, has no verb of a module.
func (a *app) pkiRevoke(dir string, names []string) error {
	ca, err := os.ReadFile(filepath.Join(dir, "ca", "ca.crt")) //nolint:gosec // the operator's own directory
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := revokeOne(dir, ca, name); err != nil {
			return fmt.Errorf("cannot revoke %s: %w", name, err)
		}
	}
	_, err = fmt.Fprintf(a.out, "Revoked %s. The next pig apply tells all hosts: %s\n", plural(len(names), "certificate"), strings.Join(names, ", "))
	return err
}

func revokeOne(dir string, ca []byte, name string) error {
	path, own := name, false
	if kept := filepath.Join(dir, name+".crt"); filepath.IsLocal(name) {
		if _, err := os.Stat(kept); err == nil {
			path, own = kept, true
		}
	}
	text, err := os.ReadFile(path) //nolint:gosec // the file that the operator names
	if err != nil {
		return err
	}
	cert, err := pki.ParseCert(text)
	if err != nil {
		return err
	}
	if cert.IsCA {
		return errors.New("it is an authority: pig pki rotate changes the CA")
	}
	if trusted, err := pki.Bundle(ca); err != nil || !pki.SignedBy(cert, trusted) && !own {
		return errors.New("the CA of this environment has not signed it")
	}
	revoked := filepath.Join(dir, "revoked")
	if err := os.MkdirAll(revoked, 0o700); err != nil {
		return err
	}
	base := strings.TrimSuffix(filepath.Base(path), ".crt")
	if err := replaceFile(filepath.Join(revoked, fmt.Sprintf("%s-%x.crt", base, cert.SerialNumber)), text, 0o644); err != nil || !own {
		return err
	}
	if err := remove(strings.TrimSuffix(path, ".crt") + ".key"); err != nil {
		return err
	}
	return remove(path)
}
