package cli

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"pig/internal/diag"
	"pig/internal/format"
	"pig/internal/pki"
	"pig/internal/private"
	"pig/internal/product"
)

// pkiRevoke revokes certificates: those of files/pki by their names, which loses their keys too, and others by their files. Who is gone from the
// inventory before it was removed, or had a certificate that somebody made by hand, has no verb of a module. All names are looked at first: one
// that is refused leaves the others alone.
func (s *source) pkiRevoke(env *product.Environment, names []string, force bool) error {
	ca, err := s.readAuthority()
	if err != nil {
		return err
	}
	trusted, err := pki.Bundle(ca.Certs)
	if err != nil {
		return err
	}
	var all []revocable
	for _, name := range names {
		r, err := s.revocable(name, trusted)
		if err != nil {
			return err
		}
		if member := s.memberWith(env, r.cert); member != "" && !force {
			return diag.Errorf(diag.Pos{}, "cannot revoke %s: %s is still in the inventory", name, member).
				WithHint("remove the member first; or add --force: the next pig apply issues a new key and certificate")
		}
		all = append(all, r)
	}
	for _, r := range all {
		if err := r.revoke(filepath.Join(s.pkiDir(), "revoked")); err != nil {
			return fmt.Errorf("cannot revoke %s: %w", r.path, err)
		}
	}
	_, err = fmt.Fprintf(s.app.out, "Revoked %s. Run pig apply to update all hosts: %s\n", format.Plural(len(names), "certificate"), strings.Join(names, ", "))
	return err
}

// revocable is a certificate that may be revoked.
type revocable struct {
	path string
	own  bool // it is in files/pki, with its key
	text []byte
	cert *x509.Certificate
}

func (s *source) revocable(name string, trusted []*x509.Certificate) (revocable, error) {
	refuse := func(format string, args ...any) *diag.Diagnostic {
		return diag.Errorf(diag.Pos{}, "cannot revoke %s: %s", name, fmt.Sprintf(format, args...))
	}
	r := revocable{path: name}
	if kept := filepath.Join(s.pkiDir(), name+".crt"); filepath.IsLocal(name) {
		if _, err := os.Stat(kept); err == nil {
			r.path, r.own = kept, true
		}
	}
	var err error
	if r.text, err = os.ReadFile(r.path); errors.Is(err, fs.ErrNotExist) {
		return r, refuse("neither a certificate in %s nor a file", s.pkiDir()).WithHint("%s", s.certificateHint(name))
	} else if err != nil {
		return r, refuse("%v", err)
	}
	if r.cert, err = pki.ParseCert(r.text); err != nil {
		return r, refuse("%v", err)
	}
	if r.cert.IsCA {
		return r, refuse("the certificate belongs to a CA").WithHint("change the CA: pig pki rotate")
	}
	if !pki.SignedBy(r.cert, trusted) && !r.own {
		return r, refuse("the CA of this environment has not signed it")
	}
	return r, nil
}

func (s *source) certificateHint(name string) string {
	var names []string
	_ = certificates(s.pkiDir(), func(name string, _ *x509.Certificate) { names = append(names, strings.TrimSuffix(name, ".crt")) })
	if hint := diag.DidYouMean(name, names); hint != "" {
		return hint
	}
	return "list the names: pig pki status"
}

func (r revocable) revoke(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	base := strings.TrimSuffix(filepath.Base(r.path), ".crt")
	if err := private.Replace(filepath.Join(dir, fmt.Sprintf("%s-%x.crt", base, r.cert.SerialNumber)), r.text, 0o644); err != nil || !r.own {
		return err
	}
	if err := remove(strings.TrimSuffix(r.path, ".crt") + ".key"); err != nil {
		return err
	}
	return remove(r.path)
}

// memberWith is who in the inventory uses a certificate, "" for nobody. A copy of the file is the same certificate.
func (s *source) memberWith(env *product.Environment, cert *x509.Certificate) string {
	for _, c := range env.Certificates() {
		text, err := os.ReadFile(filepath.Join(s.pkiDir(), c.Name+".crt"))
		if err != nil {
			continue
		}
		if bundle, err := pki.Bundle(text); err == nil && len(bundle) > 0 && bundle[0].Equal(cert) {
			return c.Member
		}
	}
	return ""
}
