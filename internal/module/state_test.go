package module

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

	"pig/internal/node"
	"pig/internal/value"
)

func TestWhatPostgresIsAndWasDeclared(t *testing.T) {
	t.Parallel()
	s := pgState{Version: 170002, HBAFile: "/pg/data/pg_hba.conf", Settings: map[string]pgSetting{
		"work_mem":                   {Value: "4MB", Source: "configuration file", File: "/pg/data/postgresql.auto.conf", Line: 3},
		"maintenance_work_mem":       {Value: "1GB", Source: "configuration file"},
		"shared_buffers":             {Value: "128MB", Source: "configuration file", Pending: true},
		"statement_timeout":          {Value: "0", Source: "client"},
		"log_min_duration_statement": {Value: "1s", Source: "command line"},
		"random_page_cost":           {Value: "4", Source: "default"},
	}, Files: []pgFileError{{"/pg/data/postgresql.conf", 9, "shared_buffers", "setting could not be applied"}, {"/pg/data/postgresql.conf", 12, "work_mme", "unrecognized configuration parameter"}},
		HBA: []pgFileError{{Line: 7, Error: `invalid CIDR mask in address "10.0.0.0/99"`}}, Unread: true}
	got := s.problems(map[string]string{"work_mem": "16MB", "maintenance_work_mem": "1024MB", "shared_buffers": "256MB", "statement_timeout": "10s",
		"log_min_duration_statement": "500ms", "random_page_cost": "DEFAULT", "pg_trgm.threshold": "0.3"})
	want := []string{
		`/pg/data/pg_hba.conf line 7: invalid CIDR mask in address "10.0.0.0/99", so PostgreSQL keeps to the rules of before`,
		"/pg/data/postgresql.conf line 12: work_mme unrecognized configuration parameter",
		"setting log_min_duration_statement is 1s (command line), declared as 500ms",
		"setting pg_trgm.threshold is unknown to PostgreSQL, declared as 0.3",
		"setting work_mem is 4MB from /pg/data/postgresql.auto.conf line 3, declared as 16MB",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if w := s.waits(); len(w) != 1 || w[0] != "setting shared_buffers waits for a restart of PostgreSQL, and is 128MB until then" {
		t.Errorf("waits: %q", w)
	}
	if got := (pgState{HBAFile: "/pg/data/pg_hba.conf", Unread: true}).problems(nil); len(got) != 1 || !strings.Contains(got[0], "has changed since") {
		t.Errorf("unread: %q", got)
	}
}

func TestWhatBackupsAre(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`[]`: "no place in the backup repository",
		`[{"name": "pg-test", "status": {"code": 2, "message": "no valid backups"}}]`:                               "no backup",
		`[{"name": "pg-test", "status": {"code": 99, "message": "other"}, "backup": [{"label": "a"}]}]`:             "the backup repository: other",
		`[{"name": "pg-test", "status": {"code": 0}, "backup": [{"label": "a", "error": true}, {"label": "b"}]}]`:   "",
		`[{"name": "pg-test", "status": {"code": 0}, "backup": [{"label": "a"}, {"label": "20F", "error": true}]}]`: "the last backup, 20F, has errors",
	} {
		s, found, err := readStanza(node.Output{Stdout: []byte(text)}, "pg-test")
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(backupProblems(s, found, true), "; "); !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("%s: %q", text, got)
		}
	}
}

func TestEtcdTellsMembersAndAlarms(t *testing.T) {
	t.Parallel()
	answers := map[string]string{
		"v3/auth/user/list":      "{}",
		"v3/cluster/member/list": `{"members": [{"ID": "1", "name": "etcd-1"}, {"ID": "2", "name": "etcd-9", "isLearner": true}, {"ID": "3", "peerURLs": ["https://c:2380"]}]}`,
		"v3/maintenance/alarm":   `{"alarms": [{"memberID": "1", "alarm": "NOSPACE"}]}`,
	}
	var calls []string
	f := &fakeNode{http: fakeEtcd(answers, &calls), exec: func(node.Cmd) (node.Output, error) { return node.Output{RC: 1}, nil }}
	r := runFake(t, f, "etcd_state", value.DictOf("endpoints", value.NewList("a:2379")))
	if r.Failed != "" || len(calls) > 0 {
		t.Fatal(r.Failed, calls)
	}
	if got := value.Display(r.Values.At("members")); got != "['etcd-1', 'etcd-9', 'https://c:2380']" {
		t.Error(got)
	}
	if got := value.Display(r.Values.At("problems")); !strings.Contains(got, "etcd-9 is a learner") || !strings.Contains(got, "alarm NOSPACE of etcd-1: the database has reached its quota") {
		t.Error(got)
	}
}

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

// serve takes connections at a port of its own: serve is what it does with each.
func serveEach(t *testing.T, serve func(net.Conn)) int64 {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			serve(conn)
			_ = conn.Close()
		}
	}()
	return int64(l.Addr().(*net.TCPAddr).Port)
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
	nobody := serveEach(t, func(net.Conn) {})
	closed := func() int64 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		return int64(l.Addr().(*net.TCPAddr).Port)
	}()
	for name, c := range map[string]struct {
		port  int64
		speak string
		more  *value.Dict
		want  string
	}{
		"etcd that wants a certificate": {serveEach(t, secure(good)), "tls", value.DictOf("cert", file), ""},
		"PostgreSQL with TLS":           {serveEach(t, postgres("S", secure(good))), "postgres", value.DictOf("cert", file, "names", value.NewList("pg-test-1")), ""},
		"PostgreSQL without":            {serveEach(t, postgres("N", func(net.Conn) {})), "postgres", value.DictOf("cert", file), ""},
		"a daemon that has not read it": {serveEach(t, secure(certificateOf(t, "pg-test-1", time.Now().Add(2*time.Hour)))), "tls", value.DictOf("cert", file), "presents another certificate than " + file},
		"an expired certificate":        {serveEach(t, secure(old)), "tls", value.NewDict(), "presents a certificate that has expired on"},
		"a service of another member":   {serveEach(t, postgres("S", secure(good))), "postgres", value.DictOf("names", value.NewList("pg-test-2", "pg-test-3")), "leads to pg-test-1, and not to pg-test-2 or pg-test-3"},
		"a service without a server":    {nobody, "postgres", value.NewDict(), "leads to no server"},
		"nobody listens":                {closed, "tls", value.NewDict(), "does not answer: "},
	} {
		target := value.DictOf("name", "door", "host", "127.0.0.1", "port", c.port, "speak", c.speak)
		target.Update(c.more)
		r := Run(t.Context(), node.NewLive(), Table(), Task{Module: "handshake", Args: value.DictOf("targets", value.NewList(target))})
		got := value.Display(r.Values.At("problems"))
		if r.Failed != "" || !strings.Contains(got, c.want) || (c.want == "") != (got == "[]") {
			t.Errorf("%s: %s %s", name, got, r.Failed)
		}
	}
}
