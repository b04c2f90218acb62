package pki

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"
)

// RevocationList is the list of the certificates of ca that count no more, as PEM. It counts exactly as long as ca does: readers that refuse a
// list that is over, or not yet begun, would refuse everybody.
func RevocationList(ca *x509.Certificate, key crypto.Signer, revoked []*x509.Certificate, now time.Time) ([]byte, error) {
	t := &x509.RevocationList{Number: big.NewInt(now.UnixNano()), ThisUpdate: ca.NotBefore, NextUpdate: ca.NotAfter}
	for _, c := range revoked {
		t.RevokedCertificateEntries = append(t.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: c.SerialNumber, RevocationTime: now})
	}
	der, err := x509.CreateRevocationList(rand.Reader, t, ca, key)
	if err != nil {
		return nil, fmt.Errorf("cannot sign the list of revoked certificates: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der}), nil
}

// Issuer is an authority with its key.
type Issuer struct {
	Cert *x509.Certificate
	Key  crypto.Signer
}

// Issuers are the authorities of a PEM text whose keys are there, the first key's first. While an authority is changed there are two: each has to
// have a list, as OpenSSL refuses a certificate whose authority has none.
func Issuers(certs []byte, keys []crypto.Signer) ([]Issuer, error) {
	all, err := Bundle(certs)
	if err != nil {
		return nil, err
	}
	var of []Issuer
	for _, key := range keys {
		for _, c := range all {
			if isFor(c, key) {
				of = append(of, Issuer{c, key})
			}
		}
	}
	if len(of) == 0 || !isFor(of[0].Cert, keys[0]) {
		return nil, errors.New("the authority has no certificate for its key")
	}
	return of, nil
}

// RevocationLists are the lists of all authorities, one after another. Each has all certificates: etcd reads the first list only, and looks at
// serial numbers alone.
func RevocationLists(of []Issuer, revoked []*x509.Certificate, now time.Time) ([]byte, error) {
	var all []byte
	for _, ca := range of {
		list, err := RevocationList(ca.Cert, ca.Key, revoked, now)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return all, nil
}

// ListsDue tells whether lists are not those of the authorities for these certificates, for as long as the authorities count.
func ListsDue(text []byte, of []Issuer, revoked []*x509.Certificate) bool {
	lists, err := parseLists(text)
	if err != nil || len(lists) != len(of) {
		return true
	}
	var want []string
	for _, c := range revoked {
		want = append(want, c.SerialNumber.String())
	}
	for i, list := range lists {
		ca := of[i].Cert
		var have []string
		for _, e := range list.RevokedCertificateEntries {
			have = append(have, e.SerialNumber.String())
		}
		if list.CheckSignatureFrom(ca) != nil || !list.NextUpdate.Equal(ca.NotAfter) || !list.ThisUpdate.Equal(ca.NotBefore) || !sameSet(have, want) {
			return true
		}
	}
	return false
}

func parseLists(text []byte) ([]*x509.RevocationList, error) {
	var all []*x509.RevocationList
	for {
		block, rest := pem.Decode(text)
		if block == nil {
			return all, nil
		}
		list, err := x509.ParseRevocationList(block.Bytes)
		if err != nil {
			return nil, err
		}
		all, text = append(all, list), rest
	}
}

// Revocable are the certificates that would still count, by serial number, of whichever authority: a change of authorities brings none back.
func Revocable(certs []*x509.Certificate, now time.Time) []*x509.Certificate {
	var of []*x509.Certificate
	for _, c := range certs {
		if now.Before(c.NotAfter) {
			of = append(of, c)
		}
	}
	slices.SortFunc(of, func(a, b *x509.Certificate) int { return a.SerialNumber.Cmp(b.SerialNumber) })
	return slices.CompactFunc(of, func(a, b *x509.Certificate) bool { return a.SerialNumber.Cmp(b.SerialNumber) == 0 })
}
