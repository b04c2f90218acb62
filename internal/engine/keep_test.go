package engine

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

const passwordPlay = `
- hosts: all
  vars: { pw: "{{ lookup('password', 'kept/pw length=12 chars=digits encrypt=sha256_crypt') }}" }
  tasks:
    - { name: hash, debug: { msg: "{{ pw }}" } }
    - { name: same, debug: { msg: "{{ pw == pw }}" } }
    - { name: plain, debug: { msg: "{{ lookup('password', 'kept/pw') | length }}" } }
`

// A password is made once, in a run, beside the playbook, for its owner alone.
func TestPasswordsAreKept(t *testing.T) {
	l := newLab(t)
	l.expect("a", passwordPlay, "a hash: ••••••", "a same: True", "a plain: 12")
	path := filepath.Join(l.dir, "kept", "pw")
	text, err := os.ReadFile(path)
	if err != nil || !regexp.MustCompile(`^[0-9]{12} salt=[A-Za-z0-9./]{16}\n$`).Match(text) {
		t.Errorf("the file holds %q, %v", text, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info.Mode(), err)
	}
	l.events = nil
	if _, err := l.run("a", passwordPlay); err != nil {
		t.Fatal(err)
	}
	if again, _ := os.ReadFile(path); string(again) != string(text) {
		t.Errorf("the second run has written %q", again)
	}
}

func TestAPlanKeepsNoPassword(t *testing.T) {
	l := newLab(t)
	l.opt.Plan = true
	l.expect("a", passwordPlay, "a hash: (known after apply)", "a same: (known after apply)", "a plain: (known after apply)")
	if _, err := os.Stat(filepath.Join(l.dir, "kept")); err == nil {
		t.Error("the plan has made a directory")
	}
}

// What a host says may name a file of a password only below the playbook.
func TestAHostChoosesNoFileOfAPassword(t *testing.T) {
	l := newLab(t)
	got, err := l.run("a", `
- hosts: all
  tasks:
    - { name: said, command: echo /etc/shadow-of-pig, register: said }
    - { name: used, debug: { msg: "{{ lookup('password', said.stdout) }}" }, ignore_errors: true }
`)
	if err != nil || len(got) != 2 || got[1] != "a used: ignored" {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := os.Stat("/etc/shadow-of-pig"); err == nil {
		t.Error("the file was made")
	}
}
