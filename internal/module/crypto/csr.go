package crypto

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // that is what a key identifier is (RFC 5280, 4.2.1.2)
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// digests are the functions that a signature may use: others are broken.
var digests = []string{"sha256", "sha384", "sha512"}

// requestModule keeps a request for a certificate.
func requestModule() module.Module {
	args := fileArgs(backend(),
		module.Arg{Name: "privatekey_path", Type: module.Path}, module.Arg{Name: "privatekey_content"}, module.Arg{Name: "privatekey_passphrase"},
		module.Arg{Name: "digest", Default: "sha256", Choices: digests}, module.Arg{Name: "version", Type: module.Int, Only: int64(1)},
		module.Arg{Name: "return_content", Type: module.Bool},
	)
	return module.Module{
		Name: "openssl_csr",
		Spec: module.Spec{Args: append(append(args, subjectArgs()...), extensionArgs()...), Exclusive: [][]string{{"privatekey_path", "privatekey_content"}}},
		Run:  runRequest,
	}
}

// wantedRequest is the request that a task asks for.
type wantedRequest struct {
	subject    []field
	ordered    bool
	extensions []pkix.Extension
	key        crypto.Signer
}

func newWantedRequest(a module.Args) (wantedRequest, error) {
	var w wantedRequest
	var err error
	if w.subject, w.ordered, err = subjectOf(a); err != nil {
		return w, err
	}
	w.extensions, err = extensionsOf(a, w.subject)
	return w, err
}

func runRequest(_ context.Context, c *module.Call) (*value.Dict, error) {
	t, err := newTarget(c, c.Args.String("path"), 0o644, false)
	if err != nil {
		return nil, err
	}
	if c.Args.String("state") == "absent" {
		return t.remove()
	}
	w, err := newWantedRequest(c.Args)
	if err != nil {
		return nil, err
	}
	private, err := needed(c, "privatekey_content", "privatekey_path")
	if errors.Is(err, node.ErrUnknown) {
		return w.result(t, later("the request")), t.foresee()
	}
	if err != nil {
		return nil, err
	}
	key, err := parseKey(private, c.Args.String("privatekey_passphrase"))
	if err != nil {
		return nil, fmt.Errorf("cannot use the private key: %w", err)
	}
	w.key = key.Signer
	if c.Args.Bool("create_subject_key_identifier") {
		e, err := keyID(key.Public())
		if err != nil {
			return nil, err
		}
		w.extensions = append(w.extensions, e)
	}
	if t.unknown && !c.Args.Bool("force") {
		return w.result(t, later("the request")), t.settle()
	}
	if old, err := parseRequest(t.text); err == nil && !c.Args.Bool("force") && w.fits(old) {
		return w.result(t, string(t.text)), t.settle()
	}
	text, err := t.generate(func() ([]byte, error) { return w.create(c.Args.String("digest")) })
	if errors.Is(err, node.ErrUnknown) {
		return w.result(t, later("the request")), nil
	}
	return w.result(t, string(text)), err
}

// fits tells whether a request is the one that is asked for.
func (w wantedRequest) fits(r *x509.CertificateRequest) bool {
	return samePublic(w.key.Public(), r.PublicKey) && r.CheckSignature() == nil && sameSubject(w.subject, decodeSubject(r.RawSubject), w.ordered) && sameExtensions(w.extensions, r.Extensions)
}

func (w wantedRequest) create(digest string) ([]byte, error) {
	subject, err := encodeSubject(w.subject)
	if err != nil {
		return nil, err
	}
	template := &x509.CertificateRequest{RawSubject: subject, ExtraExtensions: w.extensions, SignatureAlgorithm: algorithm(w.key.Public(), digest)}
	der, err := x509.CreateCertificateRequest(rand.Reader, template, w.key)
	if err != nil {
		return nil, fmt.Errorf("cannot create the request: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}), nil
}

func (w wantedRequest) result(t *target, text value.Value) *value.Dict {
	e := describe(w.extensions)
	d := t.result("subject", subjectPairs(w.subject, short), "subjectAltName", e.At("subject_alt_name"), "keyUsage", t.Args.Get("key_usage"), "extendedKeyUsage", t.Args.Get("extended_key_usage"),
		"basicConstraints", t.Args.Get("basic_constraints"), "ocspMustStaple", t.Args.Bool("ocsp_must_staple"), "name_constraints_permitted", value.NewList(), "name_constraints_excluded", value.NewList(),
		"privatekey", t.Args.Get("privatekey_path"))
	if t.Args.Bool("return_content") {
		d.Set("csr", text)
	}
	return d
}

// parseRequest reads a request in PEM.
func parseRequest(text []byte) (*x509.CertificateRequest, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("not a certificate request in PEM")
	}
	return x509.ParseCertificateRequest(block.Bytes)
}

// algorithm is how a key signs with a digest. Ed25519 has its own.
func algorithm(pub crypto.PublicKey, digest string) x509.SignatureAlgorithm {
	switch pub.(type) {
	case *rsa.PublicKey:
		return map[string]x509.SignatureAlgorithm{"sha256": x509.SHA256WithRSA, "sha384": x509.SHA384WithRSA, "sha512": x509.SHA512WithRSA}[digest]
	case *ecdsa.PublicKey:
		return map[string]x509.SignatureAlgorithm{"sha256": x509.ECDSAWithSHA256, "sha384": x509.ECDSAWithSHA384, "sha512": x509.ECDSAWithSHA512}[digest]
	}
	return x509.PureEd25519
}

// rawID is the identifier of a public key.
func rawID(pub crypto.PublicKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return nil, err
	}
	var info struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
	if _, err := asn1.Unmarshal(der, &info); err != nil {
		return nil, err
	}
	sum := sha1.Sum(info.Key.Bytes) //nolint:gosec // as above
	return sum[:], nil
}

func keyID(pub crypto.PublicKey) (pkix.Extension, error) {
	id, err := rawID(pub)
	if err != nil {
		return pkix.Extension{}, err
	}
	der, err := asn1.Marshal(id)
	return pkix.Extension{Id: oidKeyID, Value: der}, err
}

// requestInfo tells what a request asks for.
func requestInfo() module.Module {
	return module.Module{
		Name: "openssl_csr_info",
		Spec: module.Spec{Args: []module.Arg{{Name: "path", Type: module.Path}, {Name: "content"}, {Name: "name_encoding", Only: "ignore"}, backend()},
			OneOf: [][]string{{"path", "content"}}, Exclusive: [][]string{{"path", "content"}}},
		Run: func(_ context.Context, c *module.Call) (*value.Dict, error) {
			text, err := needed(c, "content", "path")
			if err != nil {
				return nil, err
			}
			r, err := parseRequest(text)
			if err != nil {
				return nil, fmt.Errorf("cannot read the request: %w", err)
			}
			d := describe(r.Extensions)
			key, err := describeKey(r.PublicKey)
			if err != nil {
				return nil, err
			}
			d.Update(key)
			subject := decodeSubject(r.RawSubject)
			d.Update(value.DictOf("signature_valid", r.CheckSignature() == nil, "subject", subjectDict(subject), "subject_ordered", subjectPairs(subject, long),
				"name_constraints_permitted", nil, "name_constraints_excluded", nil, "name_constraints_critical", false))
			return d, nil
		},
	}
}
