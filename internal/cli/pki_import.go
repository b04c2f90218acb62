package cli

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"pig/internal/credential"
	"pig/internal/diag"
	"pig/internal/format"
	"pig/internal/params"
	"pig/internal/pki"
	"pig/internal/product"
)

// brought is what another folder keeps of an environment.
type brought struct {
	from    string
	files   map[string][]byte // by their names below files/pki
	secrets []byte            // its file of generated passwords, nil for none
}

// pkiImport brings the CA, keys, certificates and passwords of another folder to this one: all of them or none. The key has to belong to
// the certificate, and hosts must not trust another CA; other files stay, and force replaces them.
func (s *session) pkiImport(ctx context.Context, env *product.Environment, from string, force bool) error {
	b, err := readBrought(from, product.KeyFolders(s.app.Products))
	if err != nil {
		return err
	}
	if err := s.checkPairs(b); err != nil {
		return err
	}
	if err := s.checkTrust(ctx, env, b, force); err != nil {
		return err
	}
	if err := s.checkReplaced(b, force); err != nil {
		return err
	}
	passwords, err := s.broughtPasswords(b)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(b.files)) {
		mode := os.FileMode(0o600)
		if strings.HasSuffix(name, ".crt") || strings.HasSuffix(name, ".crl") || strings.HasSuffix(name, ".json") {
			mode = 0o644
		}
		if err := s.keep(name, b.files[name], mode); err != nil {
			return fmt.Errorf("cannot import %s: %w", name, err)
		}
	}
	for _, dir := range product.KeyFolders(s.app.Products) { // as role ca makes them
		if err := os.MkdirAll(filepath.Join(s.pkiDir(), dir), 0o700); err != nil {
			return fmt.Errorf("importing: %w", err)
		}
	}
	for name, password := range passwords {
		s.passwords.Set(name, password)
	}
	if len(passwords) > 0 {
		if err := s.passwords.Save(); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintf(s.app.out, "Imported %s into %s, %s into %s\n", format.Plural(len(b.files), "file"), s.pkiDir(), format.Plural(len(passwords), "password"), s.passwords.Path()); err != nil {
		return err
	}
	return s.tellRemains(env)
}

// checkPairs refuses a key that does not belong to the certificate beside it, and a source without a CA. The key of the CA may be encrypted.
func (s *source) checkPairs(b *brought) error {
	for _, name := range slices.Sorted(maps.Keys(b.files)) {
		base, isKey := strings.CutSuffix(name, ".key")
		if !isKey || base == "ca/next" || base == "ca/last" || base == "repo/repo" {
			continue
		}
		cert, err := b.files[base+".crt"], error(nil)
		if cert == nil {
			if cert, err = os.ReadFile(filepath.Join(s.pkiDir(), base+".crt")); err != nil {
				return diag.Errorf(diag.Pos{}, "cannot import %s: %s.key has no certificate beside it", b.from, base).WithHint("add %s.crt to the folder", base)
			}
		}
		text, err := s.openKey(path.Join(b.from, name), b.files[name])
		if err != nil {
			return err
		}
		key, err := pki.ParseKey(text)
		if err == nil {
			_, err = pki.SignerOf(cert, key)
		}
		if err != nil {
			return diag.Errorf(diag.Pos{}, "cannot import %s: %s.key does not belong to %s.crt: %v", b.from, base, base, err)
		}
	}
	return nil
}

// checkTrust refuses a CA that is not the one that hosts trust.
func (s *session) checkTrust(ctx context.Context, env *product.Environment, b *brought, force bool) error {
	text := b.files["ca/ca.crt"]
	if text == nil {
		return nil // the key alone, for the certificate that is here
	}
	certs, err := pki.Bundle(text)
	if err != nil || len(certs) == 0 {
		return diag.Errorf(diag.Pos{}, "cannot import %s: ca/ca.crt is not a certificate in PEM", b.from)
	}
	hosts, err := s.hostsToAsk(env, false)
	if err != nil {
		return err
	}
	said := s.askCA(ctx, hosts)
	if foreign := s.tellTrust(said, certs); foreign && !force {
		return diag.Errorf(diag.Pos{}, "cannot import %s: hosts trust another CA than %s", b.from, caName(certs[0])).
			WithHint("import the directory of the CA that the hosts trust; to install this CA on the hosts: add --force, then pig apply --new-ca")
	}
	return nil
}

// checkReplaced refuses to replace files by others.
func (s *source) checkReplaced(b *brought, force bool) error {
	var others []string
	for _, name := range slices.Sorted(maps.Keys(b.files)) {
		text, err := os.ReadFile(filepath.Join(s.pkiDir(), name))
		if err == nil && !bytes.Equal(text, b.files[name]) {
			others = append(others, name)
		}
	}
	if len(others) == 0 || force {
		return nil
	}
	return diag.Errorf(diag.Pos{}, "cannot import %s: %s has different files with these names: %s", b.from, s.pkiDir(), strings.Join(others, ", ")).
		WithHint("add --force to replace them")
}

// broughtPasswords are the passwords of the other folder that this one lacks. One that is another here is a mistake.
func (s *source) broughtPasswords(b *brought) (map[string]string, error) {
	if b.secrets == nil {
		return nil, nil
	}
	at := path.Join(b.from, "secrets.yml")
	text, err := s.openKey(at, b.secrets)
	if err != nil {
		return nil, err
	}
	values, _, err := credential.Parse(text, at)
	if err != nil {
		return nil, err
	}
	saved := s.passwords.Saved()
	for _, name := range slices.Sorted(maps.Keys(values)) {
		s.redactor.Add(values[name])
		switch before, had := saved[name]; {
		case had && before == values[name]:
			delete(values, name)
		case had:
			_, key := params.KeyOfData(name)
			hint := "replace passwords one file at a time: pig secret import FILE"
			if key {
				hint = "data is encrypted with it: find out which of the two is in use"
			}
			return nil, diag.Errorf(diag.Pos{}, "cannot import %s: %s has another %s", b.from, s.passwords.Path(), name).WithHint("%s", hint)
		}
	}
	return values, nil
}
