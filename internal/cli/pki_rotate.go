package cli

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"pig/internal/diag"
	"pig/internal/pki"
	"pig/internal/private"
	"pig/internal/product"
)

// readAuthority reads the CA as it is kept.
func (s *source) readAuthority() (pki.Authority, error) {
	dir := s.pkiDir()
	var ca pki.Authority
	for _, f := range []struct {
		name string
		into *[]byte
	}{{"ca.crt", &ca.Certs}, {"ca.key", &ca.Key}, {"next.key", &ca.Next}, {"last.key", &ca.Last}} {
		path := filepath.Join(dir, "ca", f.name)
		text, err := os.ReadFile(path) //nolint:gosec // the operator's own directory
		switch {
		case err == nil:
			if *f.into, err = s.openKey(path, text); err != nil {
				return ca, err
			}
		case !errors.Is(err, fs.ErrNotExist):
			return ca, fmt.Errorf("cannot read the CA: %w", err)
		case f.name == "ca.crt":
			return ca, diag.Errorf(diag.Pos{}, "CA of this environment not found: file %s", path).WithHint("the first pig apply creates the CA")
		case f.name == "ca.key":
			return ca, diag.Errorf(diag.Pos{}, "key of the CA not found: file %s", path).WithHint("restore the file from a backup, or import the folder that pig ran in before: pig pki import FOLDER")
		}
	}
	if _, err := pki.Bundle(ca.Certs); err != nil {
		return ca, fmt.Errorf("cannot read the CA: %s: %w", filepath.Join(dir, "ca", "ca.crt"), err)
	}
	key, err := pki.ParseKey(ca.Key)
	if err != nil {
		return ca, fmt.Errorf("cannot read the CA: %s: %w", filepath.Join(dir, "ca", "ca.key"), err)
	}
	if _, err := pki.SignerOf(ca.Certs, key); err != nil {
		return ca, fmt.Errorf("%s does not belong to %s: %w", filepath.Join(dir, "ca", "ca.key"), filepath.Join(dir, "ca", "ca.crt"), err)
	}
	return ca, nil
}

// pkiRotate takes the change of the CA one step further. All hosts must have the step before, or certificates would meet hosts that do not
// trust them; force goes on all the same.
func (s *source) pkiRotate(env *product.Environment, force bool) error {
	dir := s.pkiDir()
	ca, err := s.readAuthority()
	if err != nil {
		return err
	}
	if err := s.appliedBefore(env, ca); err != nil && !force {
		return err
	}
	var leaves []*x509.Certificate
	err = certificates(dir, func(name string, c *x509.Certificate) {
		if top, _, _ := strings.Cut(name, string(filepath.Separator)); top != "ca" && top != "revoked" {
			leaves = append(leaves, c)
		}
	})
	if err != nil {
		return err
	}
	ca, step, err := pki.Rotate(ca, leaves, caDays, time.Now())
	if err != nil {
		return fmt.Errorf("cannot change the CA: %w", err)
	}
	if err := s.keepStep(dir, ca, step); err != nil {
		return err
	}
	if err := (&caChange{CA: caState(ca)}).write(dir); err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.app.out, map[pki.Step]string{
		pki.Trusted: "Step 1 of 3: hosts are to trust the old and the new CA. Run pig apply on all hosts, then pig pki rotate.",
		pki.Signing: "Step 2 of 3: the new CA signs. Run pig apply on all hosts, then pig pki rotate.",
		pki.Alone:   "Step 3 of 3: hosts are to trust only the new CA. Run pig apply on all hosts.",
	}[step])
	return err
}

// keepStep writes the files of the CA that a step has changed.
func (s *source) keepStep(dir string, ca pki.Authority, step pki.Step) error {
	at := func(name string) string { return filepath.Join(dir, "ca", name) }
	switch step {
	case pki.Trusted: // the key first: without the certificate it is made again
		if err := s.writeKey(at("next.key"), ca.Next); err != nil {
			return err
		}
		return private.Replace(at("ca.crt"), ca.Certs, 0o644)
	case pki.Signing: // the former key stays for the list of what it signed
		if err := s.writeKey(at("last.key"), ca.Last); err != nil {
			return err
		}
		return os.Rename(at("next.key"), at("ca.key"))
	default:
		if err := private.Replace(at("ca.crt"), ca.Certs, 0o644); err != nil {
			return err
		}
		return remove(at("last.key"))
	}
}

// appliedBefore refuses the next step while hosts lack the step before.
func (s *source) appliedBefore(env *product.Environment, ca pki.Authority) error {
	change, err := readChange(s.pkiDir())
	if err != nil {
		return err
	}
	state := caState(ca)
	if change == nil && len(ca.Next)+len(ca.Last) == 0 {
		return nil // nothing was begun
	}
	if change == nil || change.CA != state { // begun by an earlier version, or interrupted: count from here
		change = &caChange{CA: state}
		if err := change.write(s.pkiDir()); err != nil {
			return err
		}
	}
	missing := change.missing(env)
	if len(missing) == 0 {
		return nil
	}
	return diag.Errorf(diag.Pos{}, "cannot rotate the CA: pig apply has not brought the last step to %s", strings.Join(missing, ", ")).
		WithHint("run pig apply for these hosts, without -t; remove a lost host from the inventory, or add --force")
}
