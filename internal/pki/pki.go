// Package pki makes keys and certificates: the project's own authority, and what it signs. It does no I/O.
package pki

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"slices"
	"strings"
	"time"
)

// Request says what a certificate has to be.
type Request struct {
	CommonName   string
	Organization string
	Unit         string
	Names        []string // DNS names and addresses
	Server       bool     // extended key usages
	Client       bool
	Authority    bool // an authority: self-signed, or, with another one above, one that may sign nothing but leaves
	Days         int
	// RenewBefore is how many days before its end a certificate is due for another.
	RenewBefore int
}

// NewKey makes a private key as PKCS#8 PEM: ECDSA on P-256, or RSA with that many bits.
func NewKey(rsaBits int) ([]byte, error) {
	var key crypto.PrivateKey
	var err error
	if rsaBits > 0 {
		key, err = rsa.GenerateKey(rand.Reader, rsaBits)
	} else {
		key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot create a key: %w", err)
	}
	return encodeKey(key)
}

// NewSigningKey makes a private key for Ed25519 as PKCS#8 PEM.
func NewSigningKey() ([]byte, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("cannot create a key: %w", err)
	}
	return encodeKey(key)
}

func encodeKey(key crypto.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("cannot create a key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// ParseKey reads a private key in PEM: PKCS#8, PKCS#1 or SEC 1.
func ParseKey(text []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("not a key in PEM")
	}
	if block.Type == "ENCRYPTED PRIVATE KEY" || strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED") {
		return nil, errors.New("the key has a passphrase, and pig reads keys without one: openssl pkey -in KEY -out NEW")
	}
	if key, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
		if s, ok := key.(crypto.Signer); ok {
			return s, nil
		}
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	if key, err := x509.ParseECPrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	return nil, errors.New("a key of an unknown kind")
}

// ParseCert reads the first certificate of a PEM text.
func ParseCert(text []byte) (*x509.Certificate, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("not a certificate in PEM")
	}
	return x509.ParseCertificate(block.Bytes)
}

// Sign makes a certificate for key. caCert and caKey are nil for an authority that signs itself.
func Sign(r Request, key crypto.Signer, caCert *x509.Certificate, caKey crypto.Signer, now time.Time) ([]byte, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	t := &x509.Certificate{
		SerialNumber: serial,
		Subject:      subject(r),
		NotBefore:    now.Add(-time.Hour), // a node's clock may be behind
		NotAfter:     now.AddDate(0, 0, r.Days),
		KeyUsage:     x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
	}
	t.DNSNames, t.IPAddresses = split(r.Names)
	t.ExtKeyUsage = usages(r)
	t.BasicConstraintsValid = true
	if r.Authority {
		t.IsCA, t.MaxPathLen = true, 1
		t.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign | x509.KeyUsageDigitalSignature
		if caCert == nil {
			caCert, caKey = t, key
		} else {
			t.MaxPathLen, t.MaxPathLenZero = 0, true
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, t, caCert, key.Public(), caKey)
	if err != nil {
		return nil, fmt.Errorf("cannot sign a certificate for %s: %w", r.CommonName, err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), nil
}

func subject(r Request) pkix.Name {
	n := pkix.Name{CommonName: r.CommonName}
	if r.Organization != "" {
		n.Organization = []string{r.Organization}
	}
	if r.Unit != "" {
		n.OrganizationalUnit = []string{r.Unit}
	}
	return n
}

func usages(r Request) []x509.ExtKeyUsage {
	var u []x509.ExtKeyUsage
	if r.Server {
		u = append(u, x509.ExtKeyUsageServerAuth)
	}
	if r.Client {
		u = append(u, x509.ExtKeyUsageClientAuth)
	}
	return u
}

func split(names []string) (dns []string, ips []net.IP) {
	for _, n := range names {
		if ip := net.ParseIP(n); ip != nil {
			ips = append(ips, ip)
		} else if n != "" && !slices.Contains(dns, n) {
			dns = append(dns, n)
		}
	}
	return dns, ips
}

// Due tells why cert does not do for r any more, "" if it does. ca is nil for an authority that signs itself.
func Due(cert *x509.Certificate, r Request, key crypto.Signer, ca *x509.Certificate, now time.Time) string {
	if pub, ok := key.Public().(interface{ Equal(crypto.PublicKey) bool }); !ok || !pub.Equal(cert.PublicKey) {
		return "the certificate is for another key"
	}
	if now.After(cert.NotAfter) {
		return "the certificate has expired"
	}
	if r.RenewBefore > 0 && now.AddDate(0, 0, r.RenewBefore).After(cert.NotAfter) {
		return "the certificate expires soon"
	}
	if ca != nil && (cert.CheckSignatureFrom(ca) != nil || !bytes.Equal(cert.RawIssuer, ca.RawSubject)) {
		return "another CA signed the certificate"
	}
	if r.Authority {
		if !cert.IsCA {
			return "the certificate does not belong to a CA"
		}
		return "" // the name of an authority is not changed: all that it signed would be worthless
	}
	if cert.Subject.CommonName != r.CommonName {
		return "the common name of the certificate has changed"
	}
	dns, ips := split(r.Names)
	if !sameSet(dns, cert.DNSNames) || !sameSet(texts(ips), texts(cert.IPAddresses)) {
		return "the names of the certificate have changed"
	}
	if !sameSet(usages(r), cert.ExtKeyUsage) {
		return "the usage of the certificate has changed"
	}
	return ""
}

func texts(ips []net.IP) []string {
	var s []string
	for _, ip := range ips {
		s = append(s, ip.String())
	}
	return s
}

func sameSet[T comparable](a, b []T) bool {
	for _, x := range a {
		if !slices.Contains(b, x) {
			return false
		}
	}
	for _, x := range b {
		if !slices.Contains(a, x) {
			return false
		}
	}
	return true
}
