package cli

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"pig/internal/pki"
	"pig/internal/product"
	"pig/internal/ui"
	"pig/internal/vault"
)

// pkiStatus lists the certificates, and tells where the key of the CA is, which hosts trust it, and how far a change of the CA has come. A
// host that trusts another CA is a failure.
func (s *session) pkiStatus(ctx context.Context, env *product.Environment) error {
	hosts, err := s.hostsToAsk(env, false)
	if err != nil {
		return err
	}
	said := s.askCA(ctx, hosts)
	listed := s.listCertificates(env)
	trusted, err := s.trustedCerts()
	if err != nil {
		return errors.Join(listed, err)
	}
	if listed == nil {
		fmt.Fprintf(s.app.out, "\nKey of the CA: %s (%s)\n", s.caKeyPath("ca"), keptAs(s.caKeyPath("ca")))
	}
	foreign := s.tellTrust(said, trusted)
	switch {
	case listed != nil:
		return listed
	case foreign:
		return exitStatus(exitFailed)
	}
	return nil
}

// keptAs is how a file of a key is kept.
func keptAs(path string) string {
	switch text, err := os.ReadFile(path); { //nolint:gosec // the operator's own directory
	case err != nil:
		return "cannot be read: " + err.Error()
	case vault.Is(text):
		return "Ansible Vault"
	case sealed(path):
		return "age"
	}
	return "in the clear"
}

// tellTrust tells which hosts trust the CA; it tells too whether some trust another one.
func (s *source) tellTrust(said []hostCA, trusted []*x509.Certificate) (foreign bool) {
	groups := map[string][]string{}
	var others []string
	for _, h := range said {
		switch {
		case h.err != "":
			groups["did not answer"] = append(groups["did not answer"], h.host)
		case len(h.certs) == 0:
			groups["trust no CA yet"] = append(groups["trust no CA yet"], h.host)
		case h.trusts(trusted):
			groups["trust this CA"] = append(groups["trust this CA"], h.host)
		default:
			text := "trust CA " + caName(h.certs[0])
			if groups[text] == nil {
				others = append(others, text)
			}
			groups[text] = append(groups[text], h.host)
		}
	}
	for _, text := range append(append([]string{"trust this CA"}, others...), "trust no CA yet", "did not answer") {
		if hosts := groups[text]; len(hosts) > 0 {
			fmt.Fprintf(s.app.out, "%s: %s\n", upper(text), ui.Few(hosts, 12))
		}
	}
	return len(others) > 0
}

func upper(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// listCertificates lists what is in files/pki.
func (s *source) listCertificates(env *product.Environment) error {
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
	var rows []certificateRow
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
		rows = append(rows, certificateRow{strings.TrimSuffix(name, ".crt"), strings.TrimRight(fmt.Sprintf("%s\t%s\t%s\t%s\t%d\t%s", strings.TrimSuffix(name, ".crt"), c.Subject.CommonName, c.Issuer.CommonName, c.NotAfter.Format(time.DateOnly), days, role), "\t")})
	})
	if err != nil {
		return err
	}
	inOrderOfNeed(rows, env.Certificates())
	for _, r := range rows {
		fmt.Fprintln(w, r.text)
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
func (s *source) tellChange(env *product.Environment, ca pki.Authority) error {
	step := ""
	switch bundle, err := pki.Bundle(ca.Certs); {
	case err != nil:
		return err
	case len(ca.Next) > 0:
		step = "step 1 of 3 is done: hosts trust the old and the new CA"
	case len(bundle) > 1:
		step = "step 2 of 3 is done: the new CA signs, hosts still trust the old CA"
	}
	change, err := readChange(s.pkiDir())
	if err != nil {
		return err
	}
	switch {
	case step == "" && change == nil, step == "" && change.CA != caState(ca):
		return nil
	case step == "":
		step = "step 3 of 3 is done: hosts trust only the new CA"
	}
	if change == nil || change.CA != caState(ca) {
		change = &caChange{}
	}
	missing := change.missing(env)
	switch {
	case len(missing) > 0:
		step += fmt.Sprintf("; pig apply has not brought this step to %s", strings.Join(missing, ", "))
	case strings.HasPrefix(step, "step 3"):
		return nil // all is over
	default:
		step += ", on all hosts; next: pig pki rotate"
	}
	_, err = fmt.Fprintf(s.app.out, "\nChange of the CA: %s.\n", step)
	return err
}
