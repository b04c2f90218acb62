package cli

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/format"
	"pig/internal/pki"
	"pig/internal/product"
	"pig/internal/products/etcd"
	"pig/internal/products/infra"
	prpgsql "pig/internal/products/pgsql"
	"pig/internal/value"
)

// fetchable is a certificate that a host holds with its key, and where files/pki has both.
type fetchable struct {
	name       string // below files/pki, without the ending
	host       string
	cert, key  string // on the host
	member, ca bool   // of etcd: signed by the CA of the members; that CA itself, whose key no host has
}

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
	for _, group := range []bool{true, false} { // the CA of etcd's members before what it signed
		for _, f := range s.fetchables(env, hosts) {
			if f.ca != group {
				continue
			}
			took, err := s.fetch(ctx, f, trusted)
			if err != nil {
				return fmt.Errorf("cannot fetch %s from %s: %w", f.name, f.host, err)
			}
			if took {
				fetched = append(fetched, f.name)
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
func (s *session) fetchTrust(said []hostCA) ([]*x509.Certificate, error) {
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
func (s *session) keep(name string, text []byte, mode os.FileMode) error {
	path := filepath.Join(s.pkiDir(), name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return replaceFile(path, text, mode)
}

// fetchables are what hosts hold, as the roles bring it to them.
func (s *session) fetchables(env *product.Environment, hosts []string) (all []fetchable) {
	for name, member := range s.membersCertificates(env) {
		kind, instance, _ := strings.Cut(name, "/")
		host := s.hostOf(env, kind, instance, member)
		f := fetchable{name: name, host: host}
		switch {
		case kind == "node":
			f.cert, f.key = "/etc/pki/node.crt", "/etc/pki/node.key"
		case kind == "infra":
			f.cert, f.key = "/etc/pki/infra.crt", "/etc/pki/infra.key"
		case kind == "pgsql":
			f.cert, f.key = "/pg/cert/server.crt", "/pg/cert/server.key"
		case kind == "etcd" && strings.HasSuffix(instance, "-admin"):
			f.cert, f.key = "/etc/pki/etcdctl.crt", "/etc/pki/etcdctl.key"
		case kind == "etcd":
			f.cert, f.key, f.member = "/etc/etcd/server.crt", "/etc/etcd/server.key", true
			all = append(all, fetchable{name: "etcd/ca", host: host, cert: "/etc/etcd/members.crt", ca: true})
		default: // issued anew without a restart
			continue
		}
		if slices.Contains(hosts, host) {
			all = append(all, f)
		}
	}
	all = slices.DeleteFunc(all, func(f fetchable) bool { return !slices.Contains(hosts, f.host) })
	slices.SortFunc(all, func(a, b fetchable) int { return strings.Compare(a.name+" "+a.host, b.name+" "+b.host) })
	return all
}

// hostOf is the host of an instance that has a certificate.
func (s *session) hostOf(env *product.Environment, kind, instance, member string) string {
	switch kind {
	case "node":
		return instance
	case "infra":
		for _, n := range infra.Nodes(env) {
			if instance == "infra-"+value.Str(s.inventory.Vars(n.Entry).At("infra_seq")) {
				return n.Name
			}
		}
	case "etcd":
		for _, m := range etcd.Of(env).Members {
			if m.Instance == member {
				return m.Name
			}
		}
	case "pgsql":
		for _, c := range prpgsql.Of(env) {
			for _, m := range c.Members {
				if m.Instance == instance {
					return m.Name
				}
			}
		}
	}
	return ""
}

// fetch takes one certificate with its key, unless files/pki has it or the host has none that does.
func (s *session) fetch(ctx context.Context, f fetchable, trusted []*x509.Certificate) (bool, error) {
	if !absent(filepath.Join(s.pkiDir(), f.name+".crt")) || !absent(filepath.Join(s.pkiDir(), f.name+".key")) {
		return false, nil
	}
	certs, err := pki.Bundle(s.readOf(ctx, f.host, f.cert))
	if err != nil || len(certs) == 0 || certs[0].IsCA != f.ca {
		return false, nil //nolint:nilerr // the next apply issues another one
	}
	issuers := trusted
	if f.member {
		text, err := os.ReadFile(filepath.Join(s.pkiDir(), "etcd", "ca.crt"))
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
	if !f.ca {
		text := s.readOf(ctx, f.host, f.key)
		key, err := pki.ParseKey(text)
		if err != nil {
			return false, nil //nolint:nilerr // as above
		}
		if _, err := pki.SignerOf(encodeCerts(certs[:1]), key); err != nil {
			return false, nil //nolint:nilerr // as above
		}
		if err := s.keep(f.name+".key", text, 0o600); err != nil {
			return false, err
		}
	}
	return true, s.keep(f.name+".crt", encodeCerts(certs[:1]), 0o644)
}

// readOf reads a file of a host; nothing where it has none.
func (s *session) readOf(ctx context.Context, host, path string) []byte {
	r := s.engine(s.base, s.quiet()).Everywhere(ctx, []string{host}, "slurp", value.DictOf("src", path))[host]
	if r.Failed || r.Values == nil {
		return nil
	}
	return []byte(value.Str(r.Values.At("plain")))
}

// tellRemains tells what no host has, and has to be brought from elsewhere.
func (s *session) tellRemains(env *product.Environment) error {
	remains := map[string]bool{}
	if absent(s.caKeyPath("ca")) {
		remains[s.caKeyPath("ca")+" (the key of the CA)"] = true
		remains[filepath.Join(s.pkiDir(), "revoked")+" (certificates that are revoked)"] = true
	}
	if etcd.Of(env) != nil && absent(s.caKeyPath("etcd")) {
		remains[s.caKeyPath("etcd")+" (the key of the CA of etcd's members)"] = true
	}
	if absent(filepath.Join(s.pkiDir(), "repo", "repo.key")) && len(infra.Nodes(env)) > 0 {
		remains[filepath.Join(s.pkiDir(), "repo", "repo.key")+" (the key that signs packages)"] = true
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
