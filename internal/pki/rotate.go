package pki

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"time"
)

// Bundle reads all certificates of a PEM text.
func Bundle(text []byte) ([]*x509.Certificate, error) {
	var all []*x509.Certificate
	for {
		block, rest := pem.Decode(text)
		if block == nil {
			return all, nil
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		all, text = append(all, c), rest
	}
}

// CertOf is the certificate of a PEM text that is for key: an authority that is changed has two, and the key tells which one signs. Without
// one for key it is the first.
func CertOf(text []byte, key crypto.Signer) (*x509.Certificate, error) {
	all, err := Bundle(text)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, errors.New("not a certificate in PEM")
	}
	for _, c := range all {
		if isFor(c, key) {
			return c, nil
		}
	}
	return all[0], nil
}

func isFor(c *x509.Certificate, key crypto.Signer) bool {
	pub, ok := key.Public().(interface{ Equal(crypto.PublicKey) bool })
	return ok && pub.Equal(c.PublicKey)
}

// SignerOf is the certificate of a PEM text that is for key, and nothing else.
func SignerOf(text []byte, key crypto.Signer) (*x509.Certificate, error) {
	c, err := CertOf(text, key)
	if err == nil && !isFor(c, key) {
		return nil, errors.New("the certificate is for another key")
	}
	return c, err
}

// Step is how far the change of an authority has come.
type Step int

// An authority is changed in three steps, with an apply after each: all trust the new one too; the new one signs; nobody trusts the old one.
const (
	Trusted Step = iota + 1
	Signing
	Alone
)

// Authority is what is kept of an authority: the certificates that are trusted, the key that signs, the key that is to sign next, and the key
// that has signed before. That one still signs the list of its revoked certificates, as long as it is trusted.
type Authority struct{ Certs, Key, Next, Last []byte }

// Rotate takes the change of an authority one step further. leaves are all certificates in use: the old authority goes only when it has
// signed none of them.
func Rotate(a Authority, leaves []*x509.Certificate, days int, now time.Time) (Authority, Step, error) {
	certs, err := Bundle(a.Certs)
	if err != nil {
		return a, 0, err
	}
	key, err := ParseKey(a.Key)
	if err != nil {
		return a, 0, err
	}
	signer, err := SignerOf(a.Certs, key)
	if err != nil {
		return a, 0, err
	}
	next, err := nextKey(a.Next)
	if err != nil {
		return a, 0, err
	}
	switch trusted, err := CertOf(a.Certs, next.signer); {
	case err != nil:
		return a, 0, err
	case isFor(trusted, next.signer):
		return Authority{Certs: a.Certs, Key: a.Next, Last: a.Key}, Signing, nil
	case len(certs) > 1 && len(a.Next) == 0:
		for _, leaf := range leaves {
			if leaf.CheckSignatureFrom(signer) != nil && SignedBy(leaf, certs) {
				return a, 0, errors.New("the certificate of " + leaf.Subject.CommonName + " is still signed by the old CA")
			}
		}
		return Authority{Certs: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signer.Raw}), Key: a.Key}, Alone, nil
	}
	// Another name, so that nobody who reads an issuer's name takes the one for the other.
	r := Request{CommonName: signer.Subject.CommonName, Unit: "ca " + now.UTC().Format("2006-01-02"), Authority: true, Days: days}
	if len(signer.Subject.Organization) > 0 {
		r.Organization = signer.Subject.Organization[0]
	}
	cert, err := Sign(r, next.signer, nil, nil, now)
	if err != nil {
		return a, 0, err
	}
	return Authority{Certs: append(append(bytes.TrimRight(bytes.Clone(a.Certs), "\n"), '\n'), cert...), Key: a.Key, Next: next.text}, Trusted, nil
}

type keyText struct {
	text   []byte
	signer crypto.Signer
}

// nextKey is the key that is to sign next: the one that is kept, or else a new one. One that is kept without a certificate is of a step that
// was interrupted.
func nextKey(kept []byte) (keyText, error) {
	if len(kept) == 0 {
		var err error
		if kept, err = NewKey(0); err != nil {
			return keyText{}, err
		}
	}
	signer, err := ParseKey(kept)
	return keyText{kept, signer}, err
}

// SignedBy tells whether one of certs has signed leaf.
func SignedBy(leaf *x509.Certificate, certs []*x509.Certificate) bool {
	for _, c := range certs {
		if leaf.CheckSignatureFrom(c) == nil {
			return true
		}
	}
	return false
}
