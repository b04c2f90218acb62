package law

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"pig/internal/node"
)

// signer makes a key, and a file that allows its signatures.
func (l *lab) signer(name string) (key, signers string) {
	l.t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		l.t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		l.t.Fatal(err)
	}
	shown, err := ssh.NewPublicKey(public)
	if err != nil {
		l.t.Fatal(err)
	}
	l.edit(name, "", string(pem.EncodeToMemory(block)))
	l.edit(name+".signers", "", name+"@example.com "+string(ssh.MarshalAuthorizedKey(shown)))
	return filepath.Join(l.dir, name), filepath.Join(l.dir, name+".signers")
}

// A plan is applied as it was signed by one of those who may, or nothing is done.
func TestASignedPlanIsApplied(t *testing.T) {
	whole := settled(t, twoNodes, "10.10.10.10", "10.10.10.11")
	bubble(t, func(t *testing.T) {
		l := whole.edited(t, twoNodes, oneMoreName)
		ann, allowed := l.signer("ann")
		_, others := l.signer("bob")
		before := l.deeds()
		refused := func(says string, args ...string) {
			t.Helper()
			if out, code := l.pig(args...); code != 1 || !strings.Contains(out, says) || l.deeds() != before {
				t.Errorf("pig %s: exit status %d, %d deeds\n%s", strings.Join(args, " "), code, l.deeds()-before, out)
			}
		}
		refused("add --out FILE", "plan", "--sign", ann)
		file := l.kept()
		refused("my.plan.sig not found", "apply", file, "--verify", allowed)
		file = l.kept("--sign", ann)
		refused("is not one of the allowed signers", "apply", file, "--verify", others)
		refused("name one, as in pig apply my.plan", "apply", "--yes", "--verify", allowed)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		l.edit("my.plan", `"impact": "none"`, `"impact": "gap"`)
		refused("the file is not the one that was signed", "apply", file, "--verify", allowed)
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if out := l.must("apply", file, "--verify", allowed); !strings.Contains(out, "is signed by ann@example.com") || l.deeds() == before {
			t.Errorf("%s", out)
		}
	})
}

// What a rule beside the inventory denies is not saved, and not applied; what one warns of is.
func TestPoliciesJudgePlans(t *testing.T) {
	whole := settled(t, twoNodes, "10.10.10.10", "10.10.10.11")
	bubble(t, func(t *testing.T) {
		l := whole.edited(t, twoNodes, oneMoreName)
		file := l.kept()
		l.edit("policies/a.yml", "", "- name: names stay\n  deny: units[].changes[] | [?id=='/etc/hosts'].address\n  message: ask ann\n")
		before := l.deeds()
		other := filepath.Join(l.dir, "other.plan")
		for _, args := range [][]string{{"plan", "--out", other}, {"plan", "--detailed-exitcode"}, {"apply", "--yes"}, {"apply", file}} {
			out, code := l.pig(args...)
			if code != 1 || !strings.Contains(out, `denied by policy "names stay": ask ann`) || !strings.Contains(out, "policies/a.yml:1") || !strings.Contains(out, "/10.10.10.10/file:/etc/hosts") || l.deeds() != before {
				t.Errorf("pig %s: exit status %d\n%s", strings.Join(args, " "), code, out)
			}
		}
		if _, err := os.Stat(other); err == nil {
			t.Error("a plan that was denied is saved")
		}
		test := func() (string, int) {
			return l.run(t.Context(), "policy", "test", file, "--policies", filepath.Join(l.dir, "policies"))
		}
		if out, code := test(); code != 1 || !strings.Contains(out, "denied by 1 policy") {
			t.Errorf("exit status %d\n%s", code, out)
		}
		l.edit("policies/a.yml", "deny:", "warn:")
		if out, code := test(); code != 0 || !strings.Contains(out, "allowed: 1 policy") {
			t.Errorf("exit status %d\n%s", code, out)
		}
		if out, code := l.pig("plan", "--policies", filepath.Join(l.dir, "no")); code != 1 || !strings.Contains(out, "cannot read the policies") {
			t.Errorf("a folder that is not there: exit status %d\n%s", code, out)
		}
		if out := l.must("apply", file); !strings.Contains(out, `warned by policy "names stay"`) || l.deeds() == before {
			t.Errorf("%s", out)
		}
		l.must("plan", "--detailed-exitcode")
	})
}

// What somebody changed by hand is drift, and looking for it changes nothing.
func TestDriftIsFound(t *testing.T) {
	whole := settled(t, twoNodes, "10.10.10.10", "10.10.10.11")
	bubble(t, func(t *testing.T) {
		l := whole.edited(t, twoNodes, "# as before")
		if out := l.must("drift"); !strings.Contains(out, "No drift.") {
			t.Errorf("%s", out)
		}
		byHand := l.takenBy(t, "10.10.10.11", "somebody")
		if err := byHand.Files().Write("/etc/hosts", []byte("127.0.0.1 localhost\n"), node.Attrs{}); err != nil {
			t.Fatal(err)
		}
		if err := byHand.Unlock(); err != nil {
			t.Fatal(err)
		}
		before := l.deeds()
		metrics := filepath.Join(l.dir, "pig.prom")
		out, code := l.pig("drift", "--json", "--prometheus", metrics)
		var found struct {
			Drifted bool
			Units   []struct {
				Unit      string
				Drifted   bool
				Changes   int
				Addresses []string
			}
		}
		if err := json.Unmarshal([]byte(out[strings.Index(out, "{"):]), &found); err != nil {
			t.Fatalf("%v in %s", err, out)
		}
		drifted := 0
		for _, u := range found.Units {
			if u.Drifted {
				drifted += u.Changes
				if !strings.HasSuffix(strings.Join(u.Addresses, " "), "/10.10.10.11/file:/etc/hosts") {
					t.Errorf("%v", u.Addresses)
				}
			}
		}
		text, err := os.ReadFile(metrics)
		if code != 2 || !found.Drifted || drifted != 1 || l.deeds() != before || err != nil || !strings.Contains(string(text), "} 1\n") {
			t.Errorf("exit status %d, %d changes, %d deeds, %v\n%s\n%s", code, drifted, l.deeds()-before, err, out, text)
		}
		l.world.Remove("10.10.10.10")
		if out, code := l.pig("drift"); code != 1 || !strings.Contains(out, "Not looked at") {
			t.Errorf("a host that is away: exit status %d\n%s", code, out)
		}
	})
}
