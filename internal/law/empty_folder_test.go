package law

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
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
		{"the certificate alone", []string{"files/pki/ca/ca.crt", "files/secrets.yml"}, "this folder has no key of that CA"},
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
