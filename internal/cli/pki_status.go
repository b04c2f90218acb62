package cli

import (
	"crypto/x509"
	"fmt"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"pig/internal/pki"
	"pig/internal/resolve"
)

// pkiStatus lists the certificates, and tells how far a change of the CA has come.
func (s *session) pkiStatus(env *resolve.Environment) error {
	ca, err := s.readAuthority()
	if err != nil {
		return err
	}
	key, err := pki.ParseKey(ca.Key)
	if err != nil {
		return err
	}
	signer, err := pki.SignerOf(ca.Certs, key)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(s.app.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "CERTIFICATE\tNAME\tISSUER\tEXPIRES\tDAYS\tCA")
	var warnings []string
	err = certificates(s.pkiDir(), func(name string, c *x509.Certificate) {
		days := int(time.Until(c.NotAfter).Hours() / 24)
		role := ""
		if name == filepath.Join("ca", "ca.crt") {
			if role = "trusted"; c.Equal(signer) {
				role = "signs"
			}
			if days < caWarnDays {
				warnings = append(warnings, fmt.Sprintf("the CA that %s expires in %d days, on %s; change the CA: pig pki rotate", role, days, c.NotAfter.Format(time.DateOnly)))
			}
		}
		fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("%s\t%s\t%s\t%s\t%d\t%s", strings.TrimSuffix(name, ".crt"), c.Subject.CommonName, c.Issuer.CommonName, c.NotAfter.Format(time.DateOnly), days, role), "\t"))
	})
	if err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, text := range warnings {
		fmt.Fprintln(s.app.err, s.app.paint.Yellow("warning: "+text))
	}
	return s.tellChange(env, ca)
}

// caWarnDays is from when on the end of a CA is told.
const caWarnDays = 30

// tellChange tells how far a change of the CA has come, and what is next.
func (s *session) tellChange(env *resolve.Environment, ca pki.Authority) error {
	step := ""
	switch bundle, err := pki.Bundle(ca.Certs); {
	case err != nil:
		return err
	case len(ca.Next) > 0:
		step = "step 1 of 3 is done: the new CA is trusted too"
	case len(bundle) > 1:
		step = "step 2 of 3 is done: the new CA signs, the old one is trusted still"
	}
	change, err := readChange(s.pkiDir())
	if err != nil {
		return err
	}
	switch {
	case step == "" && change == nil, step == "" && change.CA != caState(ca):
		return nil
	case step == "":
		step = "step 3 of 3 is done: the old CA is trusted no more"
	}
	if change == nil || change.CA != caState(ca) {
		change = &caChange{}
	}
	missing := change.missing(env)
	switch {
	case len(missing) > 0:
		step += fmt.Sprintf("; pig apply has not brought it to %s", strings.Join(missing, ", "))
	case strings.HasPrefix(step, "step 3"):
		return nil // all is over
	default:
		step += ", on all hosts; next: pig pki rotate"
	}
	_, err = fmt.Fprintf(s.app.out, "\nChange of the CA: %s.\n", step)
	return err
}
