package modules

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// certificateOf is a CA of a subject, in PEM.
func certificateOf(t *testing.T, subject pkix.Name) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: subject, NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// The hashes are those that OpenSSL 3.5 prints (openssl x509 -noout -subject_hash).
func TestSubjectsHaveTheHashOfOpenSSL(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		subject pkix.Name
		hash    string
	}{
		{pkix.Name{CommonName: "pigsty-ca"}, "ec75c023"},
		{pkix.Name{CommonName: "  Two   Words ", Organization: []string{"Ünïcode GmbH"}, Country: []string{"DE"}}, "653da0be"},
		{pkix.Name{}, "eea339da"},
	} {
		text := certificateOf(t, c.subject)
		block, _ := pem.Decode([]byte(text))
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := subjectHash(cert.RawSubject); err != nil || got != c.hash {
			t.Errorf("%s: %s, %v; want %s", c.subject, got, err, c.hash)
		}
		if program, err := exec.LookPath("openssl"); err == nil {
			cmd := exec.Command(program, "x509", "-noout", "-subject_hash")
			cmd.Stdin = strings.NewReader(text)
			if out, err := cmd.Output(); err != nil || strings.TrimSpace(string(out)) != c.hash {
				t.Errorf("%s: openssl says %s, %v; want %s", c.subject, out, err, c.hash)
			}
		}
	}
}

func TestTheTrustStoreGetsOneMoreCertificate(t *testing.T) {
	text := certificateOf(t, pkix.Name{CommonName: "pigsty-ca"})
	for name, c := range map[string]struct {
		there   map[string]string // before, in the store; hooks/ is the folder of hooks
		program bool              // the rest is left to update-ca-certificates
		hash    string            // the name that the certificate gets
	}{
		"a new one":            {there: map[string]string{"ca-certificates.crt": "others"}, hash: "ec75c023.0"},
		"of a hash in use":     {there: map[string]string{"ca-certificates.crt": "others\n", "ec75c023.0": ""}, hash: "ec75c023.1"},
		"no bundle":            {program: true},
		"another of that name": {there: map[string]string{"ca-certificates.crt": "others\n", "ca.pem": ""}, program: true},
		"a hook":               {there: map[string]string{"ca-certificates.crt": "others\n", "hooks/jks": ""}, program: true},
	} {
		dir := t.TempDir()
		file := func(path string) string { return filepath.Join(dir, path) }
		for path, content := range map[string]string{"ca.crt": text, "bin/update-ca-certificates": "#!/bin/sh\ntouch " + file("called") + "\n"} {
			write(t, file(path), content)
		}
		for path, content := range c.there {
			write(t, file("certs/"+path), content)
		}
		t.Setenv("PATH", file("bin")+":"+os.Getenv("PATH"))
		args := value.DictOf("path", file("ca.crt"), "certificates", file("certs"), "hooks", file("certs/hooks"))
		run := func(m node.Machine) module.Result {
			return module.Run(t.Context(), m, map[string]module.Module{"trust_store": trustStore()}, module.Task{Module: "trust_store", Args: args})
		}
		planned := run(node.NewShadow(node.NewLive()))
		if _, err := os.Stat(file("called")); err == nil || len(planned.Changes) != 1 {
			t.Errorf("%s: a plan has %d changes, or runs something", name, len(planned.Changes))
		}
		r := run(node.NewLive())
		if r.Failed != "" || len(r.Changes) != 1 || r.Changes[0].String() != planned.Changes[0].String() {
			t.Fatalf("%s: %s %v; planned %v", name, r.Failed, r.Changes, planned.Changes)
		}
		if _, err := os.Stat(file("called")); (err == nil) != c.program {
			t.Errorf("%s: update-ca-certificates was called: %v", name, err == nil)
		}
		if c.program {
			continue
		}
		bundle, _ := os.ReadFile(file("certs/ca-certificates.crt"))
		if string(bundle) != "others\n"+text {
			t.Errorf("%s: bundle %q", name, bundle)
		}
		if found, err := os.ReadFile(file("certs/" + c.hash)); err != nil || string(found) != text {
			t.Errorf("%s: %s has %q, %v", name, c.hash, found, err)
		}
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o755); err != nil {
		t.Fatal(err)
	}
}
