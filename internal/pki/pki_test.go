package pki

import (
	"crypto"
	"crypto/x509"
	"testing"
	"time"
)

func pair(t *testing.T, r Request, caCert *x509.Certificate, caKey crypto.Signer) (*x509.Certificate, crypto.Signer) {
	t.Helper()
	text, err := NewKey(0)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	r.Days = 30
	signed, err := Sign(r, key, caCert, caKey, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	cert, err := ParseCert(signed)
	if err != nil {
		t.Fatal(err)
	}
	return cert, key
}

// Members of etcd trust their own authority and nothing else; clients trust it because the environment's does.
func TestAnAuthorityBelowAnother(t *testing.T) {
	t.Parallel()
	root, rootKey := pair(t, Request{CommonName: "root", Authority: true}, nil, nil)
	members, membersKey := pair(t, Request{CommonName: "members", Authority: true}, root, rootKey)
	member, memberKey := pair(t, Request{CommonName: "etcd-1", Server: true, Client: true}, members, membersKey)
	other, _ := pair(t, Request{CommonName: "pg-test-1", Server: true, Client: true}, root, rootKey)
	pool := func(c *x509.Certificate) *x509.CertPool {
		p := x509.NewCertPool()
		p.AddCert(c)
		return p
	}
	verify := func(leaf, anchor *x509.Certificate) error {
		_, err := leaf.Verify(x509.VerifyOptions{Roots: pool(anchor), Intermediates: pool(members), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
		return err
	}
	if err := verify(member, root); err != nil {
		t.Errorf("a client does not take the certificate of a member: %v", err)
	}
	if err := verify(member, members); err != nil {
		t.Errorf("a member does not take the certificate of another: %v", err)
	}
	if verify(other, members) == nil {
		t.Error("a member takes the certificate of PostgreSQL")
	}
	below, belowKey := pair(t, Request{CommonName: "below", Authority: true}, members, membersKey)
	leaf, _ := pair(t, Request{CommonName: "leaf", Client: true}, below, belowKey)
	between := pool(members)
	between.AddCert(below)
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: pool(root), Intermediates: between, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}); err == nil {
		t.Error("the authority of members makes authorities")
	}
	r := Request{CommonName: "etcd-1", Server: true, Client: true}
	if why := Due(member, r, memberKey, members, time.Now()); why != "" {
		t.Errorf("it is due: %s", why)
	}
	if why := Due(member, r, memberKey, root, time.Now()); why != "another CA signed the certificate" {
		t.Errorf("below another authority: %q", why)
	}
	next, _ := pair(t, Request{CommonName: "root", Authority: true}, nil, nil)
	if why := Due(members, Request{CommonName: "members", Authority: true}, membersKey, next, time.Now()); why != "another CA signed the certificate" {
		t.Errorf("the environment's authority is another: %q", why)
	}
}
