package builtin

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"slices"
	"syscall"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// handshake opens connections as a client would, and looks at the certificates that are presented. It changes nothing, and returns
// problems, a text each. A target that speaks no TLS has answered all the same.
func handshake() module.Module {
	return module.Module{
		Name: "handshake",
		Spec: module.Spec{Args: []module.Arg{
			// Each target has name, host, port and speak: tls, or postgres, which begins in the clear. cert is the file on this node whose
			// certificate has to be presented; names, of which the certificate has to have one.
			{Name: "targets", Type: module.List, Elements: module.Dict, Required: true},
			{Name: "timeout", Type: module.Int, Default: int64(5)},
		}},
		Run: func(ctx context.Context, c *module.Call) (*value.Dict, error) {
			var problems []string
			for _, t := range c.Args.Get("targets").(*value.List).Items {
				if why := shake(ctx, c, newTarget(t.(*value.Dict))); why != "" {
					problems = append(problems, why)
				}
			}
			return value.DictOf("problems", value.Strings(problems), "changed", false), nil
		},
	}
}

type target struct {
	name, host, speak, cert string
	port                    int
	names                   []string
}

func newTarget(d *value.Dict) target {
	t := target{name: value.Str(d.At("name")), host: value.Str(d.At("host")), speak: value.Str(d.At("speak")), port: module.Number(value.Str(d.At("port")))}
	if v := d.At("cert"); v != nil {
		t.cert = value.Str(v)
	}
	if l, ok := d.At("names").(*value.List); ok {
		for _, n := range l.Items {
			t.names = append(t.names, value.Str(n))
		}
	}
	return t
}

// shake tells what is wrong with a target, "" if nothing is.
func shake(ctx context.Context, c *module.Call, t target) string {
	leaf, err := presented(ctx, c, t)
	place := fmt.Sprintf("%s at port %d", t.name, t.port)
	switch {
	case errors.Is(err, node.ErrUnknown):
		return ""
	case errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET):
		return place + " has no server behind it: the connection is closed immediately"
	case err != nil:
		return fmt.Sprintf("%s does not answer: %v", place, err)
	case leaf == nil:
		return ""
	case time.Now().After(leaf.NotAfter):
		return fmt.Sprintf("%s presents a certificate that has expired on %s", place, leaf.NotAfter.Format(time.DateOnly))
	case len(t.names) > 0 && !slices.ContainsFunc(t.names, func(n string) bool { return leaf.Subject.CommonName == n || slices.Contains(leaf.DNSNames, n) }):
		return fmt.Sprintf("%s connects to %s, not to %s", place, leaf.Subject.CommonName, orList(t.names))
	}
	if t.cert == "" {
		return ""
	}
	return otherThan(c, t, leaf, place)
}

// otherThan tells that a certificate is not the one of a file: a daemon has not read it.
func otherThan(c *module.Call, t target, leaf *x509.Certificate, place string) string {
	text, err := c.System.Files().Read(t.cert)
	if err != nil {
		return fmt.Sprintf("%s: reading the certificate: %v", place, err)
	}
	block, _ := pem.Decode(text)
	if block == nil || slices.Equal(block.Bytes, leaf.Raw) {
		return ""
	}
	return fmt.Sprintf("%s presents another certificate than %s, which has not been read", place, t.cert)
}

func orList(names []string) string {
	text := names[0]
	for i, n := range names[1:] {
		if i == len(names)-2 {
			text += " or " + n
		} else {
			text += ", " + n
		}
	}
	return text
}

// presented is the certificate that a peer presents, nil if it speaks no TLS. A peer that wants a certificate of ours has presented its own
// by then.
func presented(ctx context.Context, c *module.Call, t target) (leaf *x509.Certificate, err error) {
	conf := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: true, VerifyPeerCertificate: func(raw [][]byte, _ [][]*x509.Certificate) error { //nolint:gosec // nothing is said on this connection, and the certificate is compared
		cert, err := x509.ParseCertificate(raw[0])
		leaf = cert
		return err
	}}
	err = c.System.Net().Converse(ctx, node.Conversation{Host: t.host, Port: t.port, Timeout: time.Duration(c.Args.Int("timeout")) * time.Second, ReadOnly: true, Speak: func(conn io.ReadWriter) error {
		if t.speak == "postgres" {
			if secure, err := asksForTLS(conn); err != nil || !secure {
				return err
			}
		}
		return module.Handshake(ctx, conn, conf)
	}})
	if leaf != nil {
		return leaf, nil
	}
	return nil, err
}

// sslRequest is the code that asks a PostgreSQL server for TLS (section "Message Formats" of its manual, SSLRequest).
const sslRequest = 80877103

func asksForTLS(conn io.ReadWriter) (bool, error) {
	if err := binary.Write(conn, binary.BigEndian, [2]uint32{8, sslRequest}); err != nil {
		return false, err
	}
	var answer [1]byte
	if _, err := io.ReadFull(conn, answer[:]); err != nil {
		return false, err
	}
	return answer[0] == 'S', nil
}
