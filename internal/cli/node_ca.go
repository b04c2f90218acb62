package cli

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/pki"
	"pig/internal/product"
	"pig/internal/ui"
	"pig/internal/value"
)

// hostCA is what a host says of the CA that it trusts.
type hostCA struct {
	host  string
	err   string // it did not answer
	certs []*x509.Certificate
	// members are those of the CA that signs for members only.
	members []*x509.Certificate
	made    bool // by pig, which brings a list of revoked certificates with every CA
}

// askCA asks hosts, all at once, which CA they trust. Who does not answer says nothing.
func (s *runner) askCA(ctx context.Context, hosts []string) []hostCA {
	results := s.engine(s.base, s.quiet()).Everywhere(ctx, hosts, "ca_state", value.NewDict())
	var all []hostCA
	for _, h := range hosts {
		r, asked := results[h]
		said := hostCA{host: h}
		switch {
		case !asked:
			continue
		case r.Failed:
			said.err = r.Msg
		default:
			said.made = value.Truthy(r.Values.At("revokes"))
			var bad, worse error
			said.certs, bad = pki.Bundle([]byte(value.Str(r.Values.At("cert"))))
			said.members, worse = pki.Bundle([]byte(value.Str(r.Values.At("members"))))
			if err := errors.Join(bad, worse); err != nil {
				said.err = "cannot read the CA of the host: " + err.Error()
			}
		}
		all = append(all, said)
	}
	return all
}

// trusts tells whether a host trusts one of these certificates, or another one of the same key.
func (h hostCA) trusts(certs []*x509.Certificate) bool {
	return slices.ContainsFunc(h.certs, func(c *x509.Certificate) bool {
		return slices.ContainsFunc(certs, func(o *x509.Certificate) bool {
			return string(c.RawSubjectPublicKeyInfo) == string(o.RawSubjectPublicKeyInfo)
		})
	})
}

// sameCA refuses a run that would give hosts another CA, or other passwords, than they have: one from a folder that lacks what an earlier
// run kept. Where the folder lacks something, every host of the inventory is asked, also beyond -l: one that has it is enough. Where it lacks
// nothing, the hosts of the run are asked.
func (s *runner) sameCA(ctx context.Context, env *product.Environment) error {
	members := env.MembersCA()
	noKey, noMembersKey := absent(s.caKeyPath("ca")), members != "" && absent(s.caKeyPath(members))
	hosts, err := s.hostsToAsk(env, noKey || noMembersKey || !s.passwords.Exists())
	if err != nil {
		return err
	}
	said := s.askCA(ctx, hosts)
	for _, h := range said {
		s.installed = s.installed || h.made
	}
	switch {
	case s.opt.passwords.newCA:
		return nil
	case noKey:
		return s.lacks("ca", said, func(h hostCA) []*x509.Certificate { return h.certs })
	case noMembersKey:
		return s.lacks(members, said, func(h hostCA) []*x509.Certificate { return h.members })
	}
	return s.foreign(said)
}

func absent(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// lacks refuses to make the key of a CA that hosts trust already.
func (s *source) lacks(dir string, said []hostCA, of func(hostCA) []*x509.Certificate) error {
	have := slices.DeleteFunc(said, func(h hostCA) bool { return len(of(h)) == 0 })
	if len(have) == 0 {
		return nil
	}
	return diag.Errorf(diag.Pos{}, "%s CA %s, and the key of that CA is not in this folder (%s): a new CA would lock out running services", trust(have), caName(of(have[0])[0]), s.caKeyPath(dir)).
		WithHint("import files/pki and files/secrets.yml of the folder that pig ran in before: pig pki import FOLDER; to copy certificates from hosts: pig pki fetch; if the key is lost: pig apply --new-ca")
}

// foreign refuses to give the CA of this folder to hosts that trust another one. Hosts that were away while the CA was changed do so rightly.
func (s *source) foreign(said []hostCA) error {
	trusted, err := s.trustedCerts()
	if err != nil {
		return err
	}
	others := slices.DeleteFunc(said, func(h hostCA) bool { return len(h.certs) == 0 || h.trusts(trusted) })
	if len(others) == 0 {
		return nil
	}
	if change, err := readChange(s.pkiDir()); err != nil || change != nil {
		return err
	}
	return diag.Errorf(diag.Pos{}, "%s CA %s, and this folder has the key of another one (%s)", trust(others), caName(others[0].certs[0]), s.caKeyPath("ca")).
		WithHint("if the host belongs to another environment: remove the host from this inventory, or there with pig node-rm; if files/pki is wrong: pig pki import FOLDER; to install this CA on the hosts: pig apply --new-ca")
}

// trust begins a sentence about hosts and the CA that they trust.
func trust(hosts []hostCA) string {
	var names []string
	for _, h := range hosts {
		names = append(names, h.host)
	}
	if len(names) == 1 {
		return "host " + names[0] + " trusts"
	}
	return "hosts " + ui.Few(names, 6) + " trust"
}

// caName names a CA so that two of the same name can be told apart.
func caName(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return fmt.Sprintf("%q (SHA-256 %s)", diag.Visible(c.Subject.CommonName), hex.EncodeToString(sum[:8]))
}

// hostsToAsk are the hosts of the environment: all, or those that -l leaves.
func (s *source) hostsToAsk(env *product.Environment, all bool) ([]string, error) {
	var hosts []string
	limited, err := s.hosts()
	if err != nil {
		return nil, err
	}
	for _, n := range env.Hosts {
		if all || slices.Contains(limited, n.Entry) {
			hosts = append(hosts, n.Name)
		}
	}
	return hosts, nil
}

// caKeyPath is where the key of a CA is: ca is that of the environment, etcd that of etcd's members.
func (s *source) caKeyPath(dir string) string { return filepath.Join(s.pkiDir(), dir, "ca.key") }

// trustedCerts are the certificates of the CA in files/pki, none where there is no CA yet.
func (s *source) trustedCerts() ([]*x509.Certificate, error) {
	path := filepath.Join(s.pkiDir(), "ca", "ca.crt")
	text, err := os.ReadFile(path) //nolint:gosec // the operator's own directory
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the CA: %w", err)
	}
	certs, err := pki.Bundle(text)
	if err != nil {
		return nil, fmt.Errorf("cannot read the CA: %s: %w", path, err)
	}
	return certs, nil
}

// silent are the hosts that did not answer, with why, for people.
func silent(all []hostCA) string {
	var names []string
	for _, h := range all {
		if h.err != "" {
			names = append(names, h.host)
		}
	}
	return strings.Join(names, ", ")
}
