package crypto

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"time"

	"pig/internal/format"
	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// remoteCertificate tells which certificate a server presents.
func remoteCertificate() module.Module {
	return module.Module{
		Name: "get_certificate",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "host", Required: true}, {Name: "port", Type: module.Int, Required: true}, {Name: "server_name"}, {Name: "timeout", Type: module.Int, Default: int64(10)},
			{Name: "ca_cert", Type: module.Path}, {Name: "asn1_base64", Type: module.Bool, Default: true}, {Name: "get_certificate_chain", Type: module.Bool}, backend(),
		}},
		Run: runRemoteCertificate,
	}
}

func runRemoteCertificate(ctx context.Context, c *module.Call) (*value.Dict, error) {
	host := c.Args.String("host")
	chain, err := presented(ctx, c, host)
	if err != nil {
		if errors.Is(err, node.ErrUnknown) {
			return nil, err
		}
		return nil, fmt.Errorf("Failed to get cert from %s, error: %w", format.HostPort(host, c.Args.Int("port")), err) //nolint:staticcheck // Ansible's words
	}
	leaf := chain[0]
	extensions := value.NewList()
	for _, e := range leaf.Extensions {
		content := value.Value(base64.StdEncoding.EncodeToString(e.Value))
		if !c.Args.Bool("asn1_base64") {
			content = value.Bytes(e.Value)
		}
		extensions.Append(value.DictOf("critical", e.Critical, "asn1_data", content, "name", e.Id.String()))
	}
	named := func(raw []byte) *value.Dict {
		d := value.NewDict()
		for _, f := range decodeSubject(raw) {
			d.Set(f.short, f.value)
		}
		return d
	}
	d := value.DictOf("cert", pemOf(leaf), "expired", leaf.NotAfter.Before(time.Now()), "extensions", extensions, "issuer", named(leaf.RawIssuer), "subject", named(leaf.RawSubject),
		"not_before", moment(leaf.NotBefore), "not_after", moment(leaf.NotAfter), "serial_number", value.Int(leaf.SerialNumber), "signature_algorithm", signatureName(leaf.SignatureAlgorithm),
		"version", int64(leaf.Version))
	if c.Args.Bool("get_certificate_chain") {
		all := value.NewList()
		for _, cert := range chain {
			all.Append(pemOf(cert))
		}
		d.Set("unverified_chain", all)
	}
	return d, nil
}

func pemOf(cert *x509.Certificate) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}))
}

// presented are the certificates that a server presents, its own first. With ca_cert an authority in that file has to have signed it.
func presented(ctx context.Context, c *module.Call, host string) (chain []*x509.Certificate, err error) {
	var trusted *x509.CertPool
	if c.Args.Has("ca_cert") {
		text, err := c.System.Files().Read(c.Args.String("ca_cert"))
		if err != nil {
			return nil, fmt.Errorf("ca_cert: %w", err)
		}
		trusted = x509.NewCertPool()
		if !trusted.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("ca_cert %s holds no certificate", c.Args.String("ca_cert"))
		}
	}
	name := c.Args.String("server_name")
	if name == "" {
		name = host
	}
	conf := &tls.Config{ServerName: name, MinVersion: tls.VersionTLS12, InsecureSkipVerify: true, VerifyPeerCertificate: func(raw [][]byte, _ [][]*x509.Certificate) error { //nolint:gosec // the certificate is what is asked for
		for _, der := range raw {
			cert, err := x509.ParseCertificate(der)
			if err != nil {
				return err
			}
			chain = append(chain, cert)
		}
		return trusts(trusted, chain)
	}}
	err = c.System.Net().Converse(ctx, node.Conversation{Host: host, Port: c.Args.Int("port"), Timeout: time.Duration(c.Args.Int("timeout")) * time.Second, ReadOnly: true, Speak: func(conn io.ReadWriter) error {
		return module.Handshake(ctx, conn, conf)
	}})
	switch {
	case len(chain) > 0 && trusts(trusted, chain) == nil: // a server that wants a certificate of ours has presented its own by then
		return chain, nil
	case err == nil && len(chain) == 0:
		return nil, errors.New("the server presented no certificate")
	}
	return nil, err
}

func trusts(roots *x509.CertPool, chain []*x509.Certificate) error {
	if roots == nil || len(chain) == 0 {
		return nil
	}
	between := x509.NewCertPool()
	for _, cert := range chain[1:] {
		between.AddCert(cert)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	return err
}
