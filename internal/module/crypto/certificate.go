package crypto

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// providers are who signs, and the arguments that each of them has for the same thing.
var providers = map[string]struct{ digest, begins, ends, identifier string }{
	"selfsigned": {"selfsigned_digest", "selfsigned_not_before", "selfsigned_not_after", "selfsigned_create_subject_key_identifier"},
	"ownca":      {"ownca_digest", "ownca_not_before", "ownca_not_after", "ownca_create_subject_key_identifier"},
}

// certificateModule keeps a certificate that signs itself, or one that a CA on the same node has signed.
func certificateModule() module.Module {
	args := fileArgs(backend(),
		module.Arg{Name: "provider", Choices: []string{"ownca", "selfsigned"}},
		module.Arg{Name: "csr_path", Type: module.Path}, module.Arg{Name: "csr_content"},
		module.Arg{Name: "privatekey_path", Type: module.Path}, module.Arg{Name: "privatekey_content"}, module.Arg{Name: "privatekey_passphrase"},
		module.Arg{Name: "ignore_timestamps", Type: module.Bool, Default: true}, module.Arg{Name: "return_content", Type: module.Bool},
		module.Arg{Name: "ownca_path", Type: module.Path}, module.Arg{Name: "ownca_content"},
		module.Arg{Name: "ownca_privatekey_path", Type: module.Path}, module.Arg{Name: "ownca_privatekey_content"}, module.Arg{Name: "ownca_privatekey_passphrase"},
		module.Arg{Name: "ownca_create_authority_key_identifier", Type: module.Bool, Default: true},
	)
	for name, p := range providers {
		args = append(args, module.Arg{Name: name + "_version", Type: module.Int, Only: int64(3)}, module.Arg{Name: p.digest, Default: "sha256", Choices: digests},
			module.Arg{Name: p.begins, Default: "+0s", Aliases: []string{name + "_notBefore"}}, module.Arg{Name: p.ends, Default: "+3650d", Aliases: []string{name + "_notAfter"}},
			module.Arg{Name: p.identifier, Default: "create_if_not_provided", Choices: []string{"create_if_not_provided", "always_create", "never_create"}})
	}
	slices.SortFunc(args, func(x, y module.Arg) int { return strings.Compare(x.Name, y.Name) })
	return module.Module{
		Name: "x509_certificate",
		Spec: module.Spec{Args: args, Exclusive: [][]string{{"csr_path", "csr_content"}, {"privatekey_path", "privatekey_content"}, {"ownca_path", "ownca_content"}, {"ownca_privatekey_path", "ownca_privatekey_content"}}},
		Run:  runCertificate,
	}
}

// wantedCertificate is the certificate that a task asks for.
type wantedCertificate struct {
	request       *x509.CertificateRequest
	subject       crypto.PublicKey
	issuer        *x509.Certificate // nil of one that signs itself
	signer        crypto.Signer
	digest        string
	begins, ends  time.Time
	extensions    []pkix.Extension
	fixedTimes    bool
	own           crypto.PublicKey // of the private key that was given, if any
	authorityFree bool             // it does not name its issuer's key
}

func runCertificate(_ context.Context, c *module.Call) (*value.Dict, error) {
	t, err := newTarget(c, c.Args.String("path"), 0o644, false)
	if err != nil {
		return nil, err
	}
	if c.Args.String("state") == "absent" {
		return t.remove()
	}
	w, err := newWantedCertificate(c, time.Now())
	if errors.Is(err, node.ErrUnknown) {
		return certificateResult(t, nil, ""), t.foresee()
	}
	if err != nil {
		return nil, err
	}
	if t.unknown && !c.Args.Bool("force") {
		return certificateResult(t, nil, ""), t.settle()
	}
	if old, err := parseCertificate(t.text); err == nil && !c.Args.Bool("force") && w.fits(old) {
		return certificateResult(t, old, string(t.text)), t.settle()
	}
	text, err := t.generate(w.create)
	if errors.Is(err, node.ErrUnknown) {
		return certificateResult(t, nil, ""), nil
	}
	if err != nil {
		return nil, err
	}
	cert, err := parseCertificate(text)
	if err != nil {
		return nil, err
	}
	return certificateResult(t, cert, string(text)), nil
}

func newWantedCertificate(c *module.Call, now time.Time) (*wantedCertificate, error) {
	provider, ok := providers[c.Args.String("provider")]
	if !ok {
		return nil, errors.New("state is present but all of the following are missing: provider")
	}
	w := &wantedCertificate{digest: c.Args.String(provider.digest), fixedTimes: !c.Args.Bool("ignore_timestamps")}
	var err error
	if w.begins, err = certTime(provider.begins, c.Args.String(provider.begins), now); err != nil {
		return nil, err
	}
	if w.ends, err = certTime(provider.ends, c.Args.String(provider.ends), now); err != nil {
		return nil, err
	}
	var own crypto.Signer
	private, err := input(c, "privatekey_content", "privatekey_path")
	if err != nil {
		return nil, err
	}
	if private != nil {
		key, err := parseKey(private, c.Args.String("privatekey_passphrase"))
		if err != nil {
			return nil, fmt.Errorf("cannot use the private key: %w", err)
		}
		own, w.own = key.Signer, key.Public()
	}
	if err := w.readRequest(c); err != nil {
		return nil, err
	}
	if c.Args.String("provider") == "selfsigned" {
		err = w.signItself(own)
	} else {
		err = w.signByAuthority(c)
	}
	if err != nil {
		return nil, err
	}
	return w, w.identify(c.Args.String(provider.identifier))
}

// readRequest takes subject and extensions over from the request. One that signs itself needs none.
func (w *wantedCertificate) readRequest(c *module.Call) error {
	text, err := input(c, "csr_content", "csr_path")
	switch {
	case err != nil:
		return err
	case text != nil:
		if w.request, err = parseRequest(text); err == nil {
			err = w.request.CheckSignature()
		}
		if err != nil {
			return fmt.Errorf("cannot use the request: %w", err)
		}
	case c.Args.String("provider") != "selfsigned":
		return errors.New("csr_path or csr_content is required for provider ownca")
	case w.own == nil:
		return errors.New("one of the following is required: privatekey_path, privatekey_content")
	default:
		empty, err := encodeSubject(nil)
		if err != nil {
			return err
		}
		w.request = &x509.CertificateRequest{RawSubject: empty, PublicKey: w.own}
	}
	w.subject, w.extensions = w.request.PublicKey, w.request.Extensions
	return nil
}

func (w *wantedCertificate) signItself(own crypto.Signer) error {
	switch {
	case own == nil:
		return errors.New("one of the following is required: privatekey_path, privatekey_content")
	case !samePublic(own.Public(), w.subject):
		return errors.New("the private key is not that of the request")
	}
	w.signer, w.authorityFree = own, true
	return nil
}

func (w *wantedCertificate) signByAuthority(c *module.Call) error {
	text, err := needed(c, "ownca_content", "ownca_path")
	if err != nil {
		return err
	}
	private, err := needed(c, "ownca_privatekey_content", "ownca_privatekey_path")
	if err != nil {
		return err
	}
	if w.issuer, err = parseCertificate(text); err != nil {
		return fmt.Errorf("cannot use the CA's certificate: %w", err)
	}
	key, err := parseKey(private, c.Args.String("ownca_privatekey_passphrase"))
	if err != nil {
		return fmt.Errorf("cannot use the CA's private key: %w", err)
	}
	if !samePublic(key.Public(), w.issuer.PublicKey) {
		return errors.New("the CA's private key does not belong to the CA's certificate")
	}
	w.signer, w.authorityFree = key.Signer, !c.Args.Bool("ownca_create_authority_key_identifier")
	return nil
}

// identify adds the identifiers of both keys.
func (w *wantedCertificate) identify(how string) error {
	_, provided := extension(w.extensions, oidKeyID)
	if how == "always_create" || how == "create_if_not_provided" && !provided {
		id, err := keyID(w.subject)
		if err != nil {
			return err
		}
		w.extensions = append(without(w.extensions, oidKeyID), id)
	}
	if w.authorityFree || w.issuer == nil {
		return nil
	}
	id := w.issuer.SubjectKeyId
	if len(id) == 0 {
		var err error
		if id, err = rawID(w.issuer.PublicKey); err != nil {
			return err
		}
	}
	der, err := asn1.Marshal(authorityID{ID: id})
	w.extensions = append(without(w.extensions, oidAuthority), pkix.Extension{Id: oidAuthority, Value: der})
	return err
}

// fits tells whether a certificate is the one that is asked for.
func (w *wantedCertificate) fits(cert *x509.Certificate) bool {
	issuer := cert
	if w.issuer != nil {
		issuer = w.issuer
	}
	signed := issuer.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature) == nil
	switch {
	case !signed || !bytes.Equal(cert.RawIssuer, issuer.RawSubject), w.own != nil && !samePublic(w.own, cert.PublicKey), !samePublic(w.subject, cert.PublicKey):
		return false
	case !sameSubject(decodeSubject(w.request.RawSubject), decodeSubject(cert.RawSubject), true), !sameExtensions(w.extensions, cert.Extensions):
		return false
	}
	return !w.fixedTimes || cert.NotBefore.Equal(w.begins) && cert.NotAfter.Equal(w.ends)
}

func (w *wantedCertificate) create() ([]byte, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 159))
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{SerialNumber: serial, RawSubject: w.request.RawSubject, NotBefore: w.begins, NotAfter: w.ends, ExtraExtensions: w.extensions, SignatureAlgorithm: algorithm(w.signer.Public(), w.digest)}
	parent := template
	if w.issuer != nil {
		own := *w.issuer
		own.SubjectKeyId = nil // the identifier of the issuer's key is among the extensions, if it is wanted
		parent = &own
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, w.subject, w.signer)
	if err != nil {
		return nil, fmt.Errorf("cannot create the certificate: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), nil
}

// parseCertificate reads the first certificate in PEM.
func parseCertificate(text []byte) (*x509.Certificate, error) {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE" || block.Type == "X509 CERTIFICATE" {
			return x509.ParseCertificate(block.Bytes)
		}
	}
	return nil, errors.New("not a certificate in PEM")
}

// certificateResult describes a certificate; without one only a run can tell it.
func certificateResult(t *target, cert *x509.Certificate, text string) *value.Dict {
	what := later("the certificate")
	d := t.result("privatekey", t.Args.Get("privatekey_path"), "csr", t.Args.Get("csr_path"), "notBefore", what, "notAfter", what, "serial_number", what)
	if t.Args.String("provider") == "ownca" {
		d.Set("ca_cert", t.Args.Get("ownca_path"))
		d.Set("ca_privatekey", t.Args.Get("ownca_privatekey_path"))
	}
	content := t.Args.Bool("return_content")
	if content {
		d.Set("certificate", what)
	}
	if cert == nil {
		return d
	}
	d.Update(value.DictOf("notBefore", moment(cert.NotBefore), "notAfter", moment(cert.NotAfter), "serial_number", value.Int(cert.SerialNumber)))
	if content {
		d.Set("certificate", text)
	}
	return d
}
