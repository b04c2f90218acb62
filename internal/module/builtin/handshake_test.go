package builtin

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"pig/internal/module"
	"pig/internal/module/fake"
	"pig/internal/node"
	"pig/internal/value"
)

// certificateOf makes a certificate of a name.
func certificateOf(t *testing.T, name string, until time.Time) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(until.UnixNano()), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name, "localhost"}, NotBefore: time.Unix(0, 0), NotAfter: until}
	raw, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}
}

func TestHandshakes(t *testing.T) {
	t.Parallel()
	good, old := certificateOf(t, "pg-test-1", time.Now().Add(time.Hour)), certificateOf(t, "pg-test-1", time.Now().Add(-time.Hour))
	secure := func(c tls.Certificate) func(net.Conn) {
		return func(conn net.Conn) {
			_ = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{c}, ClientAuth: tls.RequireAnyClientCert, MinVersion: tls.VersionTLS12}).Handshake() //nolint:errcheck // the client shows none
		}
	}
	postgres := func(answer string, then func(net.Conn)) func(net.Conn) {
		return func(conn net.Conn) {
			var hello [8]byte
			if _, err := io.ReadFull(conn, hello[:]); err != nil || string(hello[:]) != "\x00\x00\x00\x08\x04\xd2\x16\x2f" {
				t.Errorf("asked %q, %v", hello, err)
			}
			_, _ = io.WriteString(conn, answer) //nolint:errcheck // the test tells by what comes back
			then(conn)
		}
	}
	file := filepath.Join(t.TempDir(), "server.crt")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: good.Certificate[0]}), 0o600); err != nil {
		t.Fatal(err)
	}
	nobody := fake.ServeEach(t, func(net.Conn) {})
	closed := unheard(t)
	for name, c := range map[string]struct {
		port  int64
		speak string
		more  *value.Dict
		want  string
	}{
		"etcd that wants a certificate": {fake.ServeEach(t, secure(good)), "tls", value.DictOf("cert", file), ""},
		"PostgreSQL with TLS":           {fake.ServeEach(t, postgres("S", secure(good))), "postgres", value.DictOf("cert", file, "names", value.NewList("pg-test-1")), ""},
		"PostgreSQL without":            {fake.ServeEach(t, postgres("N", func(net.Conn) {})), "postgres", value.DictOf("cert", file), ""},
		"a daemon that has not read it": {fake.ServeEach(t, secure(certificateOf(t, "pg-test-1", time.Now().Add(2*time.Hour)))), "tls", value.DictOf("cert", file), "presents another certificate than " + file},
		"an expired certificate":        {fake.ServeEach(t, secure(old)), "tls", value.NewDict(), "presents a certificate that has expired on"},
		"a service of another member":   {fake.ServeEach(t, postgres("S", secure(good))), "postgres", value.DictOf("names", value.NewList("pg-test-2", "pg-test-3")), "connects to pg-test-1, not to pg-test-2 or pg-test-3"},
		"a service without a server":    {nobody, "postgres", value.NewDict(), "has no server behind it"},
		"nobody listens":                {closed, "tls", value.NewDict(), "does not answer: "},
	} {
		target := value.DictOf("name", "door", "host", "127.0.0.1", "port", c.port, "speak", c.speak)
		target.Update(c.more)
		r := module.Run(t.Context(), node.NewLive(), Table(), module.Task{Module: "handshake", Args: value.DictOf("targets", value.NewList(target))})
		got := value.Display(r.Values.At("problems"))
		if r.Failed != "" || !strings.Contains(got, c.want) || (c.want == "") != (got == "[]") {
			t.Errorf("%s: %s %s", name, got, r.Failed)
		}
	}
}

// unheard is a port that is taken, so that no other test gets it, and that nobody listens at.
func unheard(t *testing.T) int64 {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	unix.CloseOnExec(fd)
	t.Cleanup(func() { _ = unix.Close(fd) })
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	at, err := unix.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	return int64(at.(*unix.SockaddrInet4).Port) //nolint:forcetypeassert // as it was bound
}
