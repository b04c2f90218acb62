package pki

import (
	"crypto/x509"
	"strings"
	"testing"
	"time"
)

func TestRotate(t *testing.T) {
	t.Parallel()
	now := time.Now()
	key, err := NewKey(0)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ParseKey(key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := Sign(Request{CommonName: "pigsty-ca", Authority: true, Days: 3650}, signer, nil, nil, now)
	if err != nil {
		t.Fatal(err)
	}
	a := Authority{Certs: cert, Key: key}
	step := func(want Step, leaves ...*x509.Certificate) {
		t.Helper()
		var got Step
		if a, got, err = Rotate(a, leaves, 3650, now); err != nil || got != want {
			t.Fatalf("%d, want %d: %v", got, want, err)
		}
	}
	// leaf is issued as x509 does: by the certificate that is for the key.
	leaf := func() *x509.Certificate {
		t.Helper()
		key, err := ParseKey(a.Key)
		if err != nil {
			t.Fatal(err)
		}
		ca, err := CertOf(a.Certs, key)
		if err != nil {
			t.Fatal(err)
		}
		c, _ := pair(t, Request{CommonName: "leaf", Client: true}, ca, key)
		return c
	}
	trusts := func(c *x509.Certificate) bool {
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(a.Certs)
		_, err := c.Verify(x509.VerifyOptions{Roots: pool, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
		return err == nil
	}
	old := leaf()
	before := a.Certs
	step(Trusted)
	a.Certs = before // interrupted: the key is there, and its certificate is not
	step(Trusted)
	between := leaf()
	former := a.Key
	step(Signing)
	if string(a.Last) != string(former) {
		t.Error("the key that signs the old authority's list is not kept")
	}
	fresh := leaf()
	if !trusts(old) || !trusts(between) || !trusts(fresh) {
		t.Error("a certificate is not trusted while authorities change")
	}
	if _, _, err := Rotate(a, []*x509.Certificate{fresh, between}, 3650, now); err == nil || !strings.Contains(err.Error(), "still signed by the old CA") {
		t.Errorf("the old authority goes although it is in use: %v", err)
	}
	step(Alone, fresh)
	if len(a.Last) > 0 {
		t.Error("the key of the old authority is kept")
	}
	if trusts(old) || trusts(between) || !trusts(fresh) {
		t.Error("the old authority is still trusted, or the new one is not")
	}
}
