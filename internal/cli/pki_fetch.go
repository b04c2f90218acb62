package cli

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/format"
	"pig/internal/pki"
	"pig/internal/private"
	"pig/internal/product"
	"pig/internal/value"
)

// pkiFetch brings what hosts hold to files/pki: the certificate of the CA that they trust, and certificates with their keys, so that nothing
// has to be issued anew. What a host gives is taken under the name that the inventory gives the host, if the CA has signed it; what is in
// files/pki stays. The keys of CAs and the passwords are on no host: what remains to be brought is told.
func (s *session) pkiFetch(ctx context.Context, env *product.Environment) error {
	hosts, err := s.hostsToAsk(env, false)
	if err != nil {
		return err
	}
	said := s.askCA(ctx, hosts)
	trusted, err := s.fetchTrust(said)
	if err != nil {
		return err
	}
	var fetched []string
	for _, group := range []bool{true, false} { // the CA of members before what it signed
		for _, f := range s.fetchables(env, hosts) {
			if f.CA != group {
				continue
			}
			took, err := s.fetch(ctx, f, trusted)
			if err != nil {
				return fmt.Errorf("cannot fetch %s from %s: %w", f.Name, f.Host, err)
			}
			if took {
				fetched = append(fetched, f.Name)
			}
		}
	}
	if _, err := fmt.Fprintf(s.app.out, "%s: the CA and %s\n", s.pkiDir(), format.Plural(len(fetched), "certificate")); err != nil {
		return err
	}
	if names := silent(said); names != "" {
		fmt.Fprintf(s.app.out, "No answer from: %s\n", names)
	}
	return s.tellRemains(env)
}

// fetchTrust is the CA that hosts trust, kept in files/pki: what all of them trust, and nothing that only some do, which could be anybody's.
func (s *source) fetchTrust(said []hostCA) ([]*x509.Certificate, error) {
	certs, err := s.trustedCerts()
	if err != nil {
		return nil, err
	}
	kept := certs != nil
	for _, h := range said {
		if len(h.certs) == 0 {
			continue
		}
		if certs != nil && !h.trusts(certs) {
			return nil, diag.Errorf(diag.Pos{}, "hosts trust different CAs: %s trusts %s, not %s", h.host, caName(h.certs[0]), caName(certs[0])).
				WithHint("list them: pig pki status; fetch from hosts that trust the right one: -l PATTERN; if %s is wrong, remove the file", filepath.Join(s.pkiDir(), "ca", "ca.crt"))
		}
		switch {
		case certs == nil:
			certs = h.certs
		case !kept: // while the CA is changed, some trust two
			certs = slices.DeleteFunc(slices.Clone(certs), func(c *x509.Certificate) bool { return !h.trusts([]*x509.Certificate{c}) })
		}
	}
	if certs == nil {
		return nil, diag.Errorf(diag.Pos{}, "cannot fetch certificates: no host trusts a CA yet").WithHint("the first pig apply creates the CA")
	}
	if kept {
		return certs, nil
	}
	return certs, s.keep(filepath.Join("ca", "ca.crt"), encodeCerts(certs), 0o644)
}

func encodeCerts(certs []*x509.Certificate) []byte {
	var b bytes.Buffer
	for _, c := range certs {
		_ = pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}) // a buffer takes all
	}
	return b.Bytes()
}

// keep writes a new file of files/pki.
func (s *source) keep(name string, text []byte, mode os.FileMode) error {
	path := filepath.Join(s.pkiDir(), name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return private.Replace(path, text, mode)
}

// fetchables are what hosts hold, as the roles bring it to them.
func (s *source) fetchables(env *product.Environment, hosts []string) []product.Certificate {
	all := slices.DeleteFunc(env.Certificates(), func(c product.Certificate) bool { return c.Cert == "" || !slices.Contains(hosts, c.Host) })
	slices.SortFunc(all, func(a, b product.Certificate) int { return strings.Compare(a.Name+" "+a.Host, b.Name+" "+b.Host) })
	return all
}

// fetch takes one certificate with its key, unless files/pki has it or the host has none that does.
func (s *runner) fetch(ctx context.Context, f product.Certificate, trusted []*x509.Certificate) (bool, error) {
	if !absent(filepath.Join(s.pkiDir(), f.Name+".crt")) || !absent(filepath.Join(s.pkiDir(), f.Name+".key")) {
		return false, nil
	}
	certs, err := pki.Bundle(s.readOf(ctx, f.Host, f.Cert))
	if err != nil || len(certs) == 0 || certs[0].IsCA != f.CA {
		return false, nil //nolint:nilerr // the next apply issues another one
	}
	issuers := trusted
	if f.ByMembersCA {
		text, err := os.ReadFile(filepath.Join(s.pkiDir(), path.Dir(f.Name), "ca.crt")) // beside what it signed
		if err != nil {
			return false, nil //nolint:nilerr // as above
		}
		if issuers, err = pki.Bundle(text); err != nil {
			return false, err
		}
	}
	if !pki.SignedBy(certs[0], issuers) {
		return false, nil
	}
	if !f.CA {
		text := s.readOf(ctx, f.Host, f.Key)
		key, err := pki.ParseKey(text)
		if err != nil {
			return false, nil //nolint:nilerr // as above
		}
		if _, err := pki.SignerOf(encodeCerts(certs[:1]), key); err != nil {
			return false, nil //nolint:nilerr // as above
		}
		if err := s.keep(f.Name+".key", text, 0o600); err != nil {
			return false, err
		}
	}
	return true, s.keep(f.Name+".crt", encodeCerts(certs[:1]), 0o644)
}

// readOf reads a file of a host; nothing where it has none.
func (s *runner) readOf(ctx context.Context, host, path string) []byte {
	r := s.engine(s.base, s.quiet()).Everywhere(ctx, []string{host}, "slurp", value.DictOf("src", path))[host]
	if r.Failed || r.Values == nil {
		return nil
	}
	return []byte(value.Str(r.Values.At("plain")))
}

// tellRemains tells what no host has, and has to be brought from elsewhere.
func (s *source) tellRemains(env *product.Environment) error {
	remains := map[string]bool{}
	if absent(s.caKeyPath("ca")) {
		remains[s.caKeyPath("ca")+" (the key of the CA)"] = true
		remains[filepath.Join(s.pkiDir(), "revoked")+" (certificates that are revoked)"] = true
	}
	for _, k := range env.Keys() {
		if path := filepath.Join(s.pkiDir(), k.Name); absent(path) {
			remains[path+" ("+k.What+")"] = true
		}
	}
	if !s.passwords.Exists() {
		remains[s.passwords.Path()+" (generated passwords: hosts have no more than hashes of some)"] = true
	}
	if len(remains) == 0 {
		return nil
	}
	_, err := fmt.Fprintf(s.app.out, "Not found on any host. Import these files from the folder that pig ran in before, with pig pki import FOLDER:\n  %s\n", strings.Join(slices.Sorted(maps.Keys(remains)), "\n  "))
	return err
}
