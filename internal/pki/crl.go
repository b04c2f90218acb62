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

// crlYears is how long a list counts. A new one is made when a certificate is revoked, not by the calendar: readers that refuse a list that is
// over would refuse everybody.
const crlYears = 10

// RevocationList is the list of the certificates of ca that count no more, as PEM.
func RevocationList(ca *x509.Certificate, key crypto.Signer, revoked []*x509.Certificate, now time.Time) ([]byte, error) {
	t := &x509.RevocationList{Number: big.NewInt(now.UnixNano()), ThisUpdate: now.Add(-time.Hour), NextUpdate: now.AddDate(crlYears, 0, 0)}
	for _, c := range revoked {
		t.RevokedCertificateEntries = append(t.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: c.SerialNumber, RevocationTime: t.ThisUpdate})
	}
	der, err := x509.CreateRevocationList(rand.Reader, t, ca, key)
	if err != nil {
		return nil, fmt.Errorf("signing the list of revoked certificates: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der}), nil
}

// ListDue tells whether a list is not that of ca for these certificates, or ends within a year.
func ListDue(text []byte, ca *x509.Certificate, revoked []*x509.Certificate, now time.Time) bool {
	list, err := parseList(text)
	if err != nil || list.CheckSignatureFrom(ca) != nil || now.AddDate(1, 0, 0).After(list.NextUpdate) {
		return true
	}
	var have, want []string
	for _, e := range list.RevokedCertificateEntries {
		have = append(have, e.SerialNumber.String())
	}
	for _, c := range revoked {
		want = append(want, c.SerialNumber.String())
	}
	return !sameSet(have, want)
}

func parseList(text []byte) (*x509.RevocationList, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("not a list of revoked certificates in PEM")
	}
	return x509.ParseRevocationList(block.Bytes)
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
