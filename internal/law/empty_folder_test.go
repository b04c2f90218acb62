package law

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pig/internal/imitation"
	"pig/internal/vault"
)

// elsewhere is the same inventory in a new folder, as a pipeline checks it out, with some of what the first folder keeps.
func (l *lab) elsewhere(t *testing.T, keeps ...string) *lab {
	t.Helper()
	e := *l
	e.dir = t.TempDir()
	e.file = filepath.Join(e.dir, "pigsty.yml")
	for _, name := range append([]string{"pigsty.yml"}, keeps...) {
		text, err := os.ReadFile(filepath.Join(l.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(e.dir, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return &e
}

func (l *lab) deeds() (n int) {
	for _, m := range l.world.Machines() {
		n += m.Deeds()
	}
	return n
}

// A run of the same inventory from a folder that lacks the CA, or the passwords, replaces nothing: it says how to bring them.
func TestARunFromAnEmptyFolderReplacesNothing(t *testing.T) {
	whole := settled(t, threeEtcds, threeNodes...)
	for _, c := range []struct {
		name  string
		keeps []string
		says  string
	}{
		{"nothing", nil, `hosts 10.10.10.10 10.10.10.11 10.10.10.12 trust CA "pigsty-ca"`},
		{"the certificate alone", []string{"files/pki/ca/ca.crt", "files/secrets.yml"}, "the key of that CA is not in this folder"},
		{"no key of etcd's members", []string{"files/pki/ca/ca.crt", "files/pki/ca/ca.key", "files/secrets.yml"}, `trust CA "etcd-members"`},
		{"no passwords", []string{"files/pki/ca/ca.crt", "files/pki/ca/ca.key", "files/pki/etcd/ca.crt", "files/pki/etcd/ca.key"}, "new passwords would replace all"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				l := whole.edited(t, threeEtcds, "# from a pipeline").elsewhere(t, c.keeps...)
				for _, verb := range [][]string{{"plan"}, {"apply", "--yes"}, {"etcd"}, {"plan", "-l", "10.10.10.11"}, {"status"}} {
					out, code := l.pig(verb...)
					if code != 1 || !strings.Contains(out, c.says) || strings.Contains(out, "to create") {
						t.Errorf("pig %s: exit status %d\n%s", strings.Join(verb, " "), code, out)
					}
				}
				if n := l.deeds(); n > 0 {
					t.Errorf("%d deeds were done", n)
				}
				if c.keeps == nil {
					if left, _ := filepath.Glob(filepath.Join(l.dir, "files", "*")); len(left) > 0 {
						t.Errorf("made in the empty folder: %v", left)
					}
				}
			})
		})
	}
}

// A host in use by another environment keeps its CA, until somebody says that it is to get this one's.
func TestAHostOfAnotherEnvironmentIsNamed(t *testing.T) {
	whole := settled(t, threeEtcds, threeNodes...)
	bubble(t, func(t *testing.T) {
		l := whole.edited(t, threeEtcds, "# as before")
		other := l.elsewhere(t)
		other.world.Add("10.10.10.13")
		const one = "all: { children: { nodes: { hosts: { 10.10.10.13: {} }, vars: { node_cluster: nodes } } }, vars: { node_repo_modules: local, node_tune: none } }\n"
		other.write(one)
		other.must("apply", "--yes")
		other.write(strings.Replace(one, "10.10.10.13: {}", "10.10.10.13: {}, 10.10.10.12: {}", 1))
		before := l.deeds()
		for _, verb := range [][]string{{"plan"}, {"apply", "--yes"}} {
			out, code := other.pig(verb...)
			if code != 1 || !strings.Contains(out, `host 10.10.10.12 trusts CA "pigsty-ca"`) || !strings.Contains(out, "this folder has the key of another one") {
				t.Errorf("pig %s: exit status %d\n%s", verb[0], code, out)
			}
		}
		if l.deeds() != before {
			t.Error("something was done")
		}
		if out, code := other.pig("plan", "-l", "10.10.10.13"); code != 0 {
			t.Errorf("a plan without that host: exit status %d\n%s", code, out)
		}
		if out := other.must("plan", "--new-ca"); !strings.Contains(out, "/etc/pki/ca.crt") {
			t.Errorf("told to give it this CA:\n%s", out)
		}
	})
}

// What is missing is brought from hosts and from the former folder; then a plan is empty: nothing is issued anew, nothing restarts.
func TestWhatAFolderLacksIsBrought(t *testing.T) {
	whole := settled(t, threeEtcds, threeNodes...)
	bubble(t, func(t *testing.T) {
		l := whole.edited(t, threeEtcds, "# as before")
		at := l.elsewhere(t)
		says(t, at, 1, []string{"CA of this environment not found", `Trust CA "pigsty-ca"`, "10.10.10.10 10.10.10.11 10.10.10.12"}, "pki", "status")
		says(t, at, 0, []string{"the CA and 10 certificates", "files/pki/ca/ca.key (the key of the CA)", "files/pki/etcd/ca.key", "secrets.yml (generated passwords"}, "pki", "fetch")
		says(t, at, 1, []string{"the key of that CA is not in this folder"}, "plan")
		says(t, at, 1, []string{"key of the CA not found", "Trust this CA: 10.10.10.10"}, "pki", "status")

		other := newLab(t, threeEtcds, threeNodes...)
		other.must("apply", "--yes")
		says(t, at, 1, []string{"hosts trust another CA than"}, "pki", "import", other.dir)
		if _, err := os.Stat(filepath.Join(at.dir, "files/pki/ca/ca.key")); err == nil {
			t.Error("the key of another environment was taken")
		}
		says(t, at, 0, []string{"Trust this CA: 10.10.10.10"}, "pki", "import", l.dir)
		if out := at.must("plan"); !strings.Contains(out, "No changes.") {
			t.Errorf("with all that was there before:\n%s", out)
		}
		says(t, at, 0, []string{"ca.key (in the clear)", "Trust this CA: 10.10.10.10 10.10.10.11 10.10.10.12"}, "pki", "status")

	})
}

// says runs pig and wants texts and an exit status.
func says(t *testing.T, l *lab, code int, texts []string, args ...string) {
	t.Helper()
	out, got := l.pig(args...)
	for _, text := range texts {
		if !strings.Contains(out, text) {
			t.Errorf("pig %s does not say %q:\n%s", strings.Join(args, " "), text, out)
		}
	}
	if got != code {
		t.Errorf("pig %s: exit status %d, want %d\n%s", strings.Join(args, " "), got, code, out)
	}
}

// The key of the CA may lie in an Ansible Vault: it signs all the same, and the keys of a change of the CA are encrypted as it is.
func TestTheKeyOfTheCAMayBeEncrypted(t *testing.T) {
	whole := settled(t, threeEtcds, threeNodes...)
	bubble(t, func(t *testing.T) {
		l := whole.edited(t, threeEtcds, "# as before")
		at := func(name string) string { return filepath.Join(l.dir, "files", "pki", name) }
		password := filepath.Join(l.dir, "vault-password")
		write := func(path string, text []byte) {
			if err := os.WriteFile(path, text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		write(password, []byte("open sesame\n"))
		key, err := os.ReadFile(at("ca/ca.key"))
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := vault.Encrypt(key, "open sesame")
		if err != nil {
			t.Fatal(err)
		}
		write(at("ca/ca.key"), sealed)
		for _, name := range []string{"node/10.10.10.11.key", "node/10.10.10.11.crt"} {
			if err := os.Remove(at(name)); err != nil {
				t.Fatal(err)
			}
		}
		says(t, l, 1, []string{"ca.key is an Ansible Vault, but no vault password was given", "--vault-password-file"}, "plan")
		with := []string{"--vault-password-file", password}
		l.must(append([]string{"apply", "--yes"}, with...)...) // signs the certificate of the node
		if out := l.must(append([]string{"plan"}, with...)...); !strings.Contains(out, "No changes.") {
			t.Errorf("after apply:\n%s", out)
		}
		says(t, l, 0, []string{"ca.key (Ansible Vault)"}, append([]string{"pki", "status"}, with...)...)
		for range 3 {
			l.must(append([]string{"pki", "rotate"}, with...)...)
			for _, name := range []string{"ca/ca.key", "ca/next.key", "ca/last.key"} {
				if text, err := os.ReadFile(at(name)); err == nil && !vault.Is(text) {
					t.Errorf("%s is not encrypted", name)
				}
			}
			l.must(append([]string{"apply", "--yes"}, with...)...)
			if out := l.must(append([]string{"plan"}, with...)...); !strings.Contains(out, "No changes.") {
				t.Errorf("after a step of the change:\n%s", out)
			}
		}
	})
}

// What one host alone says is not taken: neither a CA that no other host trusts, nor a certificate that the CA has not signed.
func TestAHostCannotBringACA(t *testing.T) {
	whole := settled(t, threeEtcds, threeNodes...)
	bubble(t, func(t *testing.T) {
		l := whole.edited(t, threeEtcds, "# as before")
		evil := newLab(t, threeEtcds, threeNodes...)
		evil.must("apply", "--yes")
		const host, kept = "10.10.10.10", "/etc/pki/ca.crt" // the first that is asked
		m, other := l.world.Machine(host), evil.world.Machine(host)
		real := m.Content(kept)
		m.Put(imitation.Laid{Path: kept, Content: real + other.Content(kept)})
		for _, name := range []string{"/etc/pki/node.crt", "/etc/pki/node.key"} {
			m.Put(imitation.Laid{Path: name, Content: other.Content(name)})
		}
		at := l.elsewhere(t)
		says(t, at, 0, []string{"the CA and 9 certificates"}, "pki", "fetch")
		if text, err := os.ReadFile(filepath.Join(at.dir, "files/pki/ca/ca.crt")); err != nil || string(text) != real {
			t.Errorf("fetched %v:\n%s", err, text)
		}
		for _, name := range []string{"node/" + host + ".crt", "node/" + host + ".key"} {
			if _, err := os.Stat(filepath.Join(at.dir, "files/pki", name)); err == nil {
				t.Errorf("%s was taken", name)
			}
		}
	})
}

// A node that was let go trusts nobody's CA any more: the next environment takes it.
func TestANodeThatWasLetGoTrustsNoCA(t *testing.T) {
	const two = "all: { children: { nodes: { hosts: { 10.10.10.13: {}, 10.10.10.14: {} }, vars: { node_cluster: nodes } } }, vars: { node_repo_modules: local, node_tune: none } }\n"
	bubble(t, func(t *testing.T) {
		l := newLab(t, two, "10.10.10.13", "10.10.10.14")
		l.must("apply", "--yes")
		l.must("node-rm", "10.10.10.14", "--confirm", "10.10.10.14")
		next := l.elsewhere(t)
		next.write(strings.Replace(two, "10.10.10.13: {}, ", "", 1))
		next.must("apply", "--yes")
		l.write(strings.Replace(two, ", 10.10.10.14: {}", "", 1))
		l.must("apply", "--yes")
		for _, u := range l.world.Unknown() {
			t.Error(u)
		}
	})
}
