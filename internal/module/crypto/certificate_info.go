package crypto

import (
	"context"
	"crypto/x509"
	"fmt"
	"strings"
	"time"

	"pig/internal/module"
	"pig/internal/value"
)

// certificateInfo tells what a certificate is.
func certificateInfo() module.Module {
	return module.Module{
		Name: "x509_certificate_info",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "path", Type: module.Path}, {Name: "content"}, {Name: "valid_at", Type: module.Dict}, {Name: "name_encoding", Only: "ignore"}, backend(),
		}, OneOf: [][]string{{"path", "content"}}, Exclusive: [][]string{{"path", "content"}}},
		Run: runCertificateInfo,
	}
}

func runCertificateInfo(_ context.Context, c *module.Call) (*value.Dict, error) {
	text, err := needed(c, "content", "path")
	if err != nil {
		return nil, err
	}
	cert, err := parseCertificate(text)
	if err != nil {
		return nil, fmt.Errorf("cannot read the certificate: %w", err)
	}
	now := time.Now()
	d := describe(cert.Extensions)
	key, err := describeKey(cert.PublicKey)
	if err != nil {
		return nil, err
	}
	d.Update(key)
	subject, issuer := decodeSubject(cert.RawSubject), decodeSubject(cert.RawIssuer)
	d.Update(value.DictOf("expired", cert.NotAfter.Before(now), "not_before", moment(cert.NotBefore), "not_after", moment(cert.NotAfter), "serial_number", value.Int(cert.SerialNumber),
		"version", int64(cert.Version), "signature_algorithm", signatureName(cert.SignatureAlgorithm), "fingerprints", fingerprints(cert.Raw),
		"subject", subjectDict(subject), "subject_ordered", subjectPairs(subject, long), "issuer", subjectDict(issuer), "issuer_ordered", subjectPairs(issuer, long),
		"ocsp_uri", first(cert.OCSPServer), "issuer_uri", first(cert.IssuingCertificateURL)))
	at := value.NewDict()
	if given := c.Args.Dict("valid_at"); given != nil {
		for name, v := range given.All() {
			when, err := certTime("valid_at."+value.KeyText(name), value.Str(v), now)
			if err != nil {
				return nil, err
			}
			at.Set(value.KeyText(name), !when.Before(cert.NotBefore) && !when.After(cert.NotAfter))
		}
	}
	d.Set("valid_at", at)
	return d, nil
}

func first(texts []string) value.Value {
	if len(texts) == 0 {
		return nil
	}
	return texts[0]
}

// signatureName is an algorithm's name as OpenSSL has it.
func signatureName(a x509.SignatureAlgorithm) string {
	switch a {
	case x509.SHA1WithRSA:
		return "sha1WithRSAEncryption"
	case x509.SHA256WithRSA:
		return "sha256WithRSAEncryption"
	case x509.SHA384WithRSA:
		return "sha384WithRSAEncryption"
	case x509.SHA512WithRSA:
		return "sha512WithRSAEncryption"
	case x509.ECDSAWithSHA256:
		return "ecdsa-with-SHA256"
	case x509.ECDSAWithSHA384:
		return "ecdsa-with-SHA384"
	case x509.ECDSAWithSHA512:
		return "ecdsa-with-SHA512"
	case x509.PureEd25519:
		return "ED25519"
	}
	return strings.ToLower(a.String())
}
