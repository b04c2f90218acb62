package builtin

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// What leaves is on the list, without its key; what is issued under its name again is not.
func TestRevocation(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := os.Mkdir(at("revoked"), 0o700); err != nil {
		t.Fatal(err)
	}
	run := func(name string, args *value.Dict) module.Result {
		t.Helper()
		r := module.Run(t.Context(), node.NewLive(), Table(), module.Task{Module: name, Args: args})
		if r.Failed != "" {
			t.Fatalf("%s: %s", name, r.Failed)
		}
		return r
	}
	issue := func(name string) module.Result {
		return run("x509", value.DictOf("key", at(name+".key"), "cert", at(name+".crt"), "cn", name, "ca_key", at("ca.key"), "ca_cert", at("ca.crt"), "usage", value.NewList("client")))
	}
	list := func() module.Result {
		return run("x509_list", value.DictOf("list", at("ca.crl"), "revoked", at("revoked"), "ca_key", at("ca.key"), "ca_cert", at("ca.crt"), "other_keys", value.NewList(at("next.key"), at("last.key"))))
	}
	revoke := func() module.Result {
		return run("x509_revoke", value.DictOf("names", value.NewList(at("pg-test-1")), "revoked", at("revoked")))
	}
	run("x509", value.DictOf("key", at("ca.key"), "cert", at("ca.crt"), "cn", "ca", "authority", true))
	issue("pg-test-1")
	empty := value.Str(list().Values.At("list"))
	if r := list(); len(r.Changes) != 0 {
		t.Errorf("the list is made again: %v", r.Changes)
	}
	revoke()
	for _, f := range []string{"pg-test-1.key", "pg-test-1.crt"} {
		if _, err := os.Stat(at(f)); err == nil {
			t.Errorf("%s is still there", f)
		}
	}
	if names, err := os.ReadDir(at("revoked")); err != nil || len(names) != 1 || !strings.HasPrefix(names[0].Name(), "pg-test-1-") {
		t.Errorf("%v, %v", names, err)
	}
	if after := value.Str(list().Values.At("list")); after == empty {
		t.Error("the list is that of before")
	}
	if r := revoke(); len(r.Changes) != 0 {
		t.Errorf("it is revoked again: %v", r.Changes)
	}
	issue("pg-test-1")
	if r := list(); len(r.Changes) != 0 {
		t.Errorf("what is issued anew changes the list: %v", r.Changes)
	}

	// While the authority is changed, the other one has a list too.
	run("x509", value.DictOf("key", at("next.key"), "cert", at("next.crt"), "cn", "ca", "ou", "next", "authority", true))
	text := ""
	for _, f := range []string{"ca.crt", "next.crt"} {
		cert, err := os.ReadFile(at(f))
		if err != nil {
			t.Fatal(err)
		}
		text += string(cert)
	}
	if err := os.WriteFile(at("ca.crt"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if both := value.Str(list().Values.At("list")); strings.Count(both, "BEGIN X509 CRL") != 2 {
		t.Errorf("two authorities have\n%s", both)
	}
	if r := list(); len(r.Changes) != 0 {
		t.Errorf("the lists are made again: %v", r.Changes)
	}
}
