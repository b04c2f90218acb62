package pki

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// What nginx, HAProxy and PostgreSQL do with the lists is what openssl does with -crl_check_all: it refuses a certificate whose authority has no
// list, and everybody when a list is over.
func TestListsWhileTheAuthorityChanges(t *testing.T) {
	t.Parallel()
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("needs openssl")
	}
	first, firstKey := pair(t, Request{CommonName: "ca", Authority: true}, nil, nil)
	second, secondKey := pair(t, Request{CommonName: "ca", Unit: "ca 2", Authority: true}, nil, nil)
	old, _ := pair(t, Request{CommonName: "old", Client: true}, first, firstKey)
	fresh, _ := pair(t, Request{CommonName: "fresh", Client: true}, second, secondKey)
	goneOld, _ := pair(t, Request{CommonName: "gone", Client: true}, first, firstKey)
	goneFresh, _ := pair(t, Request{CommonName: "gone", Client: true}, second, secondKey)
	revoked := []*x509.Certificate{goneOld, goneFresh}
	dir := t.TempDir()
	write := func(name string, text []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	asPEM := func(certs ...*x509.Certificate) (text []byte) {
		for _, c := range certs {
			text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
		}
		return text
	}
	for _, step := range []struct {
		name    string
		trusted []*x509.Certificate
		keys    []crypto.Signer
		in      []*x509.Certificate
		out     []*x509.Certificate
	}{
		{"before", []*x509.Certificate{first}, []crypto.Signer{firstKey}, []*x509.Certificate{old}, []*x509.Certificate{goneOld, fresh}},
		{"both are trusted", []*x509.Certificate{first, second}, []crypto.Signer{firstKey, secondKey}, []*x509.Certificate{old, fresh}, revoked},
		{"the new one signs", []*x509.Certificate{first, second}, []crypto.Signer{secondKey, firstKey}, []*x509.Certificate{old, fresh}, revoked},
		{"the old one is gone", []*x509.Certificate{second}, []crypto.Signer{secondKey}, []*x509.Certificate{fresh}, []*x509.Certificate{goneFresh, old}},
	} {
		issuers, err := Issuers(asPEM(step.trusted...), step.keys)
		if err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		lists, err := RevocationLists(issuers, revoked, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		ca, crl := write("ca.crt", asPEM(step.trusted...)), write("ca.crl", lists)
		verify := func(c *x509.Certificate, at time.Time) error {
			return exec.CommandContext(t.Context(), openssl, "verify", "-crl_check", "-crl_check_all", "-attime", strconv.FormatInt(at.Unix(), 10), "-CAfile", ca, "-CRLfile", crl, write("leaf.crt", asPEM(c))).Run()
		}
		for _, c := range step.in {
			if err := verify(c, time.Now()); err != nil {
				t.Errorf("%s: %s is refused: %v", step.name, c.Subject.CommonName, err)
			}
			// At both ends of its life.
			for _, at := range []time.Time{c.NotBefore.Add(time.Minute), c.NotAfter.Add(-2 * time.Minute)} {
				if err := verify(c, at); err != nil {
					t.Errorf("%s: %s is refused at %s: %v", step.name, c.Subject.CommonName, at, err)
				}
			}
		}
		for _, c := range step.out {
			if verify(c, time.Now()) == nil {
				t.Errorf("%s: %s is taken", step.name, c.Subject)
			}
		}
		if ListsDue(lists, issuers, revoked) {
			t.Errorf("%s: the lists are due as soon as they are made", step.name)
		}
		if !ListsDue(lists, issuers, revoked[:1]) {
			t.Errorf("%s: the lists are not due for other certificates", step.name)
		}
	}
}

// A node whose clock is behind takes the list as long as it takes the authority, and a list is never over before the authority is.
func TestAListCountsAsLongAsItsAuthority(t *testing.T) {
	t.Parallel()
	ca, key := pair(t, Request{CommonName: "ca", Authority: true}, nil, nil)
	for _, now := range []time.Time{ca.NotBefore, ca.NotAfter.Add(-time.Hour)} {
		text, err := RevocationList(ca, key, nil, now)
		if err != nil {
			t.Fatal(err)
		}
		lists, err := parseLists(text)
		if err != nil || len(lists) != 1 || !lists[0].ThisUpdate.Equal(ca.NotBefore) || !lists[0].NextUpdate.Equal(ca.NotAfter) {
			t.Errorf("made at %s: %v, %v", now, lists, err)
		}
	}
}
