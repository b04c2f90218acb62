package crypto_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"pig/internal/module"
	"pig/internal/module/crypto"
	"pig/internal/module/fake"
	"pig/internal/node"
	"pig/internal/value"
)

func table() map[string]module.Module {
	all := map[string]module.Module{}
	for _, m := range crypto.Table() {
		all[m.Name] = m
	}
	return all
}

// deed is what a module is asked in a directory, and what has to come of it. An argument that begins with ./ is a path there.
type deed struct {
	module string
	args   []value.Value
	makes  string
	failed string
	says   string
}

func (d deed) task(dir string) module.Task {
	var in func(v value.Value) value.Value
	in = func(v value.Value) value.Value {
		switch v := v.(type) {
		case string:
			if rest, ok := strings.CutPrefix(v, "./"); ok {
				return filepath.Join(dir, rest)
			}
		case *value.List:
			l := value.NewList()
			for _, item := range v.Items {
				l.Append(in(item))
			}
			return l
		}
		return v
	}
	args := make([]value.Value, len(d.args))
	for i, v := range d.args {
		args[i] = in(v)
	}
	return module.Task{Module: d.module, Args: value.DictOf(args...)}
}

func deeds() []deed {
	list := value.NewList
	return []deed{
		{"openssl_privatekey", []value.Value{"path", "./rsa.key", "size", int64(2048)}, "file ./rsa.key create", "", "'type': 'RSA'"},
		{"openssl_privatekey", []value.Value{"path", "./rsa.key", "size", int64(1024), "regenerate", "fail"}, "", "the size is 2048 bits, not 1024", ""},
		{"openssl_privatekey", []value.Value{"path", "./rsa.key", "size", int64(1024), "regenerate", "never"}, "", "", "'size': 2048"},
		{"openssl_privatekey", []value.Value{"path", "./rsa.key", "size", int64(2048), "format", "pkcs8", "format_mismatch", "convert"}, "file ./rsa.key update", "", ""},
		{"openssl_privatekey", []value.Value{"path", "./rsa.key", "size", int64(2048), "mode", "0640"}, "file ./rsa.key update", "", "'mode': '0640'"},
		{"openssl_privatekey", []value.Value{"path", "./ecc.key", "type", "ECC"}, "", "missing: curve", ""},
		{"openssl_privatekey", []value.Value{"path", "./ecc.key", "type", "ECC", "curve", "secp384r1", "passphrase", "open sesame"}, "file ./ecc.key create", "", "'curve': 'secp384r1'"},
		{"openssl_privatekey", []value.Value{"path", "./ecc.key", "type", "ECC", "curve", "secp384r1", "regenerate", "partial_idempotence"}, "", "the passphrase does not fit", ""},
		{"openssl_privatekey", []value.Value{"path", "./x.key", "type", "ECC", "curve", "secp256k1"}, "", "must be one of secp224r1", ""},
		{"openssl_privatekey", []value.Value{"path", "./ed.key", "type", "Ed25519", "return_content", true}, "file ./ed.key create", "", "'privatekey': ••••••"},
		{"openssl_privatekey", []value.Value{"path", "./ed.key", "type", "ECC", "curve", "secp256r1", "backup", true, "regenerate", "full_idempotence"}, "file ./ed.key.*~ create; file ./ed.key update", "", "'backup_file': "},
		{"openssl_privatekey_info", []value.Value{"path", "./ecc.key", "passphrase", "open sesame", "check_consistency", true}, "", "", "'key_is_consistent': True"},
		{"openssl_privatekey_info", []value.Value{"path", "./ecc.key"}, "", "none is given", ""},
		{"openssl_publickey", []value.Value{"path", "./rsa.pub", "privatekey_path", "./rsa.key"}, "file ./rsa.pub create", "", "'format': 'PEM'"},
		{"openssl_publickey", []value.Value{"path", "./rsa.pub", "privatekey_path", "./rsa.key", "format", "OpenSSH", "return_content", true}, "file ./rsa.pub update", "", "'publickey': 'ssh-rsa AAAA"},
		{"openssl_csr", []value.Value{"path", "./a.csr", "privatekey_path", "./rsa.key", "C", "DE", "organization_name", "Ärzte", "common_name", "www.example.com", "subject", value.DictOf("2.5.4.11", "ops"),
			"key_usage", list("digitalSignature", "Key Encipherment"), "key_usage_critical", true, "extended_key_usage", list("serverAuth", "clientAuth")}, "file ./a.csr create", "", "'subjectAltName': ['DNS:www.example.com']"},
		{"openssl_csr", []value.Value{"path", "./a.csr", "privatekey_path", "./rsa.key", "common_name", "www.example.com", "subject_alt_name", list("IP:192.0.2.1", "DNS:www.example.com", "email:a@example.com", "URI:https://x/y", "RID:1.2.3")}, "file ./a.csr update", "", "'IP:192.0.2.1'"},
		{"openssl_csr", []value.Value{"path", "./b.csr", "privatekey_path", "./rsa.key", "subject_alt_name", list("www.example.com")}, "", "want one of DNS:, IP:", ""},
		{"openssl_csr", []value.Value{"path", "./b.csr", "privatekey_path", "./rsa.key", "key_usage", list("flying")}, "", "unknown key usage \"flying\"", ""},
		{"openssl_csr", []value.Value{"path", "./b.csr", "privatekey_path", "./nosuch.key"}, "", "not found on this node", ""},
		{"openssl_csr_info", []value.Value{"path", "./a.csr"}, "", "", "'signature_valid': True"},
		{"openssl_csr", []value.Value{"path", "./ca.csr", "privatekey_path", "./ecc.key", "privatekey_passphrase", "open sesame", "subject_ordered", list(value.DictOf("O", "Example"), value.DictOf("CN", "CA")), "use_common_name_for_san", false,
			"basic_constraints", list("CA:TRUE", "pathlen:0"), "basic_constraints_critical", true, "key_usage", list("keyCertSign", "cRLSign"), "create_subject_key_identifier", true}, "file ./ca.csr create", "", ""},
		{"x509_certificate", []value.Value{"path", "./ca.crt", "provider", "selfsigned", "csr_path", "./ca.csr", "privatekey_path", "./ecc.key", "privatekey_passphrase", "open sesame", "selfsigned_not_after", "+520w", "selfsigned_digest", "sha384"}, "file ./ca.crt create", "", "'notAfter': '20"},
		{"x509_certificate", []value.Value{"path", "./a.crt", "provider", "ownca", "csr_path", "./a.csr", "ownca_path", "./ca.crt", "ownca_privatekey_path", "./ecc.key", "ownca_privatekey_passphrase", "open sesame"}, "file ./a.crt create", "", "'ca_cert': "},
		{"x509_certificate", []value.Value{"path", "./a.crt", "provider", "ownca", "csr_path", "./a.csr", "ownca_path", "./ca.crt", "ownca_privatekey_path", "./ecc.key", "ownca_privatekey_passphrase", "open sesame",
			"ignore_timestamps", false, "ownca_not_before", "20260101000000Z", "ownca_not_after", "20460101000000Z", "mode", "0600"}, "file ./a.crt update", "", "'notBefore': '20260101000000Z', 'notAfter': '20460101000000Z'"},
		{"x509_certificate", []value.Value{"path", "./b.crt", "provider", "ownca", "csr_path", "./a.csr", "ownca_path", "./ca.crt", "ownca_privatekey_path", "./rsa.key"}, "", "does not belong to the CA's certificate", ""},
		{"x509_certificate", []value.Value{"path", "./b.crt", "provider", "acme"}, "", "must be one of ownca, selfsigned", ""},
		{"x509_certificate", []value.Value{"path", "./b.crt", "provider", "selfsigned", "privatekey_path", "./rsa.key", "selfsigned_not_after", "soon"}, "", "The time spec \"soon\"", ""},
		{"x509_certificate", []value.Value{"path", "./b.crt", "provider", "selfsigned", "privatekey_path", "./rsa.key"}, "file ./b.crt create", "", ""},
		{"x509_certificate_info", []value.Value{"path", "./a.crt", "valid_at", value.DictOf("week", "+1w", "century", "+5000w")}, "", "", "'valid_at': {'week': True, 'century': False}"},
		{"x509_certificate_info", []value.Value{"path", "./ca.crt"}, "", "", "'basic_constraints': ['CA:TRUE', 'pathlen:0'], 'basic_constraints_critical': True"},
		{"openssl_pkcs12", []value.Value{"path", "./a.p12", "friendly_name", "näme", "passphrase", "pw", "privatekey_path", "./rsa.key", "certificate_path", "./a.crt", "other_certificates", list("./ca.crt")}, "file ./a.p12 create", "", ""},
		{"openssl_pkcs12", []value.Value{"path", "./b.p12", "privatekey_path", "./ed.key", "certificate_path", "./a.crt"}, "", "does not belong to the certificate", ""},
		{"openssl_pkcs12", []value.Value{"action", "parse", "src", "./a.p12", "path", "./a.pem", "passphrase", "pw", "mode", "0600"}, "file ./a.pem create", "", ""},
		{"openssl_pkcs12", []value.Value{"action", "parse", "src", "./a.p12", "path", "./a.pem", "passphrase", "other"}, "", "the passphrase does not fit", ""},
		{"openssl_dhparam", []value.Value{"path", "./dh.pem", "size", int64(2048)}, "file ./dh.pem create", "", "'size': 2048"},
		{"openssl_dhparam", []value.Value{"path", "./dh.pem", "size", int64(1000)}, "", "invalid size 1000", ""},
		{"openssh_keypair", []value.Value{"path", "./id_rsa", "size", int64(2048), "comment", "a b"}, "file ./id_rsa create; file ./id_rsa.pub create", "", "'fingerprint': 'SHA256:"},
		{"openssh_keypair", []value.Value{"path", "./id_rsa", "size", int64(2048), "comment", "c"}, "file ./id_rsa update; file ./id_rsa.pub update", "", "'comment': 'c'"},
		{"openssh_keypair", []value.Value{"path", "./id_ed", "type", "ed25519"}, "file ./id_ed create; file ./id_ed.pub create", "", "'public_key': 'ssh-ed25519 AAAA"},
		{"openssh_keypair", []value.Value{"path", "./id_ec", "type", "ecdsa", "size", int64(521)}, "file ./id_ec create; file ./id_ec.pub create", "", "'size': 521"},
		{"openssh_keypair", []value.Value{"path", "./id_ec", "type", "ecdsa", "regenerate", "fail"}, "", "the curve is secp521r1", ""},
		{"openssh_keypair", []value.Value{"path", "./id_ec", "state", "absent"}, "file ./id_ec delete; file ./id_ec.pub delete", "", ""},
		{"openssl_privatekey", []value.Value{"path", "./ed.key", "state", "absent"}, "file ./ed.key delete", "", ""},
	}
}

// short are the changes with paths as they stand in a deed; what a copy is called depends on the time.
func short(changes []node.Change, dir string) string {
	keys := strings.ReplaceAll(fake.Keys(changes), dir, ".")
	if before, rest, ok := strings.Cut(keys, ".key."+time.Now().UTC().Format("2006")); ok {
		_, after, _ := strings.Cut(rest, "~")
		keys = before + ".key.*~" + after
	}
	return keys
}

// What a plan foresees is what a run does, and it is not done again.
func TestModulesOnAMachine(t *testing.T) {
	t.Parallel()
	dir, live := t.TempDir(), node.NewLive()
	for _, d := range deeds() {
		task := d.task(dir)
		name := d.module + " " + value.Display(task.Args)
		planned := module.Run(t.Context(), node.NewShadow(live), table(), task)
		did := module.Run(t.Context(), live, table(), task)
		if got := short(did.Changes, dir); got != d.makes || short(planned.Changes, dir) != got {
			t.Errorf("%s: did %q, planned %q, want %q", name, got, short(planned.Changes, dir), d.makes)
		}
		if !strings.Contains(did.Failed, d.failed) || (did.Failed == "") != (d.failed == "") || planned.Failed != did.Failed {
			t.Errorf("%s: failed %q, planned %q, want %q", name, did.Failed, planned.Failed, d.failed)
		}
		if said := value.Display(did.Values); !strings.Contains(said, d.says) {
			t.Errorf("%s: said %s, want %s in it", name, said[max(0, len(said)-300):], d.says)
		}
		for _, c := range append(planned.Changes, did.Changes...) {
			if strings.Contains(c.Diff+c.Before+c.After, "PRIVATE KEY") {
				t.Errorf("%s: a change shows a key: %s", name, c.Diff)
			}
		}
		if d.failed != "" {
			continue
		}
		if again := module.Run(t.Context(), live, table(), task); len(again.Changes) > 0 || again.Failed != "" {
			t.Errorf("%s: again %q %q", name, fake.Keys(again.Changes), again.Failed)
		}
	}
	for path, mode := range map[string]os.FileMode{"/ecc.key": 0o600, "/a.crt": 0o600, "/ca.crt": 0o644, "/a.p12": 0o600, "/id_rsa": 0o600, "/id_rsa.pub": 0o644} {
		if i, err := os.Stat(dir + path); err != nil || i.Mode() != mode {
			t.Errorf("%s: %v %v, want %o", path, i, err, mode)
		}
	}
	chains(t, dir)
	agrees(t, dir)
}

// chains verifies with Go what was made.
func chains(t *testing.T, dir string) {
	t.Helper()
	cert := func(name string) *x509.Certificate {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		block, _ := pem.Decode(text)
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	text, err := os.ReadFile(dir + "/dh.pem")
	if block, _ := pem.Decode(text); err != nil || !strings.Contains(fmt.Sprintf("%X", block.Bytes), "FFFFFFFFFFFFFFFFADF85458A2BB4A9AAFDC5620273D3CF1") || !strings.Contains(fmt.Sprintf("%X", block.Bytes), "886B423861285C97FFFFFFFFFFFFFFFF") {
		t.Errorf("the parameters are not those of RFC 7919: %s", text)
	}
	roots := x509.NewCertPool()
	roots.AddCert(cert("ca.crt"))
	if _, err := cert("a.crt").Verify(x509.VerifyOptions{Roots: roots, DNSName: "www.example.com", CurrentTime: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)}); err != nil {
		t.Error(err)
	}
	if _, err := tls.LoadX509KeyPair(dir+"/a.crt", dir+"/rsa.key"); err != nil {
		t.Error(err)
	}
}

// agrees asks the programs that others use about the files, where this machine has them.
func agrees(t *testing.T, dir string) {
	t.Helper()
	for _, argv := range [][]string{
		{"openssl", "pkey", "-in", "ecc.key", "-passin", "pass:open sesame", "-noout", "-check"},
		{"openssl", "req", "-in", "a.csr", "-noout", "-verify"},
		{"openssl", "verify", "-CAfile", "ca.crt", "a.crt"},
		{"openssl", "pkcs12", "-in", "a.p12", "-passin", "pass:pw", "-nodes", "-info"},
		{"ssh-keygen", "-y", "-f", "id_ed"},
		{"ssh-keygen", "-y", "-f", "id_rsa"},
		{"ssh-keygen", "-l", "-f", "rsa.pub"},
	} {
		if _, err := exec.LookPath(argv[0]); err != nil {
			t.Logf("%s is not here", argv[0])
			continue
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v: %v\n%s", argv, err, out)
		}
		cancel()
	}
}

// On one machine that only plans, what is made of a planned key is planned too.
func TestAPlanOfAKeyAndWhatIsMadeOfIt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	shadow := node.NewShadow(node.NewLive())
	var changes []node.Change
	for _, d := range []deed{
		{module: "openssl_privatekey", args: []value.Value{"path", "./k"}},
		{module: "openssl_privatekey", args: []value.Value{"path", "./k"}},
		{module: "openssl_publickey", args: []value.Value{"path", "./pub", "privatekey_path", "./k"}},
		{module: "openssl_csr", args: []value.Value{"path", "./csr", "privatekey_path", "./k", "CN", "x"}},
		{module: "openssl_csr", args: []value.Value{"path", "./csr", "privatekey_path", "./k", "CN", "x"}},
		{module: "x509_certificate", args: []value.Value{"path", "./crt", "provider", "selfsigned", "privatekey_path", "./k", "csr_path", "./csr", "return_content", true}},
		{module: "openssl_pkcs12", args: []value.Value{"path", "./p12", "privatekey_path", "./k", "certificate_path", "./crt"}},
	} {
		r := module.Run(t.Context(), shadow, table(), d.task(dir))
		if r.Failed != "" {
			t.Errorf("%s: %s", d.module, r.Failed)
		}
		if text, ok := r.Values.Get("certificate"); ok && !value.IsUnknown(text) {
			t.Errorf("a plan tells a certificate: %v", text)
		}
		changes = append(changes, r.Changes...)
	}
	if got := short(changes, dir); got != "file ./k create; file ./pub create; file ./csr create; file ./crt create; file ./p12 create" {
		t.Errorf("planned %s", got)
	}
}

func TestTheCertificateOfAServer(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	at, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	port, _ := strconv.ParseInt(at.Port(), 10, 64)
	dir := t.TempDir()
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	for name, content := range map[string]string{"own.crt": string(text), "none.crt": "x"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, d := range []deed{
		{"get_certificate", []value.Value{"host", "127.0.0.1", "port", port, "get_certificate_chain", true}, "", "", "'subject': {'O': 'Acme Co'}"},
		{"get_certificate", []value.Value{"host", "127.0.0.1", "port", port, "ca_cert", "./own.crt"}, "", "", "'expired': False"},
		{"get_certificate", []value.Value{"host", "127.0.0.1", "port", port, "ca_cert", "./none.crt"}, "", "holds no certificate", ""},
	} {
		r := module.Run(t.Context(), node.NewLive(), table(), d.task(dir))
		if !strings.Contains(r.Failed, d.failed) || (r.Failed == "") != (d.failed == "") || !strings.Contains(value.Display(r.Values), d.says) || len(r.Changes) > 0 {
			t.Errorf("%v: %q, %s", d.args, r.Failed, value.Display(r.Values))
		}
	}
}
