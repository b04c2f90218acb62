package law

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pig/internal/node"
)

// example is a file of docs/ci, with /var/lib/pig where the test has it.
func (s *shell) example(name string) string {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.home, "../../docs/ci", name))
	s.do(err)
	return strings.ReplaceAll(string(text), "/var/lib/pig/", s.dir+"/")
}

// pageBlock is a block of docs/ci.md: the first one below a text, with /var/lib/pig where the test has it.
func (s *shell) pageBlock(below, fence string) string {
	s.t.Helper()
	_, rest, ok := strings.Cut(s.page(), "\n"+below)
	_, rest, found := strings.Cut(rest, "\n```"+fence+"\n")
	text, _, closed := strings.Cut(rest, "\n```")
	if !ok || !found || !closed {
		s.t.Fatalf("docs/ci.md has no block of %q below %q", fence, below)
	}
	return strings.ReplaceAll(text, "/var/lib/pig/", s.dir+"/") + "\n"
}

func (s *shell) page() string {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.home, "../../docs/ci.md"))
	s.do(err)
	return string(text)
}

const ciPolicy = "- name: names stay\n  deny: units[].changes[] | [?id=='/etc/hosts'].address\n  message: ask ann\n"

// pipeline is two nodes that are applied, a folder with their secrets, and a clone of a bare repository with their inventory.
func pipeline(t *testing.T) (l *lab, s *shell, clone string) {
	t.Helper()
	inRealTime(t)
	l = newLab(t, twoNodes, "10.10.10.10", "10.10.10.11")
	l.repositories(t)
	l.must("apply", "--yes")
	s = l.shell()
	environment, clone := filepath.Join(s.dir, "environment"), filepath.Join(s.dir, "clone")
	s.do(os.Mkdir(environment, 0o700))
	s.do(os.Mkdir(filepath.Join(s.dir, "plans"), 0o700))
	s.must(l.dir, "cp", "-a", "files", environment)
	s.must(s.dir, "git", "init", "-q", "--bare", "-b", "main", "bare.git")
	s.must(s.dir, "git", "clone", "-q", "bare.git", "clone")
	s.must(clone, "git", "checkout", "-q", "-b", "main")
	s.write(filepath.Join(clone, "pigsty.yml"), twoNodes, 0o600)
	s.must(clone, "git", "add", ".")
	s.must(clone, "git", "commit", "-qm", "as applied")
	return l, s, clone
}

// commit is a commit of the clone with another inventory.
func (s *shell) commit(clone, inventory string) (sha string) {
	s.t.Helper()
	s.write(filepath.Join(clone, "pigsty.yml"), inventory, 0o600)
	s.must(clone, "git", "add", "-A")
	s.must(clone, "git", "commit", "-qm", "a change")
	return strings.TrimSpace(s.must(clone, "git", "rev-parse", "HEAD"))
}

func (l *lab) hosts() string { return l.world.Machine("10.10.10.11").Content("/etc/hosts") }

// The hook of the page: a push is judged and planned, its approval applies that very plan, and what somebody changes by hand is drift.
func TestThePagesHookAppliesWhatWasApproved(t *testing.T) {
	l, s, clone := pipeline(t)
	bare, plans := filepath.Join(s.dir, "bare.git"), filepath.Join(s.dir, "plans")
	s.write(filepath.Join(bare, "hooks/pre-receive"), s.example("pre-receive"), 0o755)
	s.write(filepath.Join(bare, "hooks/post-receive"), s.example("post-receive"), 0o755)
	push := func(ref string) (string, int) {
		return s.run(clone, nil, "git", "push", "origin", "HEAD:refs/heads/"+ref)
	}
	pushed := func(ref string) string {
		t.Helper()
		out, code := push(ref)
		if code != 0 {
			t.Fatalf("push to %s: exit status %d\n%s", ref, code, out)
		}
		return out
	}
	if out := pushed("main"); !strings.Contains(out, "remote: No changes.") {
		t.Errorf("a push of what is applied says\n%s", out)
	}

	s.commit(clone, twoNodes+"    pg_port: yes\n")
	if out, code := push("main"); code == 0 || !strings.Contains(out, "remote:   --> pigsty.yml:10:14") {
		t.Errorf("a push of a mistake: exit status %d\n%s", code, out)
	}
	s.write(filepath.Join(clone, "policies/a.yml"), ciPolicy, 0o600)
	s.commit(clone, twoNodes+"    "+oneMoreName+"\n")
	if out, code := push("main"); code == 0 || !strings.Contains(out, `denied by policy "names stay": ask ann`) {
		t.Errorf("a push that a policy denies: exit status %d\n%s", code, out)
	}
	if out, code := push("production"); code == 0 || !strings.Contains(out, "push it to main first") {
		t.Errorf("an approval without a plan: exit status %d\n%s", code, out)
	}

	s.do(os.Remove(filepath.Join(clone, "policies/a.yml")))
	sha := s.commit(clone, twoNodes+"    "+oneMoreName+"\n")
	before := l.deeds()
	if out := pushed("main"); !strings.Contains(out, "remote:") || !strings.Contains(out, "update file /etc/hosts") || l.deeds() != before {
		t.Errorf("a push of a change says, after %d deeds\n%s", l.deeds()-before, out)
	}
	if comment, err := os.ReadFile(filepath.Join(plans, sha+".md")); err != nil || !strings.Contains(string(comment), "/etc/hosts") {
		t.Errorf("the comment: %v\n%s", err, comment)
	}
	if out := pushed("production"); !strings.Contains(l.hosts(), "x.example") || s.lastRun("apply") != "apply "+plans+"/"+sha+".plan --lock-timeout 30m" {
		t.Errorf("the approval ran %q\n%s", s.lastRun("apply"), out)
	}

	environment := filepath.Join(s.dir, "environment")
	if text, err := os.ReadFile(filepath.Join(environment, "pigsty.yml")); err != nil || !strings.Contains(string(text), "x.example") {
		t.Errorf("the folder has not the inventory that was applied: %v", err)
	}
	cron := strings.TrimSpace(strings.TrimPrefix(s.pageBlock("Copy [ci/pre-receive]", ""), "0 4 * * * "))
	if out := s.must(s.dir, "sh", "-c", cron); !strings.Contains(out, "No drift.") {
		t.Errorf("after the apply\n%s", out)
	}
	l.byHand(t)
	if out, code := s.run(s.dir, nil, "sh", "-c", cron); code != 2 || !strings.Contains(out, "update file /etc/hosts") {
		t.Errorf("after a change by hand: exit status %d\n%s", code, out)
	}

	// What somebody changed between the plan and its approval is not written over.
	s.commit(clone, twoNodes+"    node_etc_hosts: [ 10.10.10.99 y.example ]\n")
	pushed("main")
	l.byHand(t)
	if out := pushed("production"); !strings.Contains(out, "the plan is stale") || strings.Contains(l.hosts(), "y.example") {
		t.Errorf("a plan that no longer holds:\n%s", out)
	}
	// A file that leaves the repository leaves the folder.
	s.write(filepath.Join(clone, "policies/b.yml"), "- name: any\n  warn: units[?name=='none']\n", 0o600)
	s.commit(clone, twoNodes)
	pushed("main")
	pushed("production")
	s.do(os.Remove(filepath.Join(clone, "policies/b.yml")))
	s.commit(clone, twoNodes+"    # again\n")
	pushed("main")
	pushed("production")
	if _, err := os.Stat(filepath.Join(environment, "policies/b.yml")); !os.IsNotExist(err) {
		t.Errorf("policies/b.yml is still in the folder: %v", err)
	}
	if _, err := os.Stat(filepath.Join(environment, "files/secrets.yml")); err != nil {
		t.Error(err)
	}
}

// byHand changes a file of a host behind pig's back.
func (l *lab) byHand(t *testing.T) {
	t.Helper()
	other := l.takenBy(t, "10.10.10.11", "somebody")
	if err := other.Files().Write("/etc/hosts", []byte("127.0.0.1 localhost\n# "+time.Now().String()+"\n"), node.Attrs{}); err != nil {
		t.Fatal(err)
	}
	if err := other.Unlock(); err != nil {
		t.Fatal(err)
	}
}
